"""English sentences by code, a module for each room."""

from madang.messages.en import (
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
