"""Where tables, forms and sections stand in a file."""
