"""PostgreSQL: the engine, its session, and what it asks, samples and hands out."""
