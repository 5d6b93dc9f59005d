"""English sentences of access."""

TEXTS: dict[str, str] = {
    "access_denied": "You may not do this with {thing}. If you need to, ask the department in charge or an administrator. (right: {verb})",
    "narrowed_own_rows": "This dataset shows everybody the own rows by the column ‘{before}’, what is to be merged does so by ‘{wanted}’. Both cannot hold, so nothing was changed. Merge into another dataset, or have the steward change that column in the card of the dataset and try again.",
    "narrowed_nobody": "No department may read both this dataset and what is to be merged. Merged, no department could read it, so nothing was changed. Merge into another dataset, or have the steward change the readers in the card of the dataset and try again.",
}
