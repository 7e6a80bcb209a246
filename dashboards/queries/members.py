"""The names behind keys: ids of units, categories, programmes and lists as members with code and path."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from typing import Any

from dashboards.rules.tallies import Cell, Member
from issues.models import Category, IssueList
from issues.rules.filters import DEADLINE_CLASSES
from projects.models import Campaign, Programme
from rectify.lib.masking import mask_text
from rectify.lib.measures import Row
from rectify.lib.prepared import Prepared
from townships.queries.branches import unit_tree
from townships.rules.roles import Level

UNITS = ("township", "village", "unit", "lead_unit", "department")
Members = dict[Hashable, Member | None]
_LISTS = Prepared(
    lambda campaign: IssueList.objects.filter(campaign=campaign).values_list(
        "pk", "code", "title", "short_name"
    )
)


def _nodes_of(model: type[Category] | type[Programme]) -> Prepared[tuple[int, str, str, int | None, str]]:
    columns = ("pk", "code", "full_name", "parent_id", "path")
    return Prepared(lambda campaign: model._default_manager.filter(campaign=campaign).values_list(*columns))


_NODES = {"category": _nodes_of(Category), "programme": _nodes_of(Programme)}


def cells_of(campaign: Campaign, dimensions: Sequence[str], rows: Sequence[Row], as_of: date) -> list[Cell]:
    """Rows of sums as cells: closed units stand under their successors as of the day. The number of queries
    hangs on the dimensions, never on the rows."""
    known = _members(campaign, dimensions, rows, as_of)
    lookups = [known[name] for name in dimensions]
    return [
        Cell(
            {name: lookup[key] for name, lookup, key in zip(dimensions, lookups, row.key, strict=True)},
            row.counted_in,
            row.vector,
        )
        for row in rows
    ]


def _members(
    campaign: Campaign, dimensions: Sequence[str], rows: Sequence[Row], as_of: date
) -> dict[str, Members]:
    keys = {name: {row.key[position] for row in rows} for position, name in enumerate(dimensions)}
    found: dict[str, Members] = {}
    units = [name for name in dimensions if name in UNITS]
    if units:
        named = _units({key for name in units for key in keys[name] if key is not None}, as_of)
        found |= dict.fromkeys(units, named)
    for name in dimensions:
        if name in _NODES:
            found[name] = _tree(name, campaign)
        elif name == "list":
            found[name] = _lists(campaign)
        elif name not in UNITS:
            found[name] = _texts(name, keys[name])
    return found


def _units(ids: Iterable[Any], as_of: date) -> Members:
    tree = unit_tree()
    members: dict[int, Member] = {}
    found: Members = {None: None}
    for pk in ids:
        node = tree.nodes[tree.final(pk, as_of)]
        if node.pk not in members:
            members[node.pk] = Member(node.code, node.name, node.level != Level.VILLAGE)
        found[pk] = members[node.pk]
    return found


def _tree(kind: str, campaign: Campaign) -> Members:
    nodes = _NODES[kind].ask(campaign.pk)
    parents = {parent for _, _, _, parent, _ in nodes}
    return {None: None} | {
        pk: Member(code, name, pk in parents, root_code=path.partition("/")[0])
        for pk, code, name, _, path in nodes
    }


def _lists(campaign: Campaign) -> Members:
    lists = _LISTS.ask(campaign.pk)
    return {None: None} | {pk: Member(code, title, short_name=short) for pk, code, title, short in lists}


def _texts(name: str, values: Iterable[Any]) -> Members:
    """Masked: a source may name who reported. Two that read the same are one."""
    labels = DEADLINE_CLASSES if name == "deadline_class" else {}
    shown = {value: mask_text(value) for value in values if value}
    return {None: None, "": None} | {
        value: Member(text, labels.get(text, text)) for value, text in shown.items()
    }
