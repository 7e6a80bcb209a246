"""Write the one file of a backup."""

import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from rectify.archive import tables
from rectify.lib import clock
from rectify.version import version

FORMAT = 1
MANIFEST = "manifest.json"


@dataclass
class Manifest:
    """What a backup holds; `members` maps each member's name to the SHA-256 of its bytes, `columns` each
    table to the names of what its rows hold, in order (none of a table: as the models have them)."""

    version: str
    made_at: str
    engine: str
    demo_day: str
    migrations: list[list[str]]
    rows: dict[str, int] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    members: dict[str, str] = field(default_factory=dict)
    format: int = FORMAT

    def as_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False, indent=1)


def applied_migrations() -> list[list[str]]:
    """The migrations this database has seen, sorted."""
    return sorted([app, name] for app, name in MigrationRecorder(connection).applied_migrations())


def write(target: Path, files_dir: Path, *, demo_day: str) -> dict[str, Any]:
    """Back up the database and `files_dir` into `target` (mode 600, appears whole); returns the report."""
    manifest = Manifest(
        version=version(),
        made_at=clock.real_now().isoformat(),
        engine=connection.vendor,
        demo_day=demo_day,
        migrations=applied_migrations(),
    )
    draft = target.with_name(f".{target.name}.part")
    try:
        with (
            tempfile.TemporaryDirectory(dir=target.parent, prefix=".rectify-backup-") as scratch,
            os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as raw,
            tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as archive,
        ):
            _add_tables(archive, manifest, Path(scratch))
            _add_files(archive, manifest, files_dir)
            listing = Path(scratch) / MANIFEST
            listing.write_text(manifest.as_json(), encoding="utf-8")
            archive.add(listing, MANIFEST)
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)
    return {
        "file": str(target),
        "bytes": target.stat().st_size,
        "sha256": sha256(target),
        "version": manifest.version,
        "made_at": manifest.made_at,
        "tables": len(manifest.rows),
        "rows": sum(manifest.rows.values()),
        "files": len(manifest.members) - len(manifest.rows),
    }


def _add_tables(archive: tarfile.TarFile, manifest: Manifest, scratch: Path) -> None:
    with tables.one_moment():
        for model in tables.stored_models():
            table = model._meta.db_table
            path = scratch / table
            manifest.columns[table] = [one.column or "" for one in tables.columns(model)]
            manifest.rows[table] = _write_lines(path, tables.lines(model))
            name = f"tables/{table}.jsonl"
            manifest.members[name] = sha256(path)
            archive.add(path, name)
            path.unlink()


def _write_lines(path: Path, rows: Iterable[str]) -> int:
    count = 0
    with path.open("w", encoding="utf-8") as out:
        for row in rows:
            out.write(row + "\n")
            count += 1
    return count


def _add_files(archive: tarfile.TarFile, manifest: Manifest, files_dir: Path) -> None:
    if not files_dir.exists():
        return
    for path in sorted(path for path in files_dir.rglob("*") if path.is_file()):
        name = f"files/{path.relative_to(files_dir).as_posix()}"
        manifest.members[name] = sha256(path)
        archive.add(path, name)


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
