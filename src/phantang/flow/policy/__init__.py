"""What policy is asked, what it would need to say yes, and what another policy would have said."""
