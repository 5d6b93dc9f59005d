"""One search index over datasets: Korean words, typos, initial consonants (초성), synonyms. Rebuilt by one command."""

from madang.find.index import Doc, Index
from madang.find.query import Field, Hit, Reason
from madang.find.synonyms import SHIPPED, Synonyms, load_synonyms

__all__ = ["SHIPPED", "Doc", "Field", "Hit", "Index", "Reason", "Synonyms", "load_synonyms"]
