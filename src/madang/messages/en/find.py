"""English sentences of search."""

TEXTS: dict[str, str] = {
    # search
    "search_index_broken": "The search index {path} is missing or damaged. The data is untouched. Build it anew: `madang doctor --fix`.",
    "synonyms_invalid": "The list of synonyms in {file} cannot be read: {reason}.",
    # search
    "found_exact": "the word is in the {field}",
    "found_partial": "the {field} has a word that begins so",
    "found_initials": "the first consonants of the {field}",
    "found_synonym": "the {field} has a word of like meaning",
    "found_keyboard": "typed with the English keyboard: {field}",
    "found_typo": "probably a typing error: {field}",
    "field_title": "title",
    "field_description": "description",
    "field_columns": "column names",
    "field_standard": "standard",
    "field_provider": "provider",
}
