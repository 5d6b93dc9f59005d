"""English sentences of deposits."""

TEXTS: dict[str, str] = {
    "review_outdated": "Since the review, the file or the way it is read (standards, what was learned, the register of areas) has changed. Read it again and check.",
    "edit_row_label": "Row mark (do not change)",
    "edit_sheet_told": "This sheet is needed when the edited workbook is uploaded again. Do not delete or change it.",
    "edit_too_many_rows": "With {rows} rows it cannot be edited as a copy; up to {most} rows can. Correct the source and deposit it as a file.",
    "edit_too_many_changes": "{changes} rows were edited; up to {most} can be at a time. Upload them in parts, or deposit a file.",
    "edit_columns_changed": "The columns of the dataset have changed since the copy was taken: {columns}. Download the live version again and edit that.",
    "edit_row_unknown": "Row {row} of the copy is not in the version it was taken from. Download the live version again and edit that.",
    "edit_resident_number": "{column}: resident registration numbers may not be entered. Remove it and save again.",
    "edit_too_long": "{column}: a cell holds at most {most} characters.",
    "edit_nothing": "There is no change to choose. Choose the rows to be taken over.",
    "edit_not_readable": "Among the changes chosen is a cell that cannot be read, or a row that is gone (source row {row}). Leave that row out or correct it, then try again.",
    "edited": "Somebody edited a copy of version {base}: {changed} rows changed, {added} added, {removed} removed. Why: {why}",
    "copy_broken": "The hidden marks of this workbook (which version it is a copy of, which row each row is) were changed or damaged. Download the workbook for editing again from the dataset's page and edit that.",
    "copy_masked_kept": "{cells} cells that were downloaded starred have been edited; starred cells cannot be edited this way and stay as they are.",
    "copy_columns_gone": "Columns were deleted: {columns}. A column cannot be removed this way; its values stay.",
    "copy_columns_new": "There are new columns: {columns}. A column cannot be added this way; they were left out. Deposit a file where a new column is needed.",
    "copy_formulas_kept": "{cells} cells hold formulas whose results were not saved; what they say is not known, so they stay as they are. Open and save the file in Excel, then upload it again.",
}
