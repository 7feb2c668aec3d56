"""What a rule says and how it is read: strictly, with patterns that cannot explode; how sure it makes."""
