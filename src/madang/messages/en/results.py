"""English sentences of results."""

TEXTS: dict[str, str] = {
    "result_no_value": "no data",
    "result_empty": "The result has no finding. Give it at least one sentence in findings.",
    "result_table": "The result has no table '{table}'.",
    "result_table_twice": "Two tables of the result have the same name. Give each an id of its own.",
    "result_columns": "The columns of table '{table}' are not those of its rows. Name every column in the same order.",
    "result_column": "Table '{table}' has no column '{column}'.",
    "result_cell": "Column '{column}' of table '{table}' has no row number {row}.",
    "result_name": "The name '{name}' in a sentence has no cell: {sentence}",
}
