"""The five lists (W-071) and 清零台账 (W-080): the same issues, each list with its own columns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from issues.rules.records import Labelled

Value = str | date | Decimal | None


class View(Labelled):
    """Which of the lists; the value is the ``view`` of the address. The first is the ledger itself."""

    PROBLEMS = "problems", "问题清单"
    TASKS = "tasks", "任务清单"
    DUTIES = "duties", "责任清单"
    DATES = "dates", "时限清单"
    REQUIREMENTS = "requirements", "要求清单"
    CLEARING = "clearing", "清零台账"


VIEWS = {view.value: view.label for view in View}


@dataclass(frozen=True, slots=True)
class Task:
    """One measure of the plan."""

    text: str
    person: str = ""
    due_on: date | None = None
    done_on: date | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What the lists say of one issue, masked; quantities in ``counted_in``. ``nodes``: when how much is to
    be done, as text; ``former``: deadlines that were moved."""

    number: str
    problem: str
    place: str
    category: str
    quantity: Decimal
    counted_in: str
    state: str
    goal: str = ""
    tasks: tuple[Task, ...] = ()
    lead: str = ""
    responsible: str = ""
    support: str = ""
    department: str = ""
    leader: str = ""
    person: str = ""
    deadline_class: str = ""
    deadline: str = ""
    due_on: date | None = None
    light: str = ""
    nodes: tuple[str, ...] = ()
    next_review_on: date | None = None
    former: tuple[str, ...] = ()
    requirement: str = ""
    effect: str = ""
    fund_source: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of one of the lists; ``width`` in characters of the sheet."""

    label: str
    value: Callable[[Facts], Value]
    width: float = 14
    is_number: bool = False
    is_date: bool = False


def _tasks(facts: Facts) -> str:
    lines = [_task(task) for task in facts.tasks]
    return lines[0] if len(lines) == 1 else "\n".join(f"{at}. {line}" for at, line in enumerate(lines, 1))


def _task(task: Task) -> str:
    said = [task.person] if task.person else []
    if task.due_on:
        said.append(f"{task.due_on.isoformat()}前")
    if task.done_on:
        said.append(f"{task.done_on.isoformat()}完成")
    return f"{task.text}（{'，'.join(said)}）" if said else task.text


def _done(facts: Facts) -> str:
    done = sum(task.done_on is not None for task in facts.tasks)
    return f"{done}/{len(facts.tasks)}项" if facts.tasks else ""


def lacking(facts: Facts) -> tuple[str, ...]:
    """Which of the four of 清零台账 are not there: a row without one is 不完整 (W-080)."""
    parts = {
        "清零任务": facts.tasks or facts.goal,
        "资金来源": facts.fund_source,
        "完成时限": facts.due_on,
        "责任部门": facts.lead or facts.responsible,
    }
    return tuple(label for label, value in parts.items() if not value)


def _complete(facts: Facts) -> str:
    missing = lacking(facts)
    return f"不完整：缺{'、'.join(missing)}" if missing else "完整"


_PROBLEM = Column("问题", lambda facts: facts.problem, 36)
_PLACE = Column("乡镇、村", lambda facts: facts.place, 16)
_UNIT = Column("责任单位", lambda facts: facts.responsible or facts.lead, 16)
_DUE = Column("到期日", lambda facts: facts.due_on, 12, is_date=True)
COLUMNS: dict[View, tuple[Column, ...]] = {
    View.TASKS: (
        _PLACE,
        _PROBLEM,
        Column("整改目标", lambda facts: facts.goal, 24),
        Column("整改措施", _tasks, 44),
        Column("措施完成", _done, 10),
        _UNIT,
    ),
    View.DUTIES: (
        _PLACE,
        _PROBLEM,
        Column("牵头单位", lambda facts: facts.lead, 16),
        Column("责任单位", lambda facts: facts.responsible, 18),
        Column("配合单位", lambda facts: facts.support, 18),
        Column("主管部门", lambda facts: facts.department, 14),
        Column("责任领导", lambda facts: facts.leader, 12),
        Column("责任人", lambda facts: facts.person, 12),
    ),
    View.DATES: (
        _PLACE,
        _PROBLEM,
        Column("时限类别", lambda facts: facts.deadline_class, 12),
        Column("台账时限", lambda facts: facts.deadline, 16),
        _DUE,
        Column("时限状态", lambda facts: facts.light, 12),
        Column("时间节点", lambda facts: "\n".join(facts.nodes), 28),
        Column("原时限", lambda facts: "\n".join(facts.former), 16),
        Column("下次复核", lambda facts: facts.next_review_on, 12, is_date=True),
    ),
    View.REQUIREMENTS: (
        _PLACE,
        _PROBLEM,
        Column("类别", lambda facts: facts.category, 18),
        Column("整改要求", lambda facts: facts.requirement, 44),
        Column("整改效果", lambda facts: facts.effect or facts.goal, 30),
        _UNIT,
    ),
    View.CLEARING: (
        _PROBLEM,
        Column("清零任务", lambda facts: _tasks(facts) or facts.goal, 40),
        Column("数量", lambda facts: facts.quantity, 10, is_number=True),
        Column("计量单位", lambda facts: facts.counted_in, 10),
        Column("资金来源", lambda facts: facts.fund_source, 20),
        Column("完成时限", lambda facts: facts.due_on, 12, is_date=True),
        Column("责任部门", lambda facts: facts.lead or facts.responsible, 16),
        Column("完整性", _complete, 20),
    ),
}
"""The columns after the number; the first list is the ledger in its own layout and has none here."""
