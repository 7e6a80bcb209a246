"""Drafting: the system writes the text from the facts, one letter a unit; people mend and sign it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import IntegrityError, transaction

from alerts.models import Letter, LetterCopy, LetterItem, NoticeWaiver
from alerts.queries.letter_copies import proposed_copies
from alerts.queries.letter_items import addressees, bound_in, item_facts
from alerts.queries.letter_wordings import wording_of
from alerts.rules.letter_facts import ItemFacts, sources, standing, subject
from alerts.rules.letter_words import REPLY_BY, Wording, filled
from alerts.rules.letters import (
    DRAFTED,
    KINDS,
    LONGEST_TITLE,
    MOST_ITEMS,
    LetterKind,
)
from alerts.services.letters.door import LetterRefused, tell
from issues.models import Issue
from issues.rules.history import cn_day
from issues.rules.stages import OPEN_STATES
from issues.services.words import words_given
from projects.models import Campaign
from rectify.lib import clock
from townships.access import allowed
from townships.models import Unit, User
from townships.queries.calendar import workdays
from townships.rules.permissions import Permission
from townships.rules.roles import Level

WRITTEN_TO = (Level.TOWNSHIP.value, Level.DEPARTMENT.value, Level.GROUP.value)
FARTHEST = timedelta(days=366)
OPEN = [state.value for state in OPEN_STATES]
NAMED = 5


@dataclass(frozen=True, slots=True)
class Wish:
    """What a writer asks for. ``numbers``: issues; ``units``: those to write to beside or without issues;
    ``reply_due_on`` empty: the kind's working days from today."""

    kind: LetterKind
    numbers: Sequence[str] = ()
    units: Sequence[Unit] = ()
    basis: str = ""
    reply_due_on: date | None = None


@dataclass(frozen=True, slots=True)
class Drafted:
    """The drafts made, by unit; ``notes``: what the writer should know of them."""

    letters: list[Letter]
    notes: list[str]


@transaction.atomic
def draft(campaign: Campaign, wish: Wish, *, by: User) -> Drafted:
    """One draft for each unit that answers for some of the issues, and for each unit named; all or none.

    LetterRefused: no issues where the kind needs them, one that is closed or out of sight, a notice for an
    issue that stands in another or needs none, a unit no letter goes to, a day for the reply that is past."""
    _may_write(campaign, by)
    kind = KINDS[wish.kind]
    if wish.kind not in DRAFTED:
        raise LetterRefused("撤回函从要撤回的那份函件起草。", "kind")
    issues = _issues(campaign, wish.numbers, by)
    if kind.binds:
        _refuse_bound(issues)
    grouped = _grouped(campaign, wish, issues)
    if not grouped:
        raise LetterRefused("请选择要写进函件的问题，或者写明主送单位。", "units")
    if kind.needs_items and (bare := [unit.name for unit, found in grouped if not found]):
        raise LetterRefused(f"{kind.label}要写明问题，{bare[0]}没有选中的问题。", "units")
    words, note = wording_of(campaign, wish.kind)
    due = reply_due(wish.reply_due_on, kind.days and words.days)
    letters = [_drafted(campaign, wish, unit, found, words, due, by) for unit, found in grouped]
    return Drafted(letters, [note] if note else [])


def written(
    words: Wording, kind: LetterKind, letter: Letter, items: Sequence[ItemFacts], on: date
) -> dict[str, str]:
    """Title, body and demands from the words and the facts on the Beijing date ``on``."""
    values = {
        "单位": letter.unit.name,
        "工作": letter.campaign.name,
        "机关": letter.organ,
        "依据": _basis(letter.basis),
        "来源": sources(items),
        "件数": str(len(items)),
        "事由": subject(items),
        "现状": standing(items, on, KINDS[kind].table),
        "截至日": cn_day(on),
        REPLY_BY: cn_day(letter.reply_due_on) if letter.reply_due_on else "",
    }
    texts = {"title": filled(words.title, values)[:LONGEST_TITLE]}
    return texts | {name: filled(getattr(words, name), values) for name in ("body", "demands")}


def put_copies(letter: Letter, copies: Sequence[tuple[str, Unit | None]]) -> None:
    """抄送, in that order, each name once; never the addressee."""
    named: dict[str, Unit | None] = {}
    for name, unit in copies:
        said = words_given(name, most=60, field="copies")
        if said and (unit is None or unit.pk != letter.unit_id):
            named.setdefault(said, unit)
    LetterCopy.objects.bulk_create(
        LetterCopy(letter=letter, position=position, name=name, unit=unit)
        for position, (name, unit) in enumerate(named.items())
    )


# --- the parts of a draft -----------------------------------------------------------------------------------


def _may_write(campaign: Campaign, by: User) -> None:
    verdict = allowed(by, Permission.WRITE_LETTERS, campaign)
    if not verdict:
        raise LetterRefused(verdict.reason)


def _issues(campaign: Campaign, numbers: Sequence[str], by: User) -> list[Issue]:
    """The open issues of these numbers, in that order."""
    wanted = list(dict.fromkeys(numbers))
    visible = Issue.objects.visible_to(by).filter(campaign=campaign, number__in=wanted)
    found = {issue.number: issue for issue in visible.order_by()}
    if unknown := [number for number in wanted if number not in found]:
        raise LetterRefused(f"没有这些问题，或不在您的工作范围内：{some(unknown)}。", "items")
    if ended := [number for number in wanted if found[number].state not in OPEN]:
        raise LetterRefused(f"这些问题已经办结，不用再发函：{some(ended)}。", "items")
    return [found[number] for number in wanted]


def _refuse_bound(issues: Sequence[Issue]) -> None:
    ids = {issue.pk: issue.number for issue in issues}
    if held := bound_in(ids):
        names = [f"{ids[pk]}（{item.letter.number or '草稿'}）" for pk, item in held.items()]
        raise LetterRefused(f"一个问题只进一份整改任务通知书，这些问题已有：{some(names)}。", "items")
    waived = NoticeWaiver.objects.filter(issue__in=ids).values_list("issue__number", flat=True)
    if names := list(waived):
        raise LetterRefused(f"这些问题已标明无须通知：{some(names)}。", "items")


def _grouped(campaign: Campaign, wish: Wish, issues: Sequence[Issue]) -> list[tuple[Unit, list[Issue]]]:
    """Who is written to about which issues, by code. LetterRefused where no letter can go to a unit."""
    by_unit: dict[int, list[Issue]] = {unit.pk: [] for unit in wish.units}
    goes_to = addressees(issues, clock.today(), is_one=KINDS[wish.kind].binds)
    only = {unit.pk for unit in wish.units}
    for issue in issues:
        units = [pk for pk in goes_to.get(issue.pk, []) if not only or pk in only]
        if not units:
            why = "没有责任单位，也没有所在乡镇" if not goes_to.get(issue.pk) else "不由所选的单位负责"
            raise LetterRefused(f"{issue.number}{why}，不能写进函件。", "items")
        for pk in units:
            by_unit.setdefault(pk, []).append(issue)
    units_by_pk = Unit.objects.in_bulk(by_unit)
    found = sorted(((units_by_pk[pk], rows) for pk, rows in by_unit.items()), key=lambda pair: pair[0].code)
    for unit, rows in found:
        _refuse_addressee(campaign, unit, len(rows))
    return found


def _refuse_addressee(campaign: Campaign, unit: Unit, count: int) -> None:
    if not unit.path.startswith(campaign.unit.path) or unit.level not in WRITTEN_TO:
        raise LetterRefused(f"{unit.name}不是{campaign.unit.name}的乡镇或者部门，不能作为主送单位。", "units")
    if unit.closed_on is not None and unit.closed_on <= clock.today():
        raise LetterRefused(f"{unit.name}已经撤并，请发给承接它的单位。", "units")
    if count > MOST_ITEMS:
        raise LetterRefused(f"{unit.name}选了{count}个问题，一份函件最多{MOST_ITEMS}个，请分几份。", "items")


def reply_due(given: date | None, days: int) -> date | None:
    """The day given, else so many working days from today; None for 0."""
    if given is None:
        return workdays().add(clock.today(), days) if days else None
    if not clock.today() < given <= clock.today() + FARTHEST:
        raise LetterRefused("回复期限应在明天以后、一年以内。", "reply_due_on")
    return given


def _drafted(
    campaign: Campaign,
    wish: Wish,
    unit: Unit,
    issues: Sequence[Issue],
    words: Wording,
    due: date | None,
    by: User,
) -> Letter:
    kind, today = wish.kind, clock.today()
    items = item_facts([issue.pk for issue in issues], unit, today)
    letter = Letter(
        campaign=campaign,
        issuer=campaign.unit,
        kind=kind.value,
        unit=unit,
        organ=words.organ or usual_organ(campaign, by),
        mark=words.mark,
        basis=words_given(wish.basis, most=200, field="basis"),
        facts_on=today,
        reply_due_on=due,
        drafted_by=by,
        drafted_at=clock.now(),
        updated_at=clock.now(),
    )
    for name, text in written(words, kind, letter, items, today).items():
        setattr(letter, name, text)
    letter.save(force_insert=True)
    _put_items(letter, issues, items)
    put_copies(letter, proposed_copies(unit, issues))
    tell(letter, "draft", by, f"起草{kind.label}“{letter.title}”，主送{unit.name}，{len(issues)}个问题")
    return letter


def _put_items(letter: Letter, issues: Sequence[Issue], items: Sequence[ItemFacts]) -> None:
    binds = KINDS[LetterKind(letter.kind)].binds
    try:
        with transaction.atomic():
            LetterItem.objects.bulk_create(
                LetterItem(letter=letter, issue=issue, position=at, requirement=fact.requirement, binds=binds)
                for at, (issue, fact) in enumerate(zip(issues, items, strict=True), 1)
            )
    except IntegrityError as error:
        # Somebody else put one of them into a notice a moment ago.
        raise LetterRefused("有的问题刚被写进另一份整改任务通知书，请刷新后重选。", "items") from error


def usual_organ(campaign: Campaign, by: User) -> str:
    """The writer's own unit; at the county itself its office for the campaign."""
    if by.unit is None or by.unit.level == Level.COUNTY:
        return f"{campaign.unit.name}整改工作办公室"
    return by.unit.name


def _basis(text: str) -> str:
    """根据《方案》，; nothing where none was given."""
    said = text.strip().strip("，。；,;").removeprefix("根据").removeprefix("按照")
    return f"根据{said}，" if said else ""


def some(names: Sequence[str]) -> str:
    """The first five of them, and how many there are."""
    return "、".join(names[:NAMED]) + (f"等{len(names)}个" if len(names) > NAMED else "")
