"""Records to files: lists, templates, rejected rows."""
