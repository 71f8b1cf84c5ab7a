"""Rows to records: cells read, values checked, what cannot be used handed back."""
