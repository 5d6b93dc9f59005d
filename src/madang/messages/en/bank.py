"""English sentences of the bank."""

TEXTS: dict[str, str] = {
    "as_of_missing": "'{dataset}' had no version on {day}. The first one was made on {first}.",
    "disk_full": "The disk is full: {path} cannot be written. The last version is untouched. Free some space and deposit again.",
    "disk_read_only": "{path} is read-only. The last version is untouched. Check that the place can be written.",
    "disk_no_permission": "No permission to write to {path}. The last version is untouched. Check the folder's owner and permissions.",
    "conflict": "Other jobs kept committing to '{dataset}', so no version was made. Try again in a moment.",
    "conflict_moved": "Another version of '{dataset}' was made meanwhile. Deposit again.",
    "snapshot_missing": "The original {sha256} of this deposit is no longer kept. It may have been erased.",
    "dataset_id_invalid": "'{dataset}' cannot name a dataset. Use Korean syllables, a–z, digits and hyphens.",
    "rollback_same": "Version {version} of '{dataset}' equals the live one. There is nothing to roll back.",
    "key_missing": "Column '{column}' is not in both versions, so they cannot be compared by it. Columns: {columns}.",
    "erase_column": "'{dataset}' has no column '{column}'. Columns: {columns}.",
    "erase_column_absent": "Versions {versions} of '{dataset}' have no column '{column}', so nothing was erased. Add --skip-versions-without to leave them as they are.",
    "erase_nothing": "No row of '{dataset}' meets the condition. Nothing was erased.",
    "dataset_broken": "The records of '{dataset}' cannot be read: {reason}. Look with `madang doctor` and restore them from a backup.",
    "restore_not_empty": "{path} already holds data. Restore into an empty workspace.",
    "backup_broken": "{path} is not a Madang backup or is damaged: {reason}.",
    "backup_exists": "{path} already exists. Choose another name.",
}
