"""Files: where they are, and CSV, Excel and Parquet as tables."""
