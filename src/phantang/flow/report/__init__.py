"""Reports that an officer can hand in."""
