"""Backup and restore: one file, whole or refused, across engines."""

import json
import shutil
import sqlite3
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from rectify.archive import tables
from townships.models import User

pytestmark = pytest.mark.engines
Manage = Callable[..., subprocess.CompletedProcess[str]]


def answer(done: subprocess.CompletedProcess[str]) -> dict[str, object]:
    assert done.returncode == 0, done.stderr
    payload: dict[str, object] = json.loads(done.stdout)
    return payload


@pytest.fixture
def county(manage: Manage, house: dict[str, str], tmp_path: Path) -> Path:
    """A house with a county, one attachment and its backup; returns the backup's path."""
    answer(manage("load_county", "demo/county", "--json"))
    attachment = Path(house["RECTIFY_VAR"]) / "files" / "2018" / "验收单.txt"
    attachment.parent.mkdir(parents=True)
    attachment.write_text("已验收", encoding="utf-8")
    answer(manage("backup", str(tmp_path / "county.tar.gz"), "--json"))
    return tmp_path / "county.tar.gz"


def embedded(tmp_path: Path, name: str = "other") -> dict[str, str]:
    return {"RECTIFY_VAR": str(tmp_path / name), "DATABASE_URL": ""}


def test_a_backup_moves_to_an_empty_house_on_the_embedded_engine(
    manage: Manage, county: Path, tmp_path: Path
) -> None:
    other = embedded(tmp_path)
    report = answer(manage("restore", str(county), "--json", environment=other))
    assert report["restored"] is True
    assert report["files"] == 1
    assert (tmp_path / "other" / "files" / "2018" / "验收单.txt").read_text(encoding="utf-8") == "已验收"
    again = answer(manage("backup", str(tmp_path / "again.tar.gz"), "--json", environment=other))
    assert again["rows"] == report["rows"]
    assert members(tmp_path / "again.tar.gz") == members(county)


def members(path: Path) -> dict[str, bytes]:
    with tarfile.open(path) as archive:
        streams = {
            member.name: archive.extractfile(member) for member in archive if member.name != "manifest.json"
        }
        return {name: stream.read() for name, stream in streams.items() if stream is not None}


def test_a_full_house_is_replaced_only_with_yes(manage: Manage, county: Path) -> None:
    refused = manage("restore", str(county), "--json")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--yes" in refused.stderr
    answer(manage("restore", str(county), "--yes", "--json"))
    # Keys go on after the restored rows.
    answer(manage("load_county", "demo/county", "--json"))


def test_a_damaged_backup_changes_nothing(manage: Manage, county: Path, tmp_path: Path) -> None:
    folder = tmp_path / "unpacked"
    with tarfile.open(county) as archive:
        archive.extractall(folder, filter="data")
    victim = folder / "tables" / "townships_unit.jsonl"
    victim.write_text(victim.read_text(encoding="utf-8").replace("分水镇", "合水镇"), encoding="utf-8")
    forged = tmp_path / "forged.tar.gz"
    with tarfile.open(forged, "w:gz") as archive:
        for path in folder.rglob("*.json*"):
            archive.add(path, path.relative_to(folder).as_posix())
        archive.add(folder / "files" / "2018" / "验收单.txt", "files/2018/验收单.txt")
    truncated = tmp_path / "truncated.tar.gz"
    truncated.write_bytes(county.read_bytes()[:-400])
    words = {
        forged: "townships_unit",
        truncated: "不完整",
        tmp_path / "absent": "找不到",
        Path(__file__): "不是",
    }
    for path, word in words.items():
        refused = manage("restore", str(path), "--yes", "--json", environment=embedded(tmp_path))
        assert (refused.returncode, refused.stdout) == (2, ""), path
        assert len(refused.stderr.strip().splitlines()) == 1, refused.stderr
        assert word in refused.stderr


def test_a_backup_is_private_and_overwrites_no_file(manage: Manage, county: Path) -> None:
    assert county.stat().st_mode & 0o077 == 0
    refused = manage("backup", str(county), "--json")
    assert refused.returncode == 2
    assert "已经存在" in refused.stderr


def test_a_backup_of_another_schema_is_refused(
    manage: Manage, county: Path, house_with_tables: Path, tmp_path: Path
) -> None:
    shutil.copytree(house_with_tables, tmp_path / "newer")
    connection = sqlite3.connect(tmp_path / "newer" / "rectify.sqlite3")
    with connection:
        connection.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('issues', '9999_later', '2018-06-06')"
        )
    connection.close()
    refused = manage("restore", str(county), environment=embedded(tmp_path, "newer"))
    assert refused.returncode == 2
    assert "表结构" in refused.stderr


@pytest.mark.django_db
def test_rows_are_read_by_the_names_of_their_columns() -> None:
    User.objects.create(username="zhang", name="张某某", role="office")
    known = list(tables.lines(User))
    names = [field.column or "" for field in tables.columns(User)]
    User.objects.all().delete()
    turned = [json.dumps(json.loads(line)[::-1]) for line in known]
    assert tables.load(User, turned, names[::-1]) == len(known)
    assert list(tables.lines(User)) == known
    with pytest.raises(ValueError, match="other_name"):
        tables.load(User, known, [*names[:-1], "other_name"])
