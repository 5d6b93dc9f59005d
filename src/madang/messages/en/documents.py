"""English sentences about documents and archives: HWPX, HWP, ZIP, GZIP, and about originals that are shown again."""

TEXTS: dict[str, str] = {
    "document_broken": "{file} cannot be opened as a Hangul document. It is damaged or was cut off while downloading. Open it in Hangul, save it as HWPX and upload that.",
    "document_encrypted": "{file} is locked with a password or a protection. Remove it in Hangul, save as HWPX and upload again.",
    "document_for_show": "{file} is a document for distribution; its contents cannot be taken out. Get the original from its authors, save it as HWPX and upload that.",
    "document_changes": "{file} tracks changes, so it is not decided which text holds. Apply all changes in Hangul, save as HWPX and upload that.",
    "document_bomb": "{file} was not opened: too large or not safe ({reason}). Open it in Hangul and save it anew, or upload only the tables you need.",
    "document_no_table": "No table of data was found in {file} ({frames} frames such as signature boxes are not data). Upload a table with a header as CSV or XLSX.",
    "archive_broken": "{file} cannot be opened as an archive. It is damaged or was cut off while downloading. Get it again and upload that.",
    "archive_unsafe": "{file} was not unpacked: it is not safe ({reason}). Pack its files anew or upload them one by one.",
    "archive_encrypted": "{file} is locked with a password. Pack it again without one.",
    "archive_too_deep": "{file} was not unpacked: it holds archives more than two deep. Unpack it first.",
    "archive_no_table": "No file in {file} can be read as a table ({left}). Check that it holds the data.",
    "member_failed": "Reading {file} failed within Madang ({error}). The other files of the archive were read. Upload this one alone, and tell the administrator if it fails again.",
    "reader_died": "The program that read {file} stopped. The file is damaged or not as sound programs make it. Madang and its other data are unharmed. Open it where it was made, save it in another form such as CSV or GeoPackage and upload that; if this fails too, show the file to the administrator.",
    "reader_out_of_memory": "Reading {file} was stopped: it took more than 2 GB of memory. Madang and its other data are unharmed. Split it by rows or by area, or save it as CSV or GeoPackage, and upload that; if this fails too, ask the administrator.",
    "reader_too_long": "Reading {file} was stopped after {seconds} seconds: it is far too intricate for a file of its size. Split it by rows or by area, or save it as CSV or GeoPackage, and upload that; if this fails too, ask the administrator.",
    "reader_too_much": "Reading {file} was stopped: unfolded it is larger than {gigabytes} GB, far too much for a file of its size. Upload its data in parts or as CSV; if this fails too, ask the administrator.",
    "original_not_shown": "The original of this form cannot be shown. Download the file to look at it.",
    "original_too_large": "The original is too large ({megabytes} MB) to be unfolded on this page. Download the file to look at it.",
    "folder_progress": "files {done} / {files} · {bytes_done} / {bytes}",
    "folder_reason": "  {sign} {count}: {example}",
}
