"""English sentences of audit."""

TEXTS: dict[str, str] = {
    "journal_broken": "The journal of the command line does not continue at line {line}: {path}. Leave the file as it is and compare it with a backup.",
    "audit_whole": "The audit trail is whole: {entries} entries, head {head}",
    "audit_broken": "The audit trail does not continue at entry {number}: somebody changed or removed entries. Compare the database with a backup.",
    "audit_cut": "The end of the audit trail was cut off: the seal says {sealed} entries, {entries} are left.",
    "audit_seal_broken": "The seal of the audit trail does not fit: the trail was changed, or MADANG_SECRET_KEY was.",
    "audit_head_unknown": "The head noted before, {head}, is not in the trail: what came after it was replaced.",
    "audit_day_wrong": "'{value}' is no date, so nothing was searched. Write it as in 2026-07-01.",
    "reason_short": "Give a reason of at least 10 characters. The name of the task and a document number make it easy to find later.",
}
