"""Template tags of the dashboards room: a number that opens its list, drawn thousands of times a page."""

from __future__ import annotations

from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from dashboards.rules.tables import Number
from dashboards.rules.works import Named, Part
from rectify.tags import money, qty

register = template.Library()
PAGES = (("看板", "board"), ("乡镇分布", "matrix"), ("两日对比", "compare"), ("存量增量", "flow"))
KEPT = ("campaign", "of", "as_of", "basis", "list", "programme")


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
def numbers(shown: tuple[Number, ...], hushes: bool = False) -> SafeString:
    """The figures of a row, each in its cell; ``hushes``: noughts stand back."""
    return mark_safe("".join(_plain(one, hushes) for one in shown))  # noqa: S308 - number() escapes


def _plain(one: Number, hushes: bool) -> str:
    heat = f" cell heat-{one.step}" if one.step else ""
    nought = " nought" if hushes and one.text == "0" else ""
    return f'<td class="num{heat}{nought}">{number(one)}</td>'


@register.simple_tag
def cells(shown: tuple[Number, ...], is_total: bool = False) -> SafeString:
    """The heat cells of a row: one hue, darker with the share, the number on top; plain in a total."""
    return mark_safe("".join(_cell(one, at == 0, is_total) for at, one in enumerate(shown)))  # noqa: S308


def _cell(one: Number, is_first: bool, is_total: bool) -> str:
    heat = "" if is_total else f" heat-{one.step}{' nought' if one.text == '0' else ''}"
    return f'<td class="num cell{heat}{" gap" if is_first else ""}">{number(one)}</td>'


@register.simple_tag(takes_context=True)
def figure_pages(context: template.Context) -> list[tuple[str, str, bool]]:
    """The pages of figures as tabs: label, address with campaign, object, day and basis kept, is it shown."""
    request = context["request"]
    kept = {name: request.GET[name] for name in KEPT if request.GET.get(name)}
    query = f"?{urlencode(kept)}" if kept else ""
    paths = [(label, reverse(f"dashboards:{name}")) for label, name in PAGES]
    return [(label, f"{path}{query}", path == request.path) for label, path in paths]


@register.simple_tag
def parts(said: tuple[Part, ...]) -> SafeString:
    """A line of words and numbers: each number and each named place a link to its list."""
    return mark_safe("".join(_part(one) for one in said))  # noqa: S308 - escaped one by one


def _part(one: Part) -> str:
    if isinstance(one, Number):
        return number(one)
    if isinstance(one, Named):
        return f'<a href="{escape(one.href)}">{escape(one.text)}</a>'
    return str(escape(one))
