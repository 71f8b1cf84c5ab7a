"""The searchable side: passages, the embedded store, lexical and dense scores, fusion."""
