"""English sentences of portal."""

TEXTS: dict[str, str] = {
    "edition_over": "'{dataset}' is not open any more.",
    "edition_version_closed": "Version {version} of '{dataset}' was closed by a later decision. Use the version that is open now: /open/{dataset}/",
    "portal_too_often": "One address may open {limit} pages or files a minute. Try again in {seconds} seconds.",
}
