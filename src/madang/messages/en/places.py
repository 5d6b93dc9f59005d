"""English sentences about places: coordinate systems, areas, addresses."""

TEXTS: dict[str, str] = {
    # words and codes: code systems, names, addresses, coordinates
    "codes_none": "no cell has a value",
    "codes_unknown": "{count} distinct codes fit none of the known code systems",
    "codes_undecided": "the values do not tell which of these systems it is: {systems}",
    "codes_fit": "{hits} of {of} distinct codes are in {system}",
    "code_digits": "{count} digits",
    "code_system_hjd": "administrative dong codes",
    "code_system_bjd": "legal dong codes",
    "code_system_hjd8": "administrative dong codes of 8 digits",
    "code_system_sigungu": "sigungu codes (Ministry of the Interior)",
    "code_system_sido": "sido codes (Ministry of the Interior)",
    "code_system_sgis": "area codes of Statistics Korea",
    "code_system_opn7": "codes of publishing bodies",
    "code_system_kdca": "sido codes of the disease control agency",
    "code_system_pnu": "parcel numbers (PNU)",
    "code_system_building": "building numbers",
    "code_system_road": "road codes",
    "code_system_address": "road address numbers",
}
