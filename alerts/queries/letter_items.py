"""The issues of a letter: whom it would go to, what it tells of them, which notices hold them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from alerts.models import LetterItem
from alerts.rules.letter_facts import ItemFacts
from issues.access import sight_of
from issues.models import Issue
from issues.queries.choices import choices
from issues.queries.documents import problems_of
from issues.queries.situations import answering_units
from issues.rules.documents import deadline
from rectify.lib.masking import mask_text
from townships.models import Unit
from townships.queries.branches import UnitTree, unit_tree
from townships.rules.roles import Level

REQUIREMENT = 300
USUAL = "按期整改到位，并报送佐证材料。"
MARKED = (
    "pk",
    "township_id",
    "village_id",
    "lead_unit_id",
    "household",
    "category__department_id",
    "list__short_name",
)


def item_facts(ids: Sequence[int], addressee: Unit, on: date) -> list[ItemFacts]:
    """The issues ``ids``, in that order, as a letter to ``addressee`` tells them; constant queries."""
    sight = sight_of(addressee)
    rows = {row["pk"]: row for row in Issue.objects.filter(pk__in=ids).values(*MARKED)}
    found = []
    for pk, problem in zip(ids, problems_of(ids, choices(), on), strict=True):
        row, facts = rows[pk], problem.facts
        found.append(
            ItemFacts(
                number=facts.number,
                problem=facts.problem,
                category=facts.category.rpartition(" / ")[2],
                place=facts.place,
                household=row["household"],
                is_clear=sight.sees({**row, "department_id": row["category__department_id"]}),
                quantity=problem.due,
                done=problem.claimed,
                counted_in=facts.counted_in,
                due_on=facts.due_on,
                deadline=deadline(problem) or "未定",
                requirement=(facts.requirement or facts.goal or USUAL)[:REQUIREMENT],
                source=mask_text(row["list__short_name"]),
            )
        )
    return found


def addressees(issues: Iterable[Issue], on: date, *, is_one: bool) -> dict[int, list[int]]:
    """Issue id → ids of the units that a letter about it goes to: all that answer for it; with ``is_one`` the
    one it is counted under, since it stands in one notice. Villages are written to through their township."""
    rows = {issue.pk: issue for issue in issues}
    tree = unit_tree()
    found: dict[int, list[int]] = {}
    for pk, sides in answering_units(rows.values()).items():
        units = list(dict.fromkeys(_seated(unit.pk, tree, on) for unit in sides.answering))
        counted = rows[pk].unit_id
        first = _seated(counted, tree, on) if counted is not None else None
        found[pk] = ([first] if first in units else units[:1]) if is_one else units
    return found


def _seated(unit: int, tree: UnitTree, on: date) -> int:
    """The unit as it stands today; of a village its township."""
    node = tree.nodes[tree.final(unit, on)]
    if node.level != Level.VILLAGE:
        return node.pk
    above = (one for one in tree.nodes.values() if one.path == node.path.rstrip("/").rpartition("/")[0] + "/")
    return next((tree.final(one.pk, on) for one in above), node.pk)


def bound_in(ids: Iterable[int]) -> dict[int, LetterItem]:
    """Issue id → its place in the notice that holds it, with the letter; one query."""
    held = LetterItem.objects.filter(issue__in=list(ids), binds=True).select_related("letter")
    return {item.issue_id: item for item in held}
