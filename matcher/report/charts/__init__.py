"""Charts of the report: drawn once, as SVG for pages and as PNG for paper."""
