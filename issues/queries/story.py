"""One issue as its page tells it: facts, responsibility, figures, history, origin; masked for the viewer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from issues.models import Issue, IssueUnit
from issues.queries.history import Moment, moments_of
from issues.queries.listing import shown_household
from issues.queries.origins import Origin, origin_of
from issues.queries.reckoned import reckoned
from issues.rules.history import cn_day
from issues.rules.lights import issue_light
from issues.rules.sight import HouseholdSight
from issues.rules.stages import OPEN_STATES, State, UnitRole, state_word
from issues.rules.templates import LABELLED
from rectify.lib.lights import Light
from rectify.lib.masking import mask_text
from townships.queries.branches import unit_tree


@dataclass(frozen=True, slots=True)
class Part:
    """A unit's part in the issue; ``is_named_only``: kept as text, no unit of ours (县外单位). Where the
    ledger names no 牵头单位, the category's 主管部门 is it, marked 系统推定."""

    role: str
    names: list[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class Story:
    """What the page of one issue shows; quantities in ``issue.counted_in``, amounts in 万元."""

    issue: Issue
    labels: dict[str, str]
    """Field → the word for it: the list's template may call it otherwise."""
    state: str
    is_ended: bool
    place: str
    household: str
    texts: dict[str, str]
    light: Light
    deadline_class: str
    paused_until: date | None
    """The day on which the clock goes on, where it stands still."""
    past_deadlines: list[str]
    reckoned: list[tuple[str, str]]
    """期限怎么算的, line by line."""
    parts: list[Part]
    leader: str
    person: str
    accounts: list[str]
    actions: list[Any]
    figures: list[tuple[str, Decimal]]
    amounts: list[tuple[str, Decimal]]
    extra: list[tuple[str, str]]
    moments: list[Moment]
    origin: Origin | None


TEXTS = (
    "description",
    "goal",
    "progress",
    "state_text",
    "recognised",
    "note",
    "section",
    "source",
    "source_doc",
)


def load_issue(issue: Issue) -> Issue:
    """The same issue with what its page needs joined. One query."""
    joined = (
        "campaign", "list__template", "category__department", "township", "village", "unit", "lead_unit",
        "leader_user__unit", "person_user__unit", "sheet__source",
    )  # fmt: skip
    return Issue.objects.select_related(*joined).get(pk=issue.pk)


def story_of(issue: Issue, *, sight: HouseholdSight, on: date, sees_readers: bool = False) -> Story:
    """Everything the page shows of ``issue``, already in the viewer's scope; a constant number of queries.

    ``sees_readers``: the history also tells who took it out or read persons in clear."""
    issue = load_issue(issue)
    state = State(issue.state)
    row = {
        "township_id": issue.township_id,
        "village_id": issue.village_id,
        "lead_unit_id": issue.lead_unit_id,
        "household": issue.household,
    }
    department = issue.category.department_id if issue.category else None
    sees = sight.sees({**row, "department_id": department})
    return Story(
        issue=issue,
        labels={**LABELLED, **(issue.list.template.labels if issue.list.template else {})},
        state=state_word(
            state,
            issue.list.template.state_words if issue.list.template else None,
            is_taken_over=issue.is_taken_over,
        ),
        is_ended=state not in OPEN_STATES,
        place=_place(issue, on),
        household=shown_household(row, department, sight),
        texts={name: mask_text(getattr(issue, name)) for name in TEXTS},
        light=issue_light(
            left=issue.left,
            deadline_class=issue.deadline_class,
            due_on=issue.due_on,
            is_confirmed=issue.deadline_confirmed,
            on=on,
        ),
        deadline_class=issue.get_deadline_class_display(),
        paused_until=issue.pauses.running(on).values_list("until_on", flat=True).first(),
        past_deadlines=_past_deadlines(issue),
        reckoned=reckoned(issue),
        parts=_parts(issue, on),
        leader=mask_text(issue.leader),
        person=mask_text(issue.person),
        accounts=_accounts(issue),
        actions=[
            {
                "text": mask_text(one.text),
                "person": mask_text(one.person),
                "due_on": one.due_on,
                "done_on": one.done_on,
            }
            for one in issue.actions.all()
        ],
        figures=_figures(issue),
        amounts=_amounts(issue),
        extra=[
            (mask_text(str(name)), mask_text(str(text)))
            for name, text in issue.extra.items()
            if str(text).strip()
        ],
        moments=moments_of(issue, sees_household=sees, sees_readers=sees_readers),
        origin=_origin(issue, sees),
    )


def _place(issue: Issue, on: date) -> str:
    tree = unit_tree()
    names = [tree.label(issue.township_id, on), tree.label(issue.village_id, on), mask_text(issue.place)]
    return " ".join(dict.fromkeys(name for name in names if name))


def _past_deadlines(issue: Issue) -> list[str]:
    return [
        f"{mask_text(past.raw) or past.get_deadline_class_display()}"
        f"{f'（{past.due_on.isoformat()}）' if past.due_on else ''}，用至{cn_day(past.until_on)}前"
        for past in issue.past_deadlines.all()
    ]


def _parts(issue: Issue, on: date) -> list[Part]:
    tree = unit_tree()
    named: dict[str, list[tuple[str, bool]]] = {}
    for part in IssueUnit.objects.filter(issue=issue).order_by("position"):
        name = tree.label(part.unit_id, on) or mask_text(part.name)
        named.setdefault(part.role, []).append((name, part.unit_id is None))
    department = issue.category.department if issue.category else None
    if UnitRole.LEAD not in named and department is not None:
        named[UnitRole.LEAD] = [(f"{department.name}（系统推定）", False)]
    return [Part(role.label, named[role]) for role in UnitRole if role in named]


def _accounts(issue: Issue) -> list[str]:
    """Accounts the written names were matched to, with their unit."""
    users = (user for user in (issue.leader_user, issue.person_user) if user is not None)
    return [f"{user.name}（{user.unit.name if user.unit else '未设单位'}）" for user in dict.fromkeys(users)]


def _figures(issue: Issue) -> list[tuple[str, Decimal]]:
    return [
        ("列入", issue.found),
        *([("调出", issue.removed)] if issue.removed else []),
        ("自报完成", issue.claimed),
        ("核实认定", issue.confirmed),
        ("未整改", issue.left),
    ]


def _amounts(issue: Issue) -> list[tuple[str, Decimal]]:
    if not issue.amount_found and issue.recognised_amount is None:
        return []
    left = issue.amount_found - issue.amount_removed - issue.amount_claimed
    pairs = [("涉及金额", issue.amount_found), ("自报完成金额", issue.amount_claimed), ("未整改金额", left)]
    if issue.recognised_amount is not None:
        pairs.append(("认定整改金额", issue.recognised_amount))
    return pairs


def _origin(issue: Issue, sees_household: bool) -> Origin | None:
    if issue.sheet is None:
        return None
    return origin_of(issue.sheet, issue.row, issue.cells, sees_household=sees_household)
