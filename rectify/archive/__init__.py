"""Backup and restore: one file that fits SQLite and PostgreSQL alike, with only Python needed.

A tar.gz of `manifest.json`, `tables/<table>.jsonl` (one row a line, values as JSON) and `files/…`.
Engine-neutral on purpose: a county may try on a laptop and move to the server with one file.
Rejected: pg_dump and SQLite's own backup (may be absent, and fit one engine each). Sessions are left out.
"""
