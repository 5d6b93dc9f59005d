"""English sentences about what was learnt of a source, and layouts that changed."""

TEXTS: dict[str, str] = {
    # layouts that changed
    "layout_gone_and_new": "Since the last version {gone} columns have gone and {new} are new. Gone: {gone_columns}. New: {new_columns}.",
    "layout_gone": "Since the last version {gone} columns have gone: {gone_columns}. Check that they were left out on purpose.",
    "layout_new": "{new} columns are new since the last version: {new_columns}.",
    "layout_renamed": "The header '{before}' became '{after}' and is read as the same column of the standard.",
    "layout_likely": "'{before}' seems to have become '{after}' (headers {header}% alike, values {values}% equal). They are kept as two columns: check it.",
    "layout_likely_mapped": "'{before}' seems to have become '{after}' (headers {header}% alike, values {values}% equal). If so, deposit again with `--map \"{after}={column}\"`.",
    "layout_types": "{count} columns changed their type: {columns}. Check that they still go on from the last version.",
    "layout_unit": "The unit of '{header}' changed from {before} to {after}. Convert the values before you add or compare versions.",
    "layout_table_unit": "The unit said above the table changed from '{before}' to '{after}'. Convert the values before you add or compare versions.",
    "layout_key_gone": "The columns that tell the rows of '{dataset}' apart ({columns}) are not in this file, so it cannot follow the last version. If a header changed, add `--map \"{header}={column}\"`; if it is other data, deposit it with `--as NEWNAME`.",
    "layout_any_header": "NEW HEADER",
    "layout_rules_unchecked": "Columns have gone ({columns}), so {count} rules could not be checked: {rules}",
    "layout_standard_lost": "The last version was read by the standard '{standard}', this file has other headers and was read as a generic table. If it is the same table, add `--standard {standard}` and tell the changed headers by `--map`.",
    "layout_and_more": "{shown} and {more} more",
    # columns and coordinate systems that were told
    "crs_unusable": "The coordinate system '{crs}' is not known. Write the number of one that maps use, like EPSG:5174 (often used: 5174, 5179, 5181, 5186, 4326).",
    "maps_usage": 'Write --map as HEADER=COLUMN; an empty right side means no column of the standard. For example --map "연락처=phone" --map "비고="',
    "mapping_without_standard": "'{column}' was given a column of a standard, but the file is to be read without one. Leave out --text or --standard generic.",
    "mapping_target_unknown": "There is no column '{column}' to map '{label}' to. Columns: {columns}. `madang standards --json` lists them all.",
    "mapping_twice": "Two headers ('{first}', '{second}') cannot both be the column '{column}'. Choose one.",
    "mapping_column_missing": "{file} has no column '{column}' that a column of the standard was given to. Columns: {columns}.",
    "mapping_needs_standard": "'{label}' was mapped to '{column}', but no standard was recognised in this file. Name it with `--standard`.",
    "mapping_other_standard": "'{label}' was mapped to '{column}', which the standard '{standard}' of this file does not have. Columns: {columns}. If it is another standard, name it with `--standard`.",
}
