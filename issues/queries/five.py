"""What the five lists say of some issues: constant queries, whatever their number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from issues.models import Action, Issue, IssueUnit, Milestone, PastDeadline, Plan
from issues.models.issues import DEADLINE_CLASSES
from issues.queries.choices import Choices
from issues.queries.listing import put_deadlines_in_force
from issues.rules.five import Facts, Task
from issues.rules.history import plain
from issues.rules.lights import issue_light
from issues.rules.stages import UnitRole, state_word
from rectify.lib.masking import mask_text

COLUMNS = (
    "pk", "number", "list_id", "category_id", "category__standard", "description", "township_id",
    "village_id", "place", "counted_in", "found", "removed", "claimed", "state", "goal", "leader", "person",
    "deadline_raw",
    "deadline_class", "due_on", "deadline_confirmed", "next_review_on", "fund_source",
)  # fmt: skip
CLASS_LABELS = dict(DEADLINE_CLASSES)


def facts_of(ids: Sequence[int], known: Choices, on: date) -> list[Facts]:
    """The facts of the issues ``ids``, in that order; deadlines as they were in force ``on``. Six queries."""
    rows = {row["pk"]: row for row in Issue.objects.filter(pk__in=ids).values(*COLUMNS)}
    put_deadlines_in_force(list(rows.values()), on)
    more = _More(list(rows), known, on)
    return [_facts(rows[pk], more, known, on) for pk in ids if pk in rows]


class _More:
    """What hangs on the issues, by id."""

    def __init__(self, ids: list[int], known: Choices, on: date) -> None:
        self.units: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        named = IssueUnit.objects.filter(issue__in=ids).order_by("issue_id", "position")
        for pk, unit, name, role in named.values_list("issue_id", "unit_id", "name", "role"):
            self.units[pk][role].append(known.units.label(unit, on) or mask_text(name))
        self.tasks: dict[int, list[Task]] = defaultdict(list)
        actions = Action.objects.filter(issue__in=ids).order_by("issue_id", "position")
        for pk, text, person, due_on, done_on in actions.values_list(
            "issue_id", "text", "person", "due_on", "done_on"
        ):
            self.tasks[pk].append(Task(mask_text(text), mask_text(person), due_on, done_on))
        self.nodes: dict[int, list[Any]] = defaultdict(list)
        nodes = Milestone.objects.filter(issue__in=ids).order_by("issue_id", "position")
        for pk, *node in nodes.values_list("issue_id", "on", "quantity", "text"):
            self.nodes[pk].append(node)
        self.former: dict[int, list[str]] = defaultdict(list)
        past = PastDeadline.objects.filter(issue__in=ids, until_on__lte=on).order_by("issue_id", "from_on")
        for pk, raw, due_on in past.values_list("issue_id", "raw", "due_on"):
            self.former[pk].append(due_on.isoformat() if due_on else mask_text(raw))
        plans = Plan.objects.filter(issue__in=ids, state="approved")
        self.plans = {
            pk: (requirement, effect)
            for pk, requirement, effect in plans.values_list("issue_id", "requirement", "effect")
        }


def _facts(row: dict[str, Any], more: _More, known: Choices, on: date) -> Facts:
    pk = row["pk"]
    category = known.categories.get(row["category_id"])
    units = more.units[pk]
    requirement, effect = more.plans.get(pk, ("", ""))
    left = row["found"] - row["removed"] - row["claimed"]
    places = (known.units.label(row["township_id"], on), known.units.label(row["village_id"], on))
    return Facts(
        number=row["number"],
        problem=mask_text(row["description"]),
        place=" ".join(place for place in places if place) or mask_text(row["place"]),
        category=category.full_name if category else "",
        quantity=row["found"],
        counted_in=row["counted_in"],
        state=state_word(row["state"], known.lists[row["list_id"]].state_words),
        goal=mask_text(row["goal"]),
        tasks=tuple(more.tasks[pk]),
        lead="、".join(units[UnitRole.LEAD]),
        responsible="、".join(units[UnitRole.RESPONSIBLE]),
        support="、".join(units[UnitRole.SUPPORT]),
        department=known.units.label(category.department, on) if category else "",
        leader=mask_text(row["leader"]),
        person=mask_text(row["person"]),
        deadline_class=CLASS_LABELS[row["deadline_class"]],
        deadline=mask_text(row["deadline_raw"]),
        due_on=row["due_on"],
        light=issue_light(
            left=left,
            deadline_class=row["deadline_class"],
            due_on=row["due_on"],
            is_confirmed=row["deadline_confirmed"],
            on=on,
        ).word,
        nodes=tuple(_node(node, row["counted_in"]) for node in more.nodes[pk]),
        next_review_on=row["next_review_on"],
        former=tuple(more.former[pk]),
        requirement=mask_text(requirement or row["category__standard"] or ""),
        effect=mask_text(effect),
        fund_source=mask_text(row["fund_source"]),
    )


def _node(node: Sequence[Any], counted_in: str) -> str:
    """2018-07-31 完成60户 主体完工."""
    on, quantity, text = node
    done = f"完成{plain(quantity)}{counted_in}" if quantity is not None else ""
    return " ".join(part for part in (on.isoformat(), done, mask_text(text)) if part)
