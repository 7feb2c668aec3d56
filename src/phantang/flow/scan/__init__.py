"""One scan: sample, find, propose; what may be taken over from before, and what is no longer as it was."""
