"""Template tags of the dashboards room: a number that opens its list, drawn thousands of times a page."""

from __future__ import annotations

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from dashboards.rules.boards import Number
from rectify.tags import money, qty

register = template.Library()


@register.simple_tag
def number(shown: Number) -> SafeString:
    """The number as a link to its list; a rate, which has none, as text with its base in the title."""
    if not shown.text:
        return mark_safe("")
    title = f' title="{escape(shown.title)}"' if shown.title else ""
    if not shown.href:
        return mark_safe(f"<span{title}>{escape(shown.text)}</span>")  # noqa: S308 - escaped above
    text = money(shown.text) if shown.is_money else qty(shown.text)
    return mark_safe(f'<a href="{escape(shown.href)}"{title}>{text}</a>')  # noqa: S308 - escaped above


@register.simple_tag
def numbers(shown: tuple[Number, ...]) -> SafeString:
    """The figures of a row, each in its cell."""
    return mark_safe("".join(_plain(one) for one in shown))  # noqa: S308 - number() escapes


def _plain(one: Number) -> str:
    heat = f" cell heat-{one.step}" if one.step else ""
    return f'<td class="num{heat}">{number(one)}</td>'


@register.simple_tag
def cells(shown: tuple[Number, ...], is_total: bool = False) -> SafeString:
    """The heat cells of a row: one hue, darker with the share, the number on top; plain in a total."""
    return mark_safe("".join(_cell(one, at == 0, is_total) for at, one in enumerate(shown)))  # noqa: S308


def _cell(one: Number, is_first: bool, is_total: bool) -> str:
    heat = "" if is_total else f" heat-{one.step}{' nought' if one.text == '0' else ''}"
    return f'<td class="num cell{heat}{" gap" if is_first else ""}">{number(one)}</td>'
