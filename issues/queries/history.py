"""What happened to an issue, as moments in one order: every act once, with what it moved, changed and showed.

An act of the workflow holds the issue while it works, and its event says from when to when: entries, changed
fields and files of that span belong to it. What has no event (an import, older rows) stands for itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from issues.models import Evidence, FieldChange, Import, Issue
from issues.rules.history import READING, Line, changed, cn_day, moved, said, shown
from issues.rules.records import EvidenceKind
from issues.rules.stages import Cause, Stage, state_word
from rectify.lib import clock
from rectify.lib.masking import mask_name, mask_text
from townships.models import Event

FIELD_LABELS = {
    "units": "责任单位",
    "project": "解决项目",
    "actions": "整改措施",
    "deadline": "时限",
    "found_on": "发现日期",
    "is_long": "长期坚持",
}


@dataclass(slots=True)
class Moment:
    """One line of the history. ``by``: who did it and when it was recorded; ``details``: what it moved,
    changed and showed; ``is_minor``: no quantity moved."""

    text: str
    by: str
    is_minor: bool
    details: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Act:
    """An event with the span in which it held the issue, and what was written then."""

    event: Any
    first: datetime
    last: datetime
    entries: list[Any] = field(default_factory=list)
    changes: list[Any] = field(default_factory=list)
    files: list[Any] = field(default_factory=list)

    def holds(self, at: datetime) -> bool:
        return self.first <= at <= self.last


def moments_of(issue: Issue, *, sees_household: bool, sees_readers: bool) -> list[Moment]:
    """Newest last; what happened on the day it happened, what was changed on the day it was.

    ``sees_readers``: also who took the issue out or read persons in clear. Constant queries."""
    events = Event.objects.filter(subject_type="issue", subject_id=issue.pk).order_by("seq")
    if not sees_readers:
        events = events.exclude(action__in=READING)
    acts = [_act(event) for event in events.select_related("actor__unit")]
    entries = list(issue.entries.select_related("recorded_by__unit").order_by("happened_on", "id"))
    changes = list(issue.changes.select_related("changed_by__unit"))
    evidence = Evidence.objects.filter(issue=issue).select_related("uploaded_by__unit")
    loose = _Act(None, clock.now(), clock.now())
    for entry in entries:
        _of(acts, entry.recorded_at, loose).entries.append(entry)
    for change in changes:
        _of(acts, change.changed_at, loose).changes.append(change)
    for one in evidence:
        _of(acts, one.uploaded_at, loose).files.append(one)
    dated = [_told(issue, act, sees_household) for act in acts]
    dated += _lines(issue, loose.entries)
    dated += _batches(loose.changes, sees_household)
    dated += [_file(one) for one in loose.files]
    return [moment for _, _, moment in sorted(dated, key=lambda one: one[:2])]


Dated = tuple[date, datetime, Moment]
"""The day it stands under, the instant that orders the day, the moment."""


def _act(event: Any) -> _Act:
    span = event.facts if isinstance(event.facts, dict) else {}
    if "from" in span and "to" in span:
        return _Act(event, datetime.fromisoformat(span["from"]), datetime.fromisoformat(span["to"]))
    at = clock.as_lived(event.at)
    return _Act(event, at, at)


def _of(acts: Iterable[_Act], at: datetime, loose: _Act) -> _Act:
    return next((act for act in acts if act.holds(at)), loose)


def _told(issue: Issue, act: _Act, sees_household: bool) -> Dated:
    day = clock.beijing_date(act.last)
    details = [moved(_line(issue, entry), day) for entry in act.entries]
    details += [_change(change, sees_household) for change in act.changes]
    state = act.event.facts.get("state") if isinstance(act.event.facts, dict) else ""
    if state:
        details.append(f"状态转为“{state_word(state, _words(issue))}”")
    details += [_shown(one) for one in act.files]
    text = f"{cn_day(day)}，{mask_text(act.event.summary)}"
    return day, act.last, Moment(text, _by(act.event.actor, act.last), not act.entries, details)


def _words(issue: Issue) -> Mapping[str, str] | None:
    template = issue.list.template
    return template.state_words if template else None


def _lines(issue: Issue, entries: list[Any]) -> list[Dated]:
    files = _files(issue, entries)
    return [(one.happened_on, one.recorded_at, _entry_moment(issue, one, files)) for one in entries]


def _files(issue: Issue, entries: list[Any]) -> dict[int, str]:
    """Names of the files that entries came from, by id of the import."""
    ids = {entry.cause_id for entry in entries if entry.cause == Cause.IMPORT and entry.cause_id}
    known = {issue.sheet.source_id: issue.sheet.source.file_name} if issue.sheet else {}
    if ids - known.keys():
        known |= dict(Import.objects.filter(pk__in=ids).values_list("pk", "file_name"))
    return known


def _line(issue: Issue, entry: Any) -> Line:
    return Line(
        cause=Cause(entry.cause),
        stage=Stage(entry.stage),
        quantity=entry.quantity,
        amount=entry.amount,
        counted_in=issue.counted_in,
        happened_on=entry.happened_on,
    )


def _entry_moment(issue: Issue, entry: Any, files: Mapping[int, str]) -> Moment:
    text = said(_line(issue, entry))
    file = files.get(entry.cause_id) if entry.cause == Cause.IMPORT else None
    if file:
        is_first = issue.sheet is not None and issue.sheet.source_id == entry.cause_id
        row = f"第{issue.row}行" if is_first and issue.row else ""
        text += f"（导入自《{mask_text(file)}》{row}）"
    elif entry.happened_on < clock.beijing_date(entry.recorded_at):
        text += "（补录）"
    return Moment(text, _by(entry.recorded_by, entry.recorded_at), False)


def _batches(changes: list[Any], sees_household: bool) -> list[Dated]:
    """Fields that one act changed, as one moment: a single one in its sentence, several below each other."""
    batches: dict[tuple[Any, ...], list[Any]] = {}
    for change in changes:
        key = (change.cause, change.cause_id, change.changed_by_id, change.changed_at)
        batches.setdefault(key, []).append(change)
    return [_batch(batch, sees_household) for batch in batches.values()]


def _batch(batch: list[Any], sees_household: bool) -> Dated:
    first = batch[0]
    day = clock.beijing_date(first.changed_at)
    said_of = [_change(change, sees_household) for change in batch]
    by = _by(first.changed_by, first.changed_at)
    if len(batch) == 1:
        return day, first.changed_at, Moment(f"{cn_day(day)}，{said_of[0]}", by, True)
    text = f"{cn_day(day)}，{Cause(first.cause).label}，改动{len(batch)}项"
    return day, first.changed_at, Moment(text, by, True, said_of)


def _change(change: FieldChange, sees_household: bool) -> str:
    if change.field == "project":  # who reads this need not see the project
        return "补填解决项目" if not change.before else "改由其他项目解决" if change.after else "删去解决项目"
    hide = mask_name if change.field == "household" and not sees_household else mask_text
    return changed(_label(change.field), hide(change.before), hide(change.after))


def _label(name: str) -> str:
    if name in FIELD_LABELS:
        return FIELD_LABELS[name]
    names = {one.name: str(getattr(one, "verbose_name", one.name)) for one in Issue._meta.get_fields()}
    return names.get(name, name)


def _shown(one: Evidence) -> str:
    struck = f"，已作废：{mask_text(one.struck_reason)}" if one.struck_at else ""
    return shown(EvidenceKind(one.kind).label, mask_text(one.name)) + struck


def _file(one: Evidence) -> Dated:
    day = clock.beijing_date(one.uploaded_at)
    text = f"{cn_day(day)}，上传{_shown(one)}"
    return day, one.uploaded_at, Moment(text, _by(one.uploaded_by, one.uploaded_at), True)


def _by(person: Any, at: datetime) -> str:
    who = "系统"
    if person is not None:
        who = f"{person.unit.short_name}　{person.name}" if person.unit else person.name
    return f"{who}，{at.astimezone(clock.BEIJING).strftime('%Y-%m-%d %H:%M')}登记"
