"""Korean sentences by code, a module for each room.

Problem rules get row, column (label), value and the parameters of their detail.
"""

from madang.messages.ko import (
    bank,
    commands,
    declarations,
    documents,
    find,
    formats,
    forms,
    geo,
    intake,
    learning,
    places,
    privacy,
    quality,
    reading,
    samplecity,
    values,
    web,
)

_ROOMS = (
    bank, commands, declarations, documents, find, formats, forms, geo, intake, learning, places, privacy, quality,
    reading, samplecity, values, web,
)  # fmt: skip
TEXTS: dict[str, str] = {code: text for room in _ROOMS for code, text in room.TEXTS.items()}
