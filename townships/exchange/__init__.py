"""Files of the county: its CSVs, the roster of its people."""
