"""The tables that items of warning stand in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Max, Min, Model, Q, QuerySet

from alerts.models import Letter
from alerts.rules.ladder import ItemKind, Subject
from issues.models import Issue
from projects.models import Project

MODELS: dict[ItemKind, type[Model]] = {
    ItemKind.ISSUE: Issue,
    ItemKind.PROJECT: Project,
    ItemKind.LETTER: Letter,
}
"""Items that have lights: each row names its campaign."""
LARGE = (ItemKind.ISSUE, ItemKind.PROJECT)
"""Those that are looked at in stretches."""


def about(kind: ItemKind, ids: Iterable[int]) -> Q:
    """Of alerts: about one of the items of a kind. Says its subjects too, for so alerts are in order."""
    subjects = [subject.value for subject in Subject if subject.item is kind]
    return Q(item_kind=kind.value, subject__in=subjects, item_id__in=list(ids))


def ids_of(kind: ItemKind, campaign_id: int) -> QuerySet[Any]:
    """Ids of the campaign's items of a kind."""
    return MODELS[kind]._default_manager.filter(campaign=campaign_id).values("pk")


def ends_of(kind: ItemKind) -> tuple[int, int] | None:
    """The lowest and highest id of a kind that is looked at in stretches; None of others, or of none."""
    if kind not in LARGE:
        return None
    ends = MODELS[kind]._default_manager.aggregate(first=Min("pk"), last=Max("pk"))
    return None if ends["first"] is None else (ends["first"], ends["last"])


def number_of(kind: ItemKind, pk: int) -> str:
    """How a person finds the item; its id where it has no number."""
    model = MODELS.get(kind)
    found = None if model is None else model._default_manager.filter(pk=pk).values_list("number", flat=True)
    return str((found and found.first()) or pk)
