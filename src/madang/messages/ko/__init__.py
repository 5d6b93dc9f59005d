"""Korean sentences by code, a module for each room.

Problem rules get row, column (label), value and the parameters of their detail.
"""

from madang.messages.ko import (
    bank,
    commands,
    declarations,
    find,
    formats,
    intake,
    quality,
    reading,
    values,
    web,
)

_ROOMS = (bank, commands, declarations, find, formats, intake, quality, reading, values, web)
TEXTS: dict[str, str] = {code: text for room in _ROOMS for code, text in room.TEXTS.items()}
