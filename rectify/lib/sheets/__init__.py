"""Any table in, any table out: reading, recognising and writing spreadsheets (.xlsx, .xls, .csv)."""
