"""What a sheet is: issues, projects, leads, funds or none, told by its columns and what they hold."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from issues.rules.column_fields import settle_funds, settle_issues, settle_projects
from issues.rules.column_values import ColumnValues, Mapping, sample
from issues.rules.report import Kind
from issues.rules.unit_cells import UnitCells
from issues.rules.vocabulary import ISSUES
from issues.rules.vocabulary_works import FUNDS, LEADS, PROJECTS
from rectify.lib.cn_text import fold
from rectify.lib.sheets.columns import Strength, Vocabulary
from rectify.lib.sheets.shape import Table

VOCABULARIES: Final[dict[Kind, Vocabulary]] = {
    Kind.ISSUES: ISSUES,
    Kind.PROJECTS: PROJECTS,
    Kind.LEADS: LEADS,
    Kind.FUNDS: FUNDS,
}
_SETTLE: Final[dict[Kind, Callable[[Mapping], None]]] = {
    Kind.ISSUES: settle_issues,
    Kind.PROJECTS: settle_projects,
    Kind.LEADS: settle_issues,
    Kind.FUNDS: settle_funds,
}
#: How much a field says for a kind; fields not named count 0.5.
_WEIGHTS: Final[dict[Kind, dict[str, float]]] = {
    Kind.ISSUES: {
        "description": 4, "category": 2, "actions": 3, "deadline": 2, "done": 2, "progress": 1,
        "state_text": 1.5, "responsible_units": 2, "goal": 2, "lead_unit": 1, "household": 1.5,
        "source": 1, "amount": 1, "done_quantity": 1, "found_on": 1, "recognised": 2, "done_on": 1,
        "source_doc": 1,
    },
    Kind.PROJECTS: {
        "name": 4, "content": 3, "investment": 3, "started": 3, "planned_start": 3, "planned_finish": 1.5,
        "started_on": 2, "completed_on": 1, "completed": 1, "programme": 1.5, "allotted": 2, "department": 1,
        "progress": 1, "problem": 1,
    },
    Kind.LEADS: {
        "description": 3, "valid": 4, "reported_by": 3, "reported_on": 2, "source": 2, "progress": 1,
        "responsible_units": 1, "category": 1, "deadline": 1,
    },
    Kind.FUNDS: {"due_amount": 4, "funded_amount": 4, "over_amount": 3, "people": 2},
}  # fmt: skip
_TITLE_WORDS: Final = {
    Kind.ISSUES: re.compile(r"问题|整改|隐患|信访|督办|督查|督察|巡察|检查|建议|提案|投诉|案件"),
    Kind.PROJECTS: re.compile(r"项目|工程|建设|改造.*(调度|推进)"),
    Kind.LEADS: re.compile(r"线索"),
    Kind.FUNDS: re.compile(r"资金.*(下达|拨付|核对|到位|分配)"),
}
#: A sheet is of a kind only if it has all of one of these groups of fields.
_CORES: Final[dict[Kind, tuple[frozenset[str], ...]]] = {
    Kind.ISSUES: tuple(
        frozenset(group.split())
        for group in (
            "description", "actions deadline", "actions progress", "actions done",
            "actions state_text", "goal deadline", "deadline progress", "deadline done",
            "household category", "household progress", "household done",
            "category quantity township", "category quantity responsible_units", "category done",
            "household quantity", "progress state_text", "category deadline", "category progress",
            "place done", "place progress",
        )
    ),
    Kind.PROJECTS: tuple(
        frozenset(group.split())
        for group in (
            "name content", "name investment", "name started", "name planned_start", "name planned_finish",
            "name progress", "name department", "content started", "content investment", "programme started",
            "quantity started", "name started_on", "name completed_on", "quantity started_quantity",
            "content planned_finish", "started township", "started department", "started planned_finish",
            "started started_on", "programme allotted", "planned_start planned_finish",
        )
    ),
    Kind.LEADS: (frozenset({"description", "valid"}), frozenset({"description", "reported_by"}),
                 frozenset({"description", "reported_on"})),
    Kind.FUNDS: (frozenset({"township", "due_amount", "funded_amount"}),),
}  # fmt: skip
#: What the cells alone have to tell where no column has a name.
_NAMELESS_CORE: Final = frozenset({"description", "deadline"})
_STATISTICS: Final = re.compile(r"统计|汇总|概况|情况表|一览|排名|通报")
_COUNT_NAME: Final = re.compile(
    r"(数|率|条|件|比例|占比|次|总计|合计|小计|名次|排名|位次|已\S{1,6}|未\S{1,6}|\S性\S{2})$"
)
_TEXT_FIELDS: Final = frozenset(
    (
        "description",
        "actions",
        "goal",
        "content",
        "name",
        "household",
        "deadline",
        "progress",
        "reported_on",
        "valid",
    )
)


@dataclass(frozen=True, slots=True)
class Understood:
    """A table's kind and the field each column is read as; `why` it is skipped, in one sentence."""

    kind: Kind
    fields: list[str | None]
    why: str = ""


@lru_cache(maxsize=16384)
def is_name(text: str) -> bool:
    """Whether a folded text is a name that some ledger uses for a column."""
    return len(text) <= 40 and any(vocabulary.knows(text) for vocabulary in VOCABULARIES.values())


def understand(
    table: Table, sheet_name: str, units: UnitCells, last_day: date, kind: Kind | None = None
) -> Understood:
    """The kind and fields of a table that stands for `last_day`; `kind` is what a person said it is."""
    values = [sample(table, column, units) for column in table.columns]
    title = fold(table.title or sheet_name)
    if kind is None:
        if _is_statistics(table, values, title):
            why = "统计表：每行是一个单位或一类的数目，不是一条条的问题、项目或线索"
            return Understood(Kind.SKIPPED, [None] * len(table.columns), why)
        kind = _best_kind(table, title)
        if kind is None:
            mapping = _mapped(Kind.ISSUES, table, values, last_day)
            if not table.header_rows and set(mapping.fields) >= _NAMELESS_CORE:
                return Understood(Kind.ISSUES, mapping.fields)
            return Understood(
                Kind.SKIPPED, mapping.fields, "表中没有问题、项目、线索或资金的内容，可能是名单或其他表"
            )
    if kind is Kind.SKIPPED:
        return Understood(kind, [None] * len(table.columns), "由人指定不读这张表")
    return Understood(kind, _mapped(kind, table, values, last_day).fields)


def _mapped(kind: Kind, table: Table, values: Sequence[ColumnValues], last_day: date) -> Mapping:
    mapping = Mapping(VOCABULARIES[kind], table.columns, values, last_day)
    mapping.by_names()
    _SETTLE[kind](mapping)
    return mapping


def _best_kind(table: Table, title: str) -> Kind | None:
    scores = {kind: _score(kind, table, title) for kind in VOCABULARIES}
    if _tells_issues(table):
        scores[Kind.FUNDS] = 0
    best = max(scores, key=lambda kind: scores[kind])
    return best if scores[best] > 0 else None


def _tells_issues(table: Table) -> bool:
    """Whether a column says what is wrong or is to be done about it, so that money only measures it."""
    told = {candidate.field for column in table.columns for candidate in ISSUES.candidates(column.path)[:1]}
    return not told.isdisjoint(("description", "actions", "deadline", "goal"))


def _score(kind: Kind, table: Table, title: str) -> float:
    """How well the columns' names fit a kind; 0 where they do not make it up."""
    vocabulary = VOCABULARIES[kind]
    strengths: dict[str, Strength] = {}
    for column in table.columns:
        for candidate in vocabulary.candidates(column.path)[:1]:
            strengths[candidate.field] = max(
                strengths.get(candidate.field, Strength.WEAK), candidate.strength
            )
    if not any(core <= strengths.keys() for core in _CORES[kind]):
        return 0
    weights = _WEIGHTS[kind]
    told = sum(
        weights.get(name, 0.5) * (0.5 if strength is Strength.WEAK else 1)
        for name, strength in strengths.items()
    )
    named = sum("线索" in fold(column.path[-1]) for column in table.columns if column.path)
    return (
        told + (2 if _TITLE_WORDS[kind].search(title) else 0) + (min(named, 3) if kind is Kind.LEADS else 0)
    )


def _is_statistics(table: Table, values: Sequence[ColumnValues], title: str) -> bool:
    """Whether the columns hold counts per unit or kind and no text that says what an item is."""
    if _score(Kind.FUNDS, table, title) > 0 and _score(Kind.ISSUES, table, title) == 0:
        return False
    counts_things = bool(_STATISTICS.search(title))
    counts = texts = 0
    for column, held in zip(table.columns, values, strict=True):
        name = fold(column.path[-1]) if column.path else ""
        fields = {candidate.field for candidate in ISSUES.candidates(column.path)[:1]}
        fields |= {candidate.field for candidate in PROJECTS.candidates(column.path)[:1]}
        if fields & {"number", "note"}:
            continue
        if held.numbers >= 0.8 or (not held.texts and _COUNT_NAME.search(name)):
            counts += 1
        elif (fields & _TEXT_FIELDS and held.texts) or ("category" in fields and not counts_things):
            return False
        else:
            texts += 1
    return counts >= 2 and counts >= texts
