"""One ledger of computations: what was asked of which versions, what came out, and when it has to be asked again."""
