"""English sentences by code; the same codes as ``ko.py``."""

TEXTS: dict[str, str] = {
    "workspace_missing": "{path} is not a Madang workspace. Make one first: `madang init {path}`.",
    "workspace_exists": "{path} already holds a Madang workspace.",
    "dataset_missing": "There is no dataset '{dataset}' in the bank. See `madang datasets`.",
    "version_missing": "'{dataset}' has no version {version}. Versions: {versions}.",
    "file_missing": "{path} was not found. Check the path and the name.",
}
