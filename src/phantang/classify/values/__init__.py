"""What the values of a column say of it: patterns, validators, shapes and spreads."""
