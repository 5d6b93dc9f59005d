"""English sentences of rounds."""

TEXTS: dict[str, str] = {
    "merge_contributor": "Submitting department",
    "merge_contribution": "Submission number",
    "merge_contribution_row": "Row in the submission",
    "because_merged": "gathered from {count} submissions",
    "merge_nothing": "There are no rows to merge into {dataset}. Check whether any department has submitted.",
    "merge_undecided": "{count} rows were handed in by several departments (first: {first}). Decide whose row is kept, then merge again.",
    "merge_other_dataset": "{dataset} looks like other data than this round collects: {kept} of its {before} columns are the same. Give another dataset name.",
    "amend_cell_missing": "The cell to be corrected (row {row}, {column}) is not in the data. Reload the page and correct it again.",
}
