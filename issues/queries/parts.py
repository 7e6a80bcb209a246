"""Parts of a list: who answered, who said 零问题, who said nothing; what a unit's own part holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from issues.models import Issue, IssueList, Part
from issues.queries.listing import shown_household
from issues.rules.records import PartState
from issues.rules.self_check_items import Item, ItemSum, items_of, sums, unanswered
from issues.rules.sight import HouseholdSight
from issues.rules.stages import State
from rectify.lib.masking import mask_text
from townships.models import Unit, User
from townships.rules.scope import Reach


@dataclass(frozen=True, slots=True)
class PartCounts:
    """Units by what they said; silence is not zero (W-002)."""

    reported: int
    zero: int
    silent: int

    @property
    def total(self) -> int:
        return self.reported + self.zero + self.silent


@dataclass(frozen=True, slots=True)
class PartLine:
    """A unit's part, how many issues it registered itself, and its self-check item by item."""

    part: Part
    items: int
    checked: list[Item]

    @property
    def state(self) -> PartState:
        return PartState(self.part.state)

    @property
    def answered(self) -> int:
        return len(self.checked) - len(unanswered(self.checked))

    @property
    def is_checked(self) -> bool:
        """Every item of the self-check is answered (W-045)."""
        return self.answered == len(self.checked)


def self_check_of(part: Part) -> list[Item]:
    """The items that the list's template has a unit go through, with the unit's answers."""
    return items_of(_asked(part.list), part.answers)


def self_check_sums(listed: IssueList) -> list[ItemSum]:
    """Item by item how many of the units asked found something; nothing where the template has no items. One
    query."""
    asked = _asked(listed)
    if not asked:
        return []
    return sums(asked, list(Part.objects.filter(list=listed).order_by().values_list("answers", flat=True)))


def _asked(listed: IssueList) -> list[dict[str, str]]:
    return listed.template.self_check if listed.template else []


def counts(listed: IssueList) -> PartCounts:
    """How many units are asked, by what they said. One query."""
    found = dict(Part.objects.filter(list=listed).order_by().values_list("state").annotate(Count("pk")))
    return PartCounts(
        found.get(PartState.REPORTED, 0), found.get(PartState.ZERO, 0), found.get(PartState.DRAFT, 0)
    )


def parts_of(listed: IssueList, *, state: PartState | None = None, item: str = "") -> list[PartLine]:
    """The parts in the order of units' codes; those in ``state`` alone, those that found something under the
    ``item`` of the self-check alone, where given. Two queries."""
    parts = Part.objects.filter(list=listed).select_related("unit", "signed_by").order_by("unit__code")
    if state is not None:
        parts = parts.filter(state=state.value)
    items = dict(
        Issue.objects.present()
        .filter(list=listed, reported_by__isnull=False)
        .order_by()
        .values_list("reported_by")
        .annotate(Count("pk"))
    )
    asked = _asked(listed)
    return [
        PartLine(part, items.get(part.unit_id, 0), items_of(asked, part.answers))
        for part in parts
        if not item or part.answers.get(item)
    ]


def is_overdue(listed: IssueList, today: date) -> bool:
    """Whether the day by which every unit answers has passed: from then on the silent are 未锁定 (W-001)."""
    return listed.locked_at is not None or (listed.lock_on is not None and today > listed.lock_on)


def parts_for(user: User) -> QuerySet[Part]:
    """The parts of the units that the person acts for."""
    if user.scope.reach not in (Reach.UNIT, Reach.FIELD):
        return Part.objects.none()
    units = Unit.objects.in_scope(user.scope)
    return Part.objects.filter(unit__in=units).select_related(
        "unit", "list__campaign__unit", "list__template", "signed_by"
    )


def part_seen(user: User, pk: int, *, own: bool = False) -> Part | None:
    """The part, where it is of a unit the person acts for (with ``own`` only then) or of a campaign seen
    whole."""
    found = parts_for(user).filter(pk=pk).first()
    if found is not None or own:
        return found
    part = (
        Part.objects.select_related("unit", "list__campaign__unit", "list__template", "signed_by")
        .filter(pk=pk)
        .first()
    )
    return part if part is not None and user.scope.covers(part.list.campaign.unit.path) else None


@dataclass(frozen=True, slots=True)
class OwnLine:
    """An issue that the unit registered itself, masked for the viewer; ``may_go``: nobody acted on it yet."""

    issue: Issue
    description: str
    household: str
    may_go: bool


def own_lines(part: Part, sight: HouseholdSight) -> list[OwnLine]:
    """What the unit registered itself, in the order it did. One query."""
    issues = Issue.objects.present().filter(list=part.list, reported_by=part.unit)
    found = []
    for issue in issues.select_related("category", "village").order_by("pk"):
        row = {
            "township_id": issue.township_id,
            "village_id": issue.village_id,
            "lead_unit_id": issue.lead_unit_id,
            "household": issue.household,
        }
        department = issue.category.department_id if issue.category else None
        found.append(
            OwnLine(
                issue,
                mask_text(issue.description),
                shown_household(row, department, sight),
                issue.state == State.REGISTERED and not issue.claimed,
            )
        )
    return found
