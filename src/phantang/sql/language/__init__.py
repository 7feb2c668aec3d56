"""What the dialects say, before any table is known: tokens, names, types, the allow-lists, and the texts of outputs."""
