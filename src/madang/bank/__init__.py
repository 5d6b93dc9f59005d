"""The bank: datasets, their versions and how each came to be. The only room that writes tables."""

from madang.bank.bank import Bank
from madang.bank.dataset import Dataset, Version

__all__ = ["Bank", "Dataset", "Version"]
