"""One list as its page shows it: how many issues in which state, what came after the lock, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, F, Q, QuerySet

from issues.models import Issue, IssueList, Proposal, Supplement
from issues.models.issues import IssueQuerySet
from issues.queries.issues import UNFILED
from issues.queries.omissions import Omissions, of_list
from issues.queries.parts import parts_for
from issues.queries.selfchecks import self_found
from issues.queries.takeovers import finished, pending
from issues.rules.filters import TAKEN_OVER
from issues.rules.stages import OPEN_STATES, State, state_word
from projects.queries.campaigns import campaigns_of
from townships.models import Unit, User
from townships.queries.units import directory
from townships.rules.roles import Level
from townships.rules.scope import Reach


@dataclass(frozen=True, slots=True)
class Figure:
    """A count of issues and what its link narrows the list of issues by."""

    label: str
    value: int
    query: str


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands in a list, as far as the viewer sees; ``self_found``: of its ``items``, by the units
    themselves (W-004); ``finished``: what a takeover would close; ``omissions``: for who sees all."""

    figures: list[Figure]
    items: int
    self_found: int
    omissions: Omissions | None
    supplements: list[Supplement]
    takeover: Proposal | None
    finished: int

    @property
    def self_found_share(self) -> Decimal:
        """Of all items, between 0 and 1."""
        return Decimal(self.self_found) / self.items if self.items else Decimal(0)


def seen_list(user: User, pk: int) -> IssueList | None:
    """The list, where the viewer sees it whole, sees one of its issues, or owes it a part."""
    found = (
        IssueList.objects.select_related("campaign__unit", "template", "locked_by")
        .filter(campaign__in=campaigns_of(user), pk=pk)
        .first()
    )
    if found is None or user.scope.reach is Reach.TREE:
        return found
    if (
        Issue.objects.visible_to(user).filter(list=found).exists()
        or parts_for(user).filter(list=found).exists()
    ):
        return found
    return None


def standing_of(listed: IssueList, user: User) -> Standing:
    """Everything the page counts; a constant number of queries."""
    seen = Issue.objects.visible_to(user).filter(list=listed)
    figures = _figures(listed, seen)
    return Standing(
        figures=figures,
        items=figures[0].value,
        self_found=self_found(seen).count(),
        omissions=of_list(listed, user) if user.scope.reach is Reach.TREE else None,
        supplements=list(_supplements(listed, user)),
        takeover=pending(listed) if user.scope.reach is Reach.TREE else None,
        finished=finished(listed).count() if user.scope.reach is Reach.TREE else 0,
    )


def _figures(listed: IssueList, seen: IssueQuerySet) -> list[Figure]:
    words = listed.template.state_words if listed.template else None
    done = Q(claimed__gt=0, claimed=F("found") - F("removed"))
    rows = seen.order_by().values_list("state")
    counts = {
        state: (items, history, added, unfiled)
        for state, items, history, added, unfiled in rows.annotate(
            items=Count("pk"),
            history=Count("pk", filter=Q(is_taken_over=True)),
            added=Count("pk", filter=Q(supplement__isnull=False)),
            unfiled=Count("pk", filter=UNFILED & done),
        )
    }
    figures = [Figure("全部问题", sum(row[0] for row in counts.values()), "")]
    figures += [
        Figure(state_word(state.value, words), counts[state.value][0], f"state={state.value}")
        for state in State
        if state.value in counts
    ]
    closed = state_word(State.CLOSED.value, words, is_taken_over=True)
    extra = (
        (f"其中{closed}", sum(row[1] for row in counts.values()), f"state={TAKEN_OVER}"),
        ("锁定后增补", sum(row[2] for row in counts.values()), "measure=supplement"),
        ("待归档", sum(row[3] for row in counts.values()), "measure=unfiled"),
    )
    return figures + [Figure(*one) for one in extra if one[1]]


def _supplements(listed: IssueList, user: User) -> QuerySet[Supplement]:
    seen = Issue.objects.visible_to(user).filter(list=listed, supplement__isnull=False)
    found = Supplement.objects.filter(list=listed).select_related("made_by").order_by("-id")
    if user.scope.reach is not Reach.TREE:
        found = found.filter(issues__in=seen).distinct()
    return found.annotate(items=Count("issues", filter=~Q(issues__state=State.WITHDRAWN.value)))


def open_counts(listed: IssueList) -> dict[State, int]:
    """What a lock would hand out: open issues by state. One query."""
    states = [state.value for state in OPEN_STATES]
    rows = Issue.objects.filter(list=listed, state__in=states).order_by().values_list("state")
    return {State(state): items for state, items in rows.annotate(Count("pk"))}


def askable(user: User, sets: dict[str, list[int]]) -> dict[str, list[Unit]]:
    """The groups of units that can be asked for a list in one go: by kind, and the county's named sets."""
    units = list(directory(user).filter(closed_on=None).order_by("code"))
    found = {
        "townships": [unit for unit in units if unit.level == Level.TOWNSHIP],
        "departments": [unit for unit in units if unit.level == Level.DEPARTMENT],
    }
    for name, members in sets.items():
        found[name] = [unit for unit in units if unit.pk in members]
    return found
