"""A new bulletin: the snapshot is taken, the last of its kind lends its words; a correction names the old."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction

from dashboards.models import Bulletin
from dashboards.rules.bulletin_templates import OPENING, TEMPLATES, Part
from dashboards.rules.bulletins import (
    LONGEST_TITLE,
    LONGEST_WORDS,
    BulletinKind,
    BulletinState,
    BulletinVerb,
    Period,
    frozen_refusal,
    period_name,
    period_refusal,
)
from dashboards.rules.sentences import chinese_date
from dashboards.rules.snapshots import BASIS_WORDS, Snapshot
from dashboards.rules.tallies import ISSUES, PROJECTS, TallyError
from dashboards.services.bulletins.door import BulletinRefused, begin, tell
from dashboards.services.snapshots import take
from issues.services.words import words_given
from projects.models import Campaign
from rectify.lib import clock
from townships.access import allowed
from townships.models import User
from townships.rules.permissions import Permission

OFFICE = "整改工作办公室"
LENT = ("organ", "mark", "addressed_to", "copied_to", "parts")
"""What the next bulletin of a kind takes over from the last."""
ADDRESSED = "各乡镇人民政府，县直各部门"


def draft(
    campaign: Campaign,
    kind: BulletinKind,
    period: Period,
    *,
    by: User,
    basis: str = "claimed",
    topic: str = "",
    narrowed: Mapping[str, str] | None = None,
) -> Bulletin:
    """Take the snapshot and write the draft. BulletinRefused: not permitted, a period that is not over or has
    its bulletin already, nothing to tell, a list or programme that there is none of."""
    if not (verdict := allowed(by, Permission.PUBLISH_BULLETINS, campaign)):
        raise BulletinRefused(verdict.reason)
    if reason := period_refusal(kind, period, clock.today()):
        raise BulletinRefused(reason, "last_on")
    topic = words_given(topic, most=40, field="topic")
    if kind is BulletinKind.SPECIAL and not topic:
        raise BulletinRefused("请写明专题通报说的是什么。", "topic")
    _refuse_second(campaign, kind, period)
    last = _last_of(campaign, kind)
    fields = _words(campaign, kind, period, basis, topic) | _lent(last, kind)
    try:
        return _made(campaign, kind, period, by, basis, narrowed or {}, topic=topic, **fields)
    except IntegrityError as error:
        raise BulletinRefused(frozen_refusal(kind, period, "")) from error


@transaction.atomic
def correct(pk: int, reason: str, *, by: User, version: int | None = None) -> Bulletin:
    """Begin the 更正 of a signed bulletin: figures as they are known today for the same days, the same words;
    the old one stays what it is and says by what it was corrected, once that is signed."""
    old = begin(pk, BulletinVerb.CORRECT, by, version=version)
    why = words_given(reason, most=LONGEST_WORDS, field="words", missing="请写明更正的原因。").rstrip("。")
    title = old.title.removesuffix("（更正）")[: LONGEST_TITLE - 4] + "（更正）"
    kept = {name: getattr(old, name) for name in (*LENT, "topic", "prose", "counted")}
    return _made(
        old.campaign, BulletinKind(old.kind), Period(old.first_on, old.last_on), by, old.basis, old.narrowed,
        corrects=old, correction_reason=why, title=title, **kept,
    )  # fmt: skip


def _refuse_second(campaign: Campaign, kind: BulletinKind, period: Period) -> None:
    if kind is BulletinKind.SPECIAL:
        return
    there = Bulletin.objects.filter(
        campaign=campaign,
        kind=kind.value,
        first_on=period.first,
        last_on=period.last,
        corrects__isnull=True,
    ).exclude(state=BulletinState.DROPPED.value)
    found = there.first()
    if found is not None:
        raise BulletinRefused(frozen_refusal(kind, period, found.number), "last_on")


def _last_of(campaign: Campaign, kind: BulletinKind) -> Bulletin | None:
    """The newest of the kind; else the newest signed of any, which lends organ and 代字 alone."""
    known = Bulletin.objects.filter(campaign=campaign).exclude(state=BulletinState.DROPPED.value)
    return known.filter(kind=kind.value).first() or known.signed().first()


def _lent(last: Bulletin | None, kind: BulletinKind) -> dict[str, Any]:
    if last is None:
        return {}
    return {name: getattr(last, name) for name in LENT if name != "parts" or last.kind == kind.value}


def _words(campaign: Campaign, kind: BulletinKind, period: Period, basis: str, topic: str) -> dict[str, Any]:
    """What the template says of this kind, period and campaign."""
    template = TEMPLATES[kind]
    told = {
        "period": period_name(kind, period),
        "subject": topic or campaign.name,
        "as_of": chinese_date(period.last),
        "basis": BASIS_WORDS[basis],
    }
    return {
        "title": template.title.format(**told)[:LONGEST_TITLE],
        "organ": f"{campaign.unit.name}{OFFICE}文件",
        "mark": template.mark,
        "addressed_to": ADDRESSED,
        "copied_to": "",
        "parts": [part.value for part in template.parts],
        "prose": {OPENING: template.opening.format(**told), Part.NEXT.value: template.next_steps},
    }


@transaction.atomic
def _made(
    campaign: Campaign,
    kind: BulletinKind,
    period: Period,
    by: User,
    basis: str,
    narrowed: Mapping[str, str],
    **fields: Any,
) -> Bulletin:
    try:
        told, taken_at = take(campaign, period=period, basis=basis, narrowed=narrowed)
    except TallyError as error:
        raise BulletinRefused(str(error), "narrowed") from error
    snapshot = Snapshot(told)
    if not any(snapshot.blocks(of, "total") for of in (ISSUES, PROJECTS)):
        raise BulletinRefused(f"截至{chinese_date(period.last)}此前无记录，没有可以通报的数字。", "last_on")
    fields.setdefault("counted", snapshot.counted()[:1])
    made = Bulletin.objects.create(
        campaign=campaign,
        issuer=campaign.unit,
        kind=kind.value,
        first_on=period.first,
        last_on=period.last,
        basis=basis,
        narrowed=dict(narrowed),
        snapshot=told,
        taken_at=taken_at,
        drafted_by=by,
        drafted_at=clock.now(),
        updated_at=clock.now(),
        **fields,
    )
    tell(made, "draft", by, f"起草{kind.label}“{made.title}”")
    return made


__all__ = ["correct", "draft"]
