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
}
