"""Databases behind SQLAlchemy: the engine, and what each kind of them needs of its own."""
