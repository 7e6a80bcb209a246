"""Files that bring a county in: the five CSVs of ``load_county``."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from townships.rules.county import County, UnitRow, split_aliases
from townships.rules.roles import Level

ENCODINGS = ("utf-8-sig", "gb18030")
SKELETON = ("county.csv", "townships.csv", "villages.csv", "departments.csv")


class CountyError(Exception):
    """The folder cannot be read; ``str(error)`` is a Chinese sentence that names the file and the row."""


def read_county(folder: Path) -> County:
    """The county in ``folder``: county.csv, and as far as there are any: townships, villages, departments,
    unit_sets."""
    if not (folder / "county.csv").exists():
        raise CountyError(f"{folder} 里没有 county.csv。")
    counties = [
        UnitRow(
            code=_needed(row, "code", at),
            name=_needed(row, "name", at),
            short_name=row.get("short_name", ""),
            level=Level.COUNTY,
            kind=row.get("level", ""),
            aliases=split_aliases(row.get("aliases", "")),
            note=f"所属市：{row['city']}" if row.get("city") else "",
        )
        for at, row in _rows(folder / "county.csv")
    ]
    if not counties:
        raise CountyError("county.csv 里没有一行数据。")
    units = [*counties, *_places(folder / "townships.csv", Level.TOWNSHIP, counties[0].code)]
    units += _places(folder / "villages.csv", Level.VILLAGE, "")
    units += _departments(folder / "departments.csv", counties[0].code)
    return County(units=tuple(units), sets=_sets(folder / "unit_sets.csv"))


def _places(path: Path, level: Level, parent: str) -> Iterator[UnitRow]:
    for at, row in _rows(path):
        yield UnitRow(
            code=_needed(row, "code", at),
            name=_needed(row, "name", at),
            short_name=row.get("short_name", ""),
            level=level,
            kind=row.get("kind", ""),
            parent_code=row.get("parent_code", "") or parent,
            opened_on=_day(row, "opened_on", at),
            closed_on=_day(row, "closed_on", at),
            successor_code=row.get("successor_code", ""),
            aliases=split_aliases(row.get("aliases", "")),
            note=row.get("note", ""),
        )


def _departments(path: Path, county: str) -> Iterator[UnitRow]:
    for at, row in _rows(path):
        yield UnitRow(
            code=_needed(row, "code", at),
            name=_needed(row, "name", at),
            short_name=row.get("short_name", ""),
            level=Level.DEPARTMENT,
            kind=row.get("kind", ""),
            parent_code=row.get("parent_code", "") or county,
            opened_on=_day(row, "opened_on", at),
            closed_on=_day(row, "closed_on", at),
            successor_code=row.get("successor_code", ""),
            aliases=split_aliases(row.get("aliases", "")),
            note=row.get("note", ""),
        )


def _sets(path: Path) -> dict[str, tuple[str, ...]]:
    sets: dict[str, list[str]] = {}
    for at, row in _rows(path):
        sets.setdefault(_needed(row, "set", at), []).append(_needed(row, "unit_code", at))
    return {name: tuple(dict.fromkeys(codes)) for name, codes in sets.items()}


def _rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row as ("townships.csv第3行", column → text); nothing for a file that is not there."""
    if not path.exists():
        return
    reader = csv.DictReader(io.StringIO(_text(path)))
    for number, row in enumerate(reader, start=2):
        values = {
            str(key).strip(): (value or "").strip() for key, value in row.items() if isinstance(value, str)
        }
        if any(values.values()):
            yield f"{path.name}第{number}行", values


def _text(path: Path) -> str:
    content = path.read_bytes()
    for encoding in ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CountyError(f"{path.name} 的文字编码无法识别，请另存为 UTF-8 的 CSV。")


def _needed(row: dict[str, str], column: str, at: str) -> str:
    if not row.get(column):
        raise CountyError(f"{at}缺少“{column}”。")
    return row[column]


def _day(row: dict[str, str], column: str, at: str) -> date | None:
    text = row.get(column, "")
    if not text:
        return None
    try:
        return date.fromisoformat(text.replace("/", "-"))
    except ValueError as error:
        raise CountyError(f"{at}的“{column}”不是日期（应如 2020-06-30）：{text}") from error
