"""What the alerts room shows on pages of the rooms below it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from alerts.queries.letters import letters_of_issue
from alerts.queries.told import told_of
from alerts.rules.ladder import ItemKind, Level
from alerts.rules.letters import KIND_OF_RUNG, KINDS
from issues.models import Issue
from projects.models import Project
from rectify.lib import clock
from townships.access import allowed
from townships.rules.permissions import Permission

register = template.Library()


@register.inclusion_tag("alerts/_of_item.html", takes_context=True)
def alerts_of(context: Any, item: Issue | Project) -> dict[str, Any]:
    """The rungs that an issue or project was told on, in the viewer's sight, and the next planned one."""
    kind = ItemKind.ISSUE if isinstance(item, Issue) else ItemKind.PROJECT
    user, today = context["request"].user, clock.today()
    return {"told": told_of(kind, item.pk, item.campaign_id, user=user, on=today)}


@register.inclusion_tag("letters/_of_issue.html", takes_context=True)
def letters_of(context: Any, issue: Any) -> dict[str, Any]:
    """The letters in the viewer's sight that name the issue; for the office the way to a new one."""
    user = context["request"].user
    return {
        "lines": letters_of_issue(issue, user, clock.today()),
        "number": issue.number,
        "may_write": allowed(user, Permission.WRITE_LETTERS).ok,
    }


@register.simple_tag(takes_context=True)
def letter_button(context: Any, query: str) -> SafeString:
    """起草函件 from the issues that a list's ``query`` finds, for who writes letters."""
    if not allowed(context["request"].user, Permission.WRITE_LETTERS).ok:
        return SafeString("")
    address = f"{reverse('alerts:letter-draft')}?{query}"
    return format_html('<a class="btn not-phone" href="{}">起草函件</a>', address)


@register.simple_tag(takes_context=True)
def letter_for(context: Any, kind: ItemKind, number: str, level: Level) -> SafeString:
    """起草督办函 beside an issue on a rung of the ladder, for who writes letters; nothing for other items."""
    if kind is not ItemKind.ISSUE or not allowed(context["request"].user, Permission.WRITE_LETTERS).ok:
        return SafeString("")
    query = urlencode({"kind": KIND_OF_RUNG[level].value, "issue": number})
    address = f"{reverse('alerts:letter-draft')}?{query}"
    label = KINDS[KIND_OF_RUNG[level]].label
    return format_html(
        '<a class="nowrap not-print" href="{}">起草{}<span class="visually-hidden">{}</span></a>',
        address,
        label,
        number,
    )
