"""Korean sentences by code, a module for each room.

Problem rules get row, column (label), value and the parameters of their detail.
"""

from madang.messages.ko import (
    access,
    accounts,
    api,
    audit,
    bank,
    collect,
    commands,
    declarations,
    deposits,
    documents,
    find,
    formats,
    forms,
    geo,
    intake,
    learning,
    living,
    methods,
    places,
    portal,
    privacy,
    quality,
    reading,
    release,
    results,
    rounds,
    rows,
    runs,
    samplecity,
    sources,
    sql,
    values,
    web,
    work,
)

_ROOMS = (
    access, accounts, api, audit, bank, collect, commands, declarations, deposits, documents, find, formats,
    forms, geo, intake, learning, living, methods, places, portal, privacy, quality, reading, release, results, rounds, rows, runs,
    samplecity, sources, sql, values, web, work,
)  # fmt: skip
TEXTS: dict[str, str] = {code: text for room in _ROOMS for code, text in room.TEXTS.items()}
