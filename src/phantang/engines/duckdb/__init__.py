"""DuckDB files: the engine, and what it asks, samples and hands out."""
