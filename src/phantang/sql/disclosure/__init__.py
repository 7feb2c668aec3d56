"""What answers tell together: whether sums and differences of shown groups single a person out (docs/adr/0008)."""
