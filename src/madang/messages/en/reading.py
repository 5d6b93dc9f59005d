"""English sentences of reading files: delimited text, layout, workbooks."""

TEXTS: dict[str, str] = {
    # layout and workbooks
    "total_mismatch": "{column}: the total {value} differs from the sum {sum} of its {children} rows. Look for missing or wrong rows.",
    "total_kept": "{column}: the row says it is a total, but its value {value} differs from the sum {sum} of the other {children} rows: it was kept as data. Look for missing or wrong rows, and leave this row out of analyses.",
    "total_suspected": "This row looks like a total or mean, but the numbers do not bear it out: it was kept as data. Leave it out of analyses if it is one.",
    "workbook_broken": "{file} cannot be opened as an Excel file: it is cut off or damaged. Fetch the original again and deposit it.",
    "workbook_encrypted": "{file} is protected by a password. Remove the password in Excel, save it and deposit it again.",
    "workbook_bomb": "{file} would grow far too large when unpacked and was not opened ({reason}). Open it in Excel, save it anew and deposit that.",
    "workbook_no_table": "{file} has no sheet with a table. Check that a sheet holds data.",
    "workbook_sheet_broken": "The sheet '{sheet}' of {file} cannot be read. Open it in Excel, save it anew and deposit that.",
    "cell_error": "{column}: the cell holds the formula error {value} and was left empty. Mend the formula or write the value.",
    "cell_cut": "{column}: the cell has {length} characters; only the first {kept} were kept. The original is kept.",
    "cell_outside": "The value '{value}' stands outside the table's columns and was not taken. Leave it if it is a note; if it is data, give it a header.",
    # delimited text: how a CSV file was read
    "csv_binary": "{file} holds binary data, not text, and cannot be read as a table. Save the original as CSV or XLSX again.",
    "csv_undecodable": "{file} cannot be read as text. Even as {encoding} {lines} lines are broken, the first at line {line} (byte {offset}). Save the file as UTF-8 and deposit it again.",
    "csv_unknown_encoding": "'{encoding}' is not a known encoding. Write, for example, utf-8 or cp949.",
    "csv_line_too_long": "{file} has a line of more than {megabytes} MB, so it was not read as a table. Check that it is a CSV file.",
    "csv_too_many_columns": "{file} has more than {limit} columns, so it was not read as a table. Check the delimiter; split a table that really is so wide.",
    "stray_quote": "A row with an unmatched quote. The quote was read as a character. Check the original line.",
    "row_too_long": "A row of {cells} cells where the table has {expected}. It was fitted to its neighbours; compare it with the original line.",
    "row_too_short": "A row of {cells} cells where the table has {expected}. It was fitted to its neighbours; compare it with the original line.",
    "other_delimiter": "Only this row uses another delimiter ('{delimiter}'). It was split by that one.",
    "undecodable_bytes": "Bytes that are no text ({bytes}) became �, at byte {offset} of the file. Check that character in the original.",
    "nul_bytes": "{count} zero bytes were left out. Check the program that made the file.",
    "header_width": "The header has {cells} cells, the rows {expected}. The header was fitted to the rows; check the column names.",
    "header_longer": "The header has {cells} cells, the rows only {expected}. The missing columns are empty; check that the names have not shifted.",
}
