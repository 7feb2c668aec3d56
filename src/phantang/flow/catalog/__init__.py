"""The catalog in the hands of people: reviewed, published, exported."""
