"""A workspace made, looked over, and shown."""
