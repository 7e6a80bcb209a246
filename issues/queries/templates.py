"""Templates of lists, for the pages that choose and edit them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from issues.models import ListTemplate


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A template and how many lists follow it."""

    template: ListTemplate
    lists: int


def templates_all() -> list[ListTemplate]:
    return list(ListTemplate.objects.order_by("code"))


def template_lines() -> list[TemplateLine]:
    found = ListTemplate.objects.annotate(used=Count("lists")).order_by("code")
    return [TemplateLine(one, one.used) for one in found]


def one_template(pk: int) -> ListTemplate | None:
    return ListTemplate.objects.filter(pk=pk).first()


def template_by_code(code: str) -> ListTemplate | None:
    if not code or "\x00" in code:
        return None
    return ListTemplate.objects.filter(code=code).first()
