"""What the office has put at the head of a campaign's board, and the goals it has set."""

from __future__ import annotations

from decimal import Decimal

from dashboards.models import Focus, Target
from dashboards.rules.focus import Mark
from dashboards.rules.pace import Goal
from dashboards.rules.tallies import ISSUES
from issues.models import Category
from projects.models import Campaign, Programme
from rectify.lib.prepared import Prepared

KINDS: dict[str, tuple[str, type[Category] | type[Programme]]] = {
    ISSUES: ("category", Category),
    "projects": ("programme", Programme),
}


def _marked_in(kind: str) -> Prepared[tuple[str, str, str, str]]:
    columns = ("field", f"{kind}__code", f"{kind}__name", f"{kind}__path")
    return Prepared(
        lambda campaign: (
            Focus.objects.filter(campaign=campaign, **{f"{kind}__isnull": False})
            .order_by("position", "id")
            .values_list(*columns)
        )
    )


_MARKED = {of: _marked_in(kind) for of, (kind, _) in KINDS.items()}
_GOALS = Prepared(
    lambda campaign: (
        Target.objects.filter(campaign=campaign).order_by("on").values_list("on", "share", "name")
    )
)


def marks(campaign: Campaign, of: str) -> list[Mark]:
    """The marked categories or programmes in order, each with the codes of its branch. One query where
    nothing is marked, else two."""
    rows = _MARKED[of].ask(campaign.pk)
    if not rows:
        return []
    tree = list(KINDS[of][1]._default_manager.filter(campaign=campaign).values_list("code", "path"))
    return [
        Mark(field, code, name, frozenset(one for one, below in tree if below.startswith(path)))
        for field, code, name, path in rows
    ]


def goals(campaign: Campaign) -> tuple[Goal, ...]:
    """The campaign's goals in the order of their days."""
    return tuple(Goal(on, Decimal(share), name) for on, share, name in _GOALS.ask(campaign.pk))


def kinds_of(campaign: Campaign) -> dict[str, Category | Programme]:
    """Everything that can be put first: "category:CODE" or "programme:CODE" → what it is, by path."""
    found: dict[str, Category | Programme] = {}
    for kind, model in KINDS.values():
        for one in model._default_manager.filter(campaign=campaign).order_by("path"):
            found[f"{kind}:{one.code}"] = one
    return found


def marked(campaign: Campaign) -> list[tuple[str, str]]:
    """What is put first as keys of ``kinds_of``, each with the name of its field, in order."""
    rows = Focus.objects.filter(campaign=campaign).order_by("position", "id")
    return [
        (f"category:{category}" if category else f"programme:{programme}", field)
        for category, programme, field in rows.values_list("category__code", "programme__code", "field")
    ]
