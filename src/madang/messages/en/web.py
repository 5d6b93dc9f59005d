"""English sentences of the web pages."""

TEXTS: dict[str, str] = {
    "port_taken": "Cannot serve on port {port} of {host}: {reason}. Stop what listens there, or use another number with `--port`.",
    "records_damaged": "The records of '{dataset}' are damaged. See with `madang doctor` what is missing and restore it from a backup.",
    "synthetic_note": "{name} is a made-up city. The people, shops, texts and numbers on this site are all invented and have nothing to do with reality.",
    "synthetic_title": "[sample] {title}",
    "synthetic_source": "{source} (of a made-up city, nothing to do with reality)",
    "source_withheld": "The file holds resident registration numbers, so its original was not kept or was sealed. See this row in the file you deposited.",
    "places_personal": "This dataset holds personal data that is hidden, so its rows are not put on a map one by one. The page of the dataset shows the numbers by area.",
    "places_own_rows": "You see only the rows of your department of this dataset, so no map is drawn. See them in the table.",
    "places_masked": "This dataset has masked personal data, so places of single rows cannot leave it. Download another format.",
    "rollback_reason": "Write the reason. It stays on record.",
    "card_moved": "Somebody else changed this card meanwhile. Open the page again, look at the present card and change that.",
    "site_not_ready": "The site could not be made ready (exit code {exit_code}). See what is said above. Often the address of the database is wrong or the workspace cannot be written.",
}
