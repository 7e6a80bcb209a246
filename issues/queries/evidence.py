"""The evidence of an issue as its page shows it, and one file of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from issues.models import Evidence, Issue
from issues.rules.records import EvidenceKind
from issues.rules.stages import OPEN_STATES, State
from rectify.lib.masking import mask_text
from townships.models import User
from townships.rules.permissions import Permission, holds
from townships.rules.roles import Role

KB = 1024


@dataclass(frozen=True, slots=True)
class File:
    """One file: ``size`` in words, ``hash`` the first twelve digits of its SHA-256."""

    pk: int
    kind: str
    name: str
    is_picture: bool
    size: str
    hash: str
    taken_on: date | None
    note: str
    by: str
    at: datetime
    struck: str
    may_strike: bool


@dataclass(frozen=True, slots=True)
class Shown:
    """Photos of before and after stand side by side, everything else below."""

    before: list[File]
    after: list[File]
    others: list[File]

    @property
    def count(self) -> int:
        return sum(not file.struck for file in (*self.before, *self.after, *self.others))


def evidence_of(issue: Issue, user: User) -> Shown:
    """All evidence of the issue, oldest first, struck ones too. One query."""
    rows = (
        Evidence.objects.filter(issue=issue).select_related("unit", "uploaded_by", "struck_by").order_by("pk")
    )
    strikes = holds(Role(user.role), Permission.REPORT) and State(issue.state) in OPEN_STATES
    files = [(EvidenceKind(row.kind), _shown(row, user, strikes)) for row in rows]
    return Shown(
        before=[file for kind, file in files if kind is EvidenceKind.BEFORE],
        after=[file for kind, file in files if kind is EvidenceKind.AFTER],
        others=[file for kind, file in files if kind not in (EvidenceKind.BEFORE, EvidenceKind.AFTER)],
    )


def evidence_one(user: User, number: str, pk: int) -> Evidence | None:
    """One file of an issue that ``user`` sees, with its issue. One query."""
    seen = Issue.objects.visible_to(user).filter(number=number)
    return Evidence.objects.filter(pk=pk, issue__in=seen).select_related("issue").first()


def _shown(row: Evidence, user: User, strikes: bool) -> File:
    struck = ""
    if row.struck_at is not None and row.struck_by is not None:
        struck = f"{row.struck_by.name}作废：{mask_text(row.struck_reason)}"
    return File(
        pk=row.pk,
        kind=EvidenceKind(row.kind).label,
        name=mask_text(row.name),
        is_picture=row.media_type.startswith("image/"),
        size=_size(row.size),
        hash=row.sha256[:12],
        taken_on=row.taken_on,
        note=mask_text(row.note),
        by=f"{row.unit.name} {row.uploaded_by.name}",
        at=row.uploaded_at,
        struck=struck,
        may_strike=strikes and not struck and row.unit_id == user.unit_id,
    )


def _size(size: int) -> str:
    return f"{size / KB / KB:.1f}MB" if size >= KB * KB else f"{max(1, round(size / KB))}KB"
