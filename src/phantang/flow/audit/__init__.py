"""The ledger read: decisions, and proofs for outsiders."""
