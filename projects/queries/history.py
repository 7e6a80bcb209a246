"""The history of one project: movements of its ledger, fields that changed, what ran ahead; newest last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal

from projects.models import Project, ProjectEntry, RunningAhead
from projects.queries.changes import plain
from projects.rules.ahead import AheadState
from projects.rules.registering import FIELD_LABELS, UNSHOWN
from projects.rules.stages import Cause, Stage
from rectify.lib import clock
from rectify.lib.masking import mask_text
from townships.models import User

LONGEST = 60


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the history; ``by``: who recorded it and when. ``href``: what it rests on, a ledger or a
    decision (``proof`` says which); ``anchor``: where a figure of the page points, on its first movement."""

    on: date
    text: str
    by: str
    is_minor: bool = False
    details: list[str] = field(default_factory=list)
    stage: str = ""
    href: str = ""
    proof: str = ""
    is_ledger: bool = False
    anchor: str = ""


def moments_of(
    project: Project, entries: Sequence[ProjectEntry], flags: Sequence[RunningAhead]
) -> list[Moment]:
    """Everything that happened to the project, by the day when it was so. One query of its own."""
    moments = [_entry(project, entry) for entry in entries]
    moments += [one for flag in flags for one in _flag(project, flag)]
    changes = project.field_changes.select_related("changed_by").order_by("pk")
    acts: dict[tuple[datetime, int], list[str]] = {}
    people: dict[int, User] = {}
    for change in changes:
        if change.field in UNSHOWN:
            continue
        people[change.changed_by_id] = change.changed_by
        said = _changed(change.field, mask_text(change.before), mask_text(change.after))
        if change.cause == Cause.CALENDAR:
            said = f"{said}（{Cause.CALENDAR.label}）"
        acts.setdefault((change.changed_at, change.changed_by_id), []).append(said)
    for (at, who), lines in acts.items():
        on = clock.beijing_date(at)
        said = "；".join(dict.fromkeys(lines))
        moments.append(Moment(on, f"{_cn(on)}，{said}", _who(people[who], at), is_minor=True))
    met = {""}
    ordered = sorted(moments, key=lambda one: one.on)
    for place, moment in enumerate(ordered):
        if moment.stage not in met:
            met.add(moment.stage)
            ordered[place] = replace(moment, anchor=f"stage-{moment.stage}")
    return ordered


def _entry(project: Project, entry: ProjectEntry) -> Moment:
    """2018年5月20日，台账称已开工1个."""
    stage, cause, day = Stage(entry.stage), Cause(entry.cause), entry.happened_on
    said = "台账称" if cause is Cause.IMPORT else f"{cause.label}："
    falls = entry.quantity < 0 or (entry.amount or Decimal(0)) < 0
    way = "减少" if falls else "增加" if cause is Cause.CHANGE else ""
    words = [_cn(day), f"{said}{stage.label}{way}"]
    if entry.quantity:
        words[1] += f"{plain(abs(entry.quantity))}{project.counted_in}"
    if entry.amount:
        words.append(f"{plain(abs(entry.amount))}万元")
    text = "，".join(words)
    if cause not in (Cause.IMPORT, Cause.AHEAD) and day < clock.beijing_date(entry.recorded_at):
        text += "（补录）"
    href, proof = _proof(project, cause, entry.cause_id)
    by = _who(entry.recorded_by, entry.recorded_at)
    is_ledger = cause in (Cause.IMPORT, Cause.WITHDRAWAL)
    return Moment(day, text, by, stage=stage.value, href=href, proof=proof, is_ledger=is_ledger)


def _proof(project: Project, cause: Cause, cause_id: int | None) -> tuple[str, str]:
    """Where the act stands on which a movement rests: the ledger it came in, the decision."""
    if cause_id is None:
        return "", ""
    match cause:
        case Cause.IMPORT | Cause.WITHDRAWAL:
            return f"/import/{cause_id}/", "所据台账"
        case Cause.CHANGE:
            return f"/projects/{project.number}/change/{cause_id}/", "所据决定"
        case _:
            return "", ""


def _flag(project: Project, flag: RunningAhead) -> list[Moment]:
    """先斩后奏: when it was so, and where it was struck out again."""
    said = f"{_cn(flag.started_on)}，已先行动工{plain(flag.quantity)}{project.counted_in}，当时没有下达"
    details = [mask_text(flag.words)] if flag.words else []
    found = [Moment(flag.started_on, said, _who(flag.noted_by, flag.noted_at), details=details)]
    if flag.state == AheadState.STRUCK and flag.struck_by is not None and flag.struck_at is not None:
        on = clock.beijing_date(flag.struck_at)
        text = f"{_cn(on)}，撤销{_cn(flag.started_on)}先行动工的登记：{mask_text(flag.struck_words)}"
        found.append(Moment(on, text, _who(flag.struck_by, flag.struck_at), is_minor=True))
    return found


def _changed(name: str, before: str, after: str) -> str:
    label = FIELD_LABELS.get(name, name)
    before, after = (text if len(text) <= LONGEST else f"{text[:LONGEST]}…" for text in (before, after))
    if not before:
        return f"补填{label}“{after}”"
    return f"{label}由“{before}”改为“{after}”" if after else f"删去{label}“{before}”"


def _cn(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _who(user: User, at: datetime) -> str:
    return f"{user.name}，{at.astimezone(clock.BEIJING):%Y-%m-%d %H:%M}登记"
