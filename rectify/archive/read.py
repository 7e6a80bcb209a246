"""Read a backup: prove it whole first, then replace everything in one transaction."""

import hashlib
import json
import shutil
import tarfile
import tempfile
from pathlib import Path, PurePosixPath
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from rectify.archive import tables
from rectify.archive.write import FORMAT, MANIFEST, Manifest, applied_migrations


class BackupError(Exception):
    """The file cannot be restored; the text is one Chinese sentence for the person at the keyboard."""


def unpack(source: Path, into: Path) -> Manifest:
    """Unpack `source` into the empty folder `into`; BackupError when any hash does not fit."""
    try:
        with tarfile.open(source, "r:gz") as archive:
            found = {member.name: _extract(archive, member, into) for member in archive}
    except FileNotFoundError as error:
        raise BackupError(f"找不到备份文件 {source}。") from error
    except (tarfile.TarError, OSError, EOFError) as error:
        raise BackupError("备份文件不完整或不是本系统的备份，没有作任何改动。") from error
    manifest = _manifest(into / MANIFEST)
    found.pop(MANIFEST)
    if found != manifest.members:
        odd = min(name for name, _ in found.items() ^ manifest.members.items())
        raise BackupError(f"备份文件已损坏或被改动（{odd}），没有作任何改动。")
    return manifest


def _extract(archive: tarfile.TarFile, member: tarfile.TarInfo, into: Path) -> str:
    """Write one plain file below `into`; returns its SHA-256."""
    path = PurePosixPath(member.name)
    stream = archive.extractfile(member) if member.isfile() else None
    if stream is None or path.is_absolute() or ".." in path.parts:
        raise BackupError("备份文件里有不该有的内容，没有作任何改动。")
    target = into / path
    target.parent.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with target.open("wb") as out:
        while block := stream.read(1 << 20):
            digest.update(block)
            out.write(block)
    return digest.hexdigest()


def _manifest(path: Path) -> Manifest:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise BackupError(f"这份备份的格式是 {content['format']}，本程序只认 {FORMAT}。")
        return Manifest(**content)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BackupError("备份文件里没有可读的清单，没有作任何改动。") from error


def refuse_other_schema(manifest: Manifest) -> None:
    """A backup fits the tables it was made from; an older one is restored by its own version first."""
    ours, theirs = applied_migrations(), sorted(manifest.migrations)
    if ours != theirs:
        raise BackupError(
            f"备份来自 {manifest.version} 版，表结构与现在的程序不同：请先用该版本恢复，再升级程序。"
        )


def replace_all(unpacked: Path, manifest: Manifest, files_dir: Path) -> int:
    """Replace all rows in one transaction, then the files. Returns the number of rows."""
    count = 0
    try:
        with transaction.atomic(), tables.append_only_lifted():
            tables.empty_all()
            for model in tables.stored_models():
                table = model._meta.db_table
                with (unpacked / "tables" / f"{table}.jsonl").open(encoding="utf-8") as rows:
                    loaded = tables.load(model, rows, manifest.columns.get(table))
                if loaded != manifest.rows[table]:
                    raise BackupError(f"{table} 的行数与清单不符，没有作任何改动。")
                count += loaded
            tables.next_keys_follow()
    except (ValueError, ValidationError, FileNotFoundError) as error:
        raise BackupError("备份里的内容读不出来，没有作任何改动。") from error
    _replace_files(unpacked / "files", files_dir)
    return count


def _replace_files(new: Path, files_dir: Path) -> None:
    files_dir.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=files_dir.parent, prefix=".replaced-") as aside:
        if files_dir.exists():
            files_dir.rename(Path(aside) / "files")
        if new.exists():
            shutil.move(new, files_dir)
        else:
            files_dir.mkdir()


def summary(manifest: Manifest, rows: int) -> dict[str, Any]:
    """What a restore reports."""
    return {
        "restored": True,
        "version": manifest.version,
        "made_at": manifest.made_at,
        "engine": manifest.engine,
        "tables": len(manifest.rows),
        "rows": rows,
        "files": len(manifest.members) - len(manifest.rows),
    }
