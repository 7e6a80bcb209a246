"""Signed bulletins as other programs read them: plain objects, the snapshot with one bulletin alone."""

from __future__ import annotations

from typing import Any

from dashboards.models import Bulletin, BulletinFile
from dashboards.models.bulletins import BulletinQuerySet
from dashboards.rules.bulletins import BulletinKind, BulletinState, Period, period_name
from rectify.lib.keyset import WHOLE, Position, reached, rows_after
from rectify.lib.plain import instant

COLUMNS = (
    "pk", "campaign__code", "kind", "first_on", "last_on", "basis", "topic", "title", "organ", "number",
    "signed_on", "signed_at", "taken_at", "corrects__number", "version", "updated_at",
)  # fmt: skip
Record = dict[str, Any]


def page_of_bulletins(
    seen: BulletinQuerySet, *, after: Position | None, size: int
) -> tuple[list[Record], Position | None]:
    """``size`` of the signed bulletins in sight after a position, and where to go on. Three queries."""
    rows = rows_after(seen.signed(), WHOLE, after, size + 1, COLUMNS)
    return _records(rows[:size]), reached(rows, WHOLE, size)


def bulletin_record(seen: BulletinQuerySet, pk: int) -> Record | None:
    """One signed bulletin in sight, with its snapshot."""
    rows = list(seen.signed().filter(pk=pk).values(*COLUMNS, "snapshot"))
    return {**_records(rows)[0], "snapshot": rows[0]["snapshot"]} if rows else None


def _records(rows: list[Record]) -> list[Record]:
    ids = [row["pk"] for row in rows]
    files: dict[int, list[Record]] = {}
    for pk, form, sha256, size in BulletinFile.objects.filter(bulletin__in=ids).values_list(
        "bulletin_id", "format", "sha256", "size"
    ):
        files.setdefault(pk, []).append(
            {"format": form, "sha256": sha256, "size": size, "url": f"/bulletins/{pk}/file/{form}/"}
        )
    newer = Bulletin.objects.filter(corrects__in=ids, state=BulletinState.SIGNED.value)
    corrected = dict(newer.values_list("corrects_id", "number"))
    return [_record(row, files.get(row["pk"], []), corrected.get(row["pk"])) for row in rows]


def _record(row: Record, files: list[Record], corrected_by: str | None) -> Record:
    kind = BulletinKind(row["kind"])
    return {
        "id": row["pk"],
        "campaign": row["campaign__code"],
        "kind": kind.value,
        "kind_label": kind.label,
        "period": period_name(kind, Period(row["first_on"], row["last_on"])),
        "first_on": row["first_on"].isoformat(),
        "last_on": row["last_on"].isoformat(),
        "basis": row["basis"],
        "topic": row["topic"],
        "title": row["title"],
        "organ": row["organ"],
        "number": row["number"],
        "signed_on": row["signed_on"].isoformat(),
        "signed_at": instant(row["signed_at"]),
        "known_at": instant(row["taken_at"]),
        "corrects": row["corrects__number"],
        "corrected_by": corrected_by,
        "files": files,
        "version": row["version"],
        "updated_at": instant(row["updated_at"]),
        "url": f"/bulletins/{row['pk']}/",
    }
