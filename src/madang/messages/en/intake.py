"""English sentences of deposits."""

TEXTS: dict[str, str] = {
    "file_empty": "{file} is an empty file. Deposit one that has content.",
    "file_not_regular": "{file} is not a file. To deposit a whole folder use `madang deposit --all {quoted}`.",
    "form_not_supported": "{file} is a {form} file. CSV, TXT, Excel, JSON, XML, Parquet, tables of HWPX and HWP, SHP, GeoJSON, GPKG, KML and a ZIP of them are read. Save it as one of these and deposit again.",
    "no_table": "No table was found in {file}. Check that it has a header and values.",
    "standard_missing": "There is no standard '{standard}'. See `madang standards`.",
    "type_unknown": "'{type}' is not a known type. Types: {types}.",
    "other_columns": "Of the {before} columns of '{dataset}' only {kept} are in this file. If it is another dataset, deposit it `--as {proposal}`.",
    "other_provider": "'{dataset}' is provided by {before}, this file by {after}. If it is another dataset, deposit it `--as {proposal}`.",
    "became_empty": "The live version of '{dataset}' has {before} rows, this file has no data rows. Check the file.",
    "rows_fell": "'{dataset}' fell from {before} to {after} rows. Check whether the file holds only a part.",
    "no_rows": "There is a header but no data row.",
    "own_failure": "Madang failed while working on {file} ({error}). The last version is untouched. Please report the error to the developers.",
    "file_changing": "{file} changed while it was read. Save and close it in the other program, then deposit it again.",
    "rows_unpivoted": "The values stood side by side: {before} rows of the file became {after}, one for each value.",
    "totals_left_out": "{count} total rows were left out of the data and used as checksums.",
    "erased_again": "This file brings back {rows} erased rows (erased {at}, ground: {ground}). The original was not kept. Deposit a file without those rows.",
    "delimiter_unusable": "'{delimiter}' cannot be a delimiter. Give one to {most} letters (\\t for a tab).",
    "header_rows_unusable": "Header rows cannot be {rows}. Give row numbers from 1 on, the smallest first, such as 3 or 3,4.",
    "header_rows_beyond": "The table in {file} has no row {rows} to be its header. Check the row numbers.",
    "type_column_missing": "{file} has no column '{column}' to give a type to. Its columns: {columns}.",
}
