"""English sentences of exports."""

TEXTS: dict[str, str] = {
    "format_unknown": "'{format}' is not a format to export to. Formats: {formats}.",
    "export_too_wide": "{columns} columns do not fit into an Excel file (limit {limit}). Export to csv or parquet.",
    "export_sheet": "Data",
    "export_sheet_about": "About",
    "export_about_title": "Dataset and version",
    "export_about_as_of": "As of",
    "export_about_source": "Source file",
    "export_about_rows": "Rows",
    "export_about_cut": "Cut cells",
    "export_about_cut_cells": "{cells} cells were cut at Excel's limit of {limit} characters. A csv export has them whole.",
    "export_hwpx_about": "As of {as_of}, from {source}.",
    "export_hwpx_cut": "The first {shown} of {rows} rows. Download CSV or Excel for the rest.",
    "export_hwpx_narrow": "The first {shown} of {columns} columns.",
    "export_yes": "yes",
    "export_no": "no",
}
