"""What a column is: its field, its unit, and which kind of record a header speaks of."""
