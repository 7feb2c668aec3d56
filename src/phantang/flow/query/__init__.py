"""One query: what is asked, decided, run within limits, and recorded."""
