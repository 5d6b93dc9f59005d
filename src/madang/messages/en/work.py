"""English sentences of work."""

TEXTS: dict[str, str] = {
    "job_kind_unknown": "'{kind}' is not a known kind of job. If it stays so after restarting Madang, tell your administrator.",
    "job_missing": "There is no job {number}, or you may not see it. Choose from the list of your jobs.",
    "job_over": "Job {number} has ended already; there is nothing to stop.",
    "job_not_over": "Job {number} has not ended yet. Repeat it when it has.",
    "job_orphaned": "The program that was doing job {number} went silent. Start the job again.",
    "job_timeout": "The job was stopped because it did not end within {seconds} seconds. Use smaller files or tell your administrator.",
    "job_died": "The program doing the job ended suddenly (exit value {value}). Try again; if it happens again, tell your administrator.",
    "job_broken": "Something went wrong inside Madang during the job ({kind}). Try again; if it happens again, tell your administrator.",
    "notice_job_failed": "Job {number} ({job}) failed. {reason}",
    "work_started": "Taking jobs. Press Ctrl+C to stop.",
    "work_ended": "No longer taking jobs.",
}
