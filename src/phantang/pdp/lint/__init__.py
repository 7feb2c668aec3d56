"""What must hold of a bundle beyond compiling. Each module checks one thing.

The bundle stays inside the Rego that both engines read alike, its rules only narrow, and its data are complete.
"""
