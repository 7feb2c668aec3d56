"""What the names of a statement mean: from text to a bound query and its footprint (`resolve`)."""
