"""A bulletin put together: what stands around its sections, the sections, how long it is."""

from __future__ import annotations

from dataclasses import dataclass

from dashboards.models import Bulletin
from dashboards.rules.bulletin_corrections import correction_of
from dashboards.rules.bulletin_paper import Facts, length_of
from dashboards.rules.bulletin_sections import Choice, Section, sections
from dashboards.rules.bulletin_templates import OPENING
from dashboards.rules.bulletins import BulletinKind
from dashboards.rules.sentences import chinese_date
from dashboards.rules.snapshots import Snapshot

FILE = "文件"
"""What a red head may end with, and a signature does not."""
BETWEEN = str.maketrans("、；;,\n", "，，，，，")


@dataclass(frozen=True, slots=True)
class Composed:
    """``length``: characters of the text; ``is_long``: more than a document of its kind should have."""

    snapshot: Snapshot
    facts: Facts
    sections: list[Section]
    length: int
    limit: int

    @property
    def is_long(self) -> bool:
        return self.length > self.limit


def composed(bulletin: Bulletin) -> Composed:
    """What page, .docx and PDF print of the bulletin; one query where it corrects another that is not
    loaded."""
    snapshot = Snapshot(bulletin.snapshot)
    old = bulletin.corrects
    facts = Facts(
        title=bulletin.title,
        organ=bulletin.organ,
        signed=bulletin.organ.removesuffix(FILE),
        number=bulletin.number,
        day=chinese_date(bulletin.signed_on) if bulletin.signed_on else "",
        addressed_to=bulletin.addressed_to,
        copied_to=[
            name.strip() for name in bulletin.copied_to.translate(BETWEEN).split("，") if name.strip()
        ],
        opening=bulletin.prose.get(OPENING, ""),
        correction=correction_of(
            old.title, old.number, bulletin.correction_reason, Snapshot(old.snapshot), snapshot
        )
        if old
        else "",
    )
    made = sections(snapshot, Choice(bulletin.parts, bulletin.counted, bulletin.prose))
    return Composed(snapshot, facts, made, length_of(facts, made), BulletinKind(bulletin.kind).limit)
