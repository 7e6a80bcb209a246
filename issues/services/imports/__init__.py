"""The import: a file received, read, planned, written whole or not at all, mended, withdrawn."""
