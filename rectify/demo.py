"""The mark of a demo: which day it plays on, and which database it was loaded into.

`make run` writes it after loading the demo county; the settings read it, so that commands typed beside the
running demo live on the demo's day, and a real county's database beside an old mark does not.
"""

import hashlib
from datetime import date
from pathlib import Path

FILE = "demo"
LOADING = "demo.loading"
DAY = date(2018, 6, 6)
"""夏季战役·百日攻坚 has begun, its list is locked and its plans are handed in (design, issue 2)."""


def _fingerprint(database_url: str) -> str:
    return hashlib.sha256(database_url.encode()).hexdigest()[:16]


def remember(var_dir: Path, database_url: str, day: date = DAY) -> None:
    """Mark that the database at `database_url` ("" is the embedded one) holds the demo."""
    (var_dir / FILE).write_text(f"{day.isoformat()} {_fingerprint(database_url)}\n", encoding="ascii")
    (var_dir / LOADING).unlink(missing_ok=True)


def begin(var_dir: Path) -> None:
    """Note that the demo is being loaded, so that a start after an interruption goes on with it."""
    (var_dir / LOADING).touch()


def was_interrupted(var_dir: Path) -> bool:
    """Whether the last loading did not come to its end."""
    return (var_dir / LOADING).exists()


def remembered_day(var_dir: Path, database_url: str) -> str:
    """The demo's day as ISO text, or "" when this database holds no demo."""
    path = var_dir / FILE
    if not path.exists():
        return ""
    day, _, fingerprint = path.read_text(encoding="ascii").strip().partition(" ")
    return day if fingerprint == _fingerprint(database_url) else ""


def restored(var_dir: Path, database_url: str, day: str) -> None:
    """A restored backup is a demo exactly when it was made from one (`day` is ISO text or "")."""
    if day:
        remember(var_dir, database_url, date.fromisoformat(day))
    elif remembered_day(var_dir, database_url):
        (var_dir / FILE).unlink()
