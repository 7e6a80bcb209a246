"""Lists (问题清单) by hand: make one, correct it. Imports make theirs by themselves; locking comes later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction

from issues.models import IssueList
from issues.rules.titles import short_title
from projects.models import Campaign
from townships.models import Unit, User
from townships.rules.roles import Level
from townships.services import events, revisions

CODE_PREFIX = "QD"
DAYS = range(1, 366)
FIELDS = ("short_name", "source", "source_doc", "as_of_on", "immediate_days", "lock_on")
_LENGTHS = {"short_name": ("简称", 60), "source": ("来源", 100), "source_doc": ("文号", 100)}


class ListError(Exception):
    """The list stays as it was; ``str(error)`` says why in Chinese."""


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What may be said of a list. ``immediate_days``: 立行立改 without a date is due so many days after it
    was found (for what is registered from now on). ``short_name`` "": made of the title."""

    short_name: str = ""
    source: str = ""
    source_doc: str = ""
    as_of_on: date | None = None
    immediate_days: int = 15
    lock_on: date | None = None


@transaction.atomic
def create(campaign: Campaign, title: str, facts: ListFacts, *, by: User) -> IssueList:
    """A list without issues; an import finds it by its title. ListError for no title or one that is taken."""
    title = title.strip()
    if not title or len(title) > 200:
        raise ListError("清单标题不能为空，最长200个字。")
    _check(facts)
    held = Campaign.objects.select_for_update(no_key=True).get(pk=campaign.pk)  # codes are given out in turn
    if IssueList.objects.filter(campaign=held, title=title).exists():
        raise ListError(f"已有标题为“{title}”的清单。")
    try:
        with transaction.atomic():
            made = IssueList.objects.create(
                campaign=held,
                code=next_code(held),
                title=title,
                short_name=facts.short_name.strip() or short_title(title, place_names()),
                source=facts.source.strip(),
                source_doc=facts.source_doc.strip(),
                as_of_on=facts.as_of_on,
                found_on=facts.as_of_on,
                immediate_days=facts.immediate_days,
                lock_on=facts.lock_on,
            )
    except IntegrityError as error:  # an import made one at the same moment
        raise ListError("刚才有台账正在导入，清单没有建立，请再试一次。") from error
    _told(made, "create_list", f"建立问题清单“{made.title}”（{made.code}）", by, {"code": made.code})
    return made


@transaction.atomic
def change(listed: IssueList, facts: ListFacts, *, by: User) -> bool:
    """Correct what is said of the list; its title and code stay. Returns whether anything changed.

    ListError where it is locked and the lock day or the days of 立行立改 would change."""
    held = IssueList.objects.select_for_update().get(pk=listed.pk)
    _check(facts)
    wanted = {name: getattr(facts, name) for name in FIELDS}
    for name in _LENGTHS:
        wanted[name] = wanted[name].strip()
    wanted["short_name"] = wanted["short_name"] or held.short_name
    changed = [name for name in FIELDS if getattr(held, name) != wanted[name]]
    if held.locked_at is not None and {"immediate_days", "lock_on"} & set(changed):
        raise ListError("清单已经锁定，锁定日期和立行立改天数不能再改。")
    if not changed:
        return False
    for name in changed:
        setattr(held, name, wanted[name])
    held.save(update_fields=changed)
    _told(held, "change_list", f"修改问题清单“{held.title}”（{held.code}）", by, {"changed": changed})
    return True


def next_code(campaign: Campaign) -> str:
    """The next QD number of the campaign."""
    codes = IssueList.objects.filter(campaign=campaign, code__startswith=CODE_PREFIX)
    numbers = [int(code[2:]) for code in codes.values_list("code", flat=True) if code[2:].isdigit()]
    return f"{CODE_PREFIX}{max(numbers, default=0) + 1:03d}"


def place_names() -> tuple[str, ...]:
    """The names of the county and what stands above it, which a short name leaves out."""
    places = Unit.objects.filter(level__in=[Level.CITY, Level.COUNTY]).values_list("name", "short_name")
    return tuple(name for pair in places for name in pair)


def _check(facts: ListFacts) -> None:
    for name, (label, most) in _LENGTHS.items():
        if len(getattr(facts, name).strip()) > most:
            raise ListError(f"{label}最长{most}个字。")
    if facts.immediate_days not in DAYS:
        raise ListError(f"立行立改天数应在{DAYS[0]}到{DAYS[-1]}之间。")


def _told(listed: IssueList, action: str, summary: str, by: User, facts: dict[str, str | list[str]]) -> None:
    events.record(
        subject_type="list", subject_id=listed.pk, action=action, summary=summary, by=by, facts=dict(facts)
    )
    revisions.bump([])
