"""Bytes to grids of cells or lines of text: one file a format, safety before all of them."""
