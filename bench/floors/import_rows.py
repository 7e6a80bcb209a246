"""Floor of the import: calamine reads the file, COPY writes every row the import wrote, in all its tables.

Run as `python -m bench.floors.import_rows WORKBOOK DSN FOLDER`; prints the CPU seconds of reading. FOLDER
holds a CSV with heads for each table, named after it; indexes, constraints and triggers are the server's.
"""

import sys
import time
from pathlib import Path

import psycopg2
from python_calamine import CalamineWorkbook


def read(path: str) -> int:
    """Every cell of the first sheet as a Python value; how many rows there are."""
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    return len(rows)


def copy(dsn: str, folder: Path) -> None:
    """All tables in one transaction."""
    with psycopg2.connect(dsn) as connection, connection.cursor() as cursor:
        for path in sorted(folder.glob("*.csv")):
            with path.open("rb") as rows:
                columns = rows.readline().decode().strip()
                cursor.copy_expert(f'COPY "{path.stem}" ({columns}) FROM STDIN WITH (FORMAT csv)', rows)


if __name__ == "__main__":
    read(sys.argv[1])
    print(time.process_time())
    copy(sys.argv[2], Path(sys.argv[3]))
