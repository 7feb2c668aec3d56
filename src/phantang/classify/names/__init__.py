"""What names and comments say: short forms, glued and cut words, whose field it is, what a table is about."""
