"""What the columns of a table, and its rows and keys, say of each other."""
