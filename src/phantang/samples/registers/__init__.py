"""One module per sample database; each turns the population into the rows that register would hold."""
