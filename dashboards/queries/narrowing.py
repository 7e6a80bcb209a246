"""From the filters of a tally, codes or names as given, to the rows they stand for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from dashboards.rules.tallies import DIMENSION_LABELS, ISSUES, TallyError
from issues.models import Category, IssueList
from issues.queries.masked import sources_shown_as
from issues.rules.filters import DEADLINE_CLASSES
from projects.models import Campaign, Programme
from rectify.lib.criteria import NONE, OWN, split_own
from rectify.lib.masking import mask_text
from townships.queries.branches import unit_tree
from townships.queries.units import unit_index
from townships.rules.roles import Level

FIELDS: dict[str, dict[str, str]] = {
    ISSUES: {
        "category": "category",
        "township": "township",
        "village": "village",
        "unit": "unit",
        "lead_unit": "lead_unit",
        "department": "category__department",
        "list": "list",
        "source": "source",
        "deadline_class": "deadline_class",
    },
    "projects": {
        "programme": "programme",
        "township": "township",
        "village": "village",
        "unit": "department",
        "department": "department",
    },
}
FUND_FIELDS = {"programme": "programme", "township": "township"}
TEXTS = ("source", "deadline_class", "counted_in")
LEVELS = {"township": Level.TOWNSHIP.value, "village": Level.VILLAGE.value}
UNITS = ("township", "village", "unit", "lead_unit", "department")


@dataclass(frozen=True, slots=True)
class Narrowing:
    """What the filters mean. ``ids``: dimension → ids (None: those without one); ``texts``: field → text.

    ``params`` are the filters as codes, for proofs; ``echo`` names and codes, for the answer; ``words`` the
    name each goes by in a sentence."""

    ids: dict[str, list[int | None]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    echo: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)

    @property
    def names(self) -> set[str]:
        return {*self.ids, *self.texts}


def narrowing(campaign: Campaign, filters: Mapping[str, str], as_of: date) -> Narrowing:
    """Look every filter up in the campaign; TallyError for a name that is not there or stands for several."""
    found = Narrowing()
    for name, value in filters.items():
        if name in TEXTS:
            _add_text(found, name, value)
        elif value == NONE:
            found.ids[name] = [None]
            _remember(found, name, NONE, NONE, f"未写明{DIMENSION_LABELS[name]}")
        elif name in UNITS:
            _add_unit(found, name, value, as_of)
        elif name == "list":
            _add_list(found, campaign, value)
        else:
            _add_branch(found, campaign, name, value)
    return found


def _remember(found: Narrowing, name: str, code: str, full_name: str, word: str) -> None:
    found.params[name] = code
    found.echo[name] = full_name
    found.echo[f"{name}_code"] = code
    found.words[name] = word


def _add_text(found: Narrowing, name: str, value: str) -> None:
    if name == "deadline_class":
        by_label = {label: code for code, label in DEADLINE_CLASSES.items()}
        value = by_label.get(value, value)
        if value not in DEADLINE_CLASSES:
            raise TallyError(f"没有“{value}”这一时限类别；可用：{'、'.join(DEADLINE_CLASSES.values())}。")
    found.texts[name] = "" if value == NONE else value
    value = mask_text(value)
    found.params[name] = found.echo[name] = value
    label = DIMENSION_LABELS.get(name, "计量单位")
    found.words[name] = f"未写明{label}" if value == NONE else DEADLINE_CLASSES.get(value, value)


def _add_list(found: Narrowing, campaign: Campaign, value: str) -> None:
    lists = IssueList.objects.filter(campaign=campaign)
    listed = (
        lists.filter(code=value).first()
        or lists.filter(title=value).first()
        or _only(list(lists.filter(short_name=value)), "清单", value)
    )
    found.ids["list"] = [listed.pk]
    _remember(found, "list", listed.code, listed.title, listed.short_name)


def _add_branch(found: Narrowing, campaign: Campaign, name: str, value: str) -> None:
    model: type[Category] | type[Programme] = Category if name == "category" else Programme
    wanted, own = split_own(value)
    members: QuerySet[Any] = model._default_manager.filter(campaign=campaign)
    label = DIMENSION_LABELS[name]
    node = (
        members.filter(code=wanted).first()
        or members.filter(full_name=wanted).first()
        or _only(list(members.filter(name=wanted)), label, wanted)
    )
    branch = (
        [node.pk] if own else list(members.filter(path__startswith=node.path).values_list("pk", flat=True))
    )
    found.ids[name] = list(branch)
    _remember(found, name, node.code + OWN if own else node.code, node.full_name, node.name)


def _add_unit(found: Narrowing, name: str, value: str, as_of: date) -> None:
    wanted, own = split_own(value)
    tree = unit_tree()
    node = tree.by_code.get(wanted)
    if node is None:
        level = LEVELS.get(name)
        index = unit_index(as_of)
        match = index.resolve(wanted, levels=[level] if level else None)
        if match is None:
            raise TallyError(f"{index.problem(wanted, levels=[level] if level else None)}。")
        node = tree.by_code[match.unit.code]
    node = tree.nodes[tree.final(node.pk, as_of)]
    found.ids[name] = list(tree.counting_as(node.pk, as_of, own=own))
    _remember(found, name, node.code + OWN if own else node.code, node.name, node.name)


def _only(found: list[Any], label: str, value: str) -> Any:
    if not found:
        raise TallyError(f"没有名为“{value}”的{label}。")
    if len(found) > 1:
        names = "、".join(f"{getattr(one, 'full_name', '') or one}（{one.code}）" for one in found[:6])
        raise TallyError(f"“{value}”对应多个{label}，请用代码：{names}。")
    return found[0]


def narrowed_items(items: QuerySet[Any], fields: Mapping[str, str], found: Narrowing) -> QuerySet[Any]:
    """``items`` within the narrowing. A dimension that these items do not have counts as without one."""
    for name, ids in found.ids.items():
        if name not in fields:
            items = items if ids == [None] else items.none()
            continue
        known = [pk for pk in ids if pk is not None]
        wanted = Q(**{f"{fields[name]}__in": known})
        if None in ids:
            wanted |= Q(**{f"{fields[name]}__isnull": True})
        items = items.filter(wanted)
    for name, text in found.texts.items():
        items = items.filter(**{f"{name}__in": sources_shown_as(text) if name == "source" else [text]})
    return items
