"""Text as it is compared: folded, split into words, read back from wrong encodings; days and check digits."""
