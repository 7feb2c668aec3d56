"""The guard: finished SQL is parsed again and held against the decision (`guard`).

It shares no code with the passes that wrote the SQL, nor with what read the query for them: an error there must not be
repeated here. What is told twice is told twice on purpose; only data is shared (`allow/`, `provinces.yaml`).
"""
