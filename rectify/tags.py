"""Template filters and tags of the house: numbers, dates, masked text, icons, lights and states."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from rectify.lib import clock, masking
from rectify.lib.cn_dates import words

register = template.Library()
SELECTED = SafeString(" selected")
WEEKDAYS = "一二三四五六日"


@register.filter
def qty(value: Decimal | int | str | None) -> str:
    """1245 → 1,245; 12.50 → 12.5; None → empty."""
    if value is None or value == "":
        return ""
    number = Decimal(value)
    if number == number.to_integral_value():
        return f"{int(number):,}"
    return f"{number.normalize():,f}"


@register.filter
def money(value: Decimal | int | str | None) -> str:
    """万元 with two decimals and thousands separated."""
    if value is None or value == "":
        return ""
    return f"{Decimal(value).quantize(Decimal('0.01'), ROUND_HALF_UP):,f}"


@register.filter
def counted(value: Decimal | int | str | None, counted_in: str) -> str:
    """A quantity as its kind is written: 万元 with two decimals, anything else plain."""
    return money(value) if counted_in == "万元" else qty(value)


@register.filter
def percent(value: Decimal | float | None) -> str:
    """A share between 0 and 1 as 69.9%; None as an em dash."""
    if value is None:
        return "—"
    return f"{(Decimal(value) * 100).quantize(Decimal('0.1'), ROUND_HALF_UP)}%"


@register.filter
def day(value: date | datetime | None) -> str:
    """2018-06-02, Beijing date of an instant."""
    if value is None or value == "":
        return ""
    return _date_of(value).isoformat()


@register.filter
def cn_day(value: date | datetime | None) -> str:
    """2018年6月2日."""
    if value is None or value == "":
        return ""
    return words.cn_day(_date_of(value))


@register.filter
def weekday(value: date) -> str:
    return f"星期{WEEKDAYS[value.weekday()]}"


@register.filter
def moment(value: datetime | None) -> str:
    """2018-06-02 09:30, Beijing time."""
    if value is None:
        return ""
    return value.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M")


@register.filter
def masked(value: object) -> str:
    """Any text with identity, phone and card numbers masked."""
    return masking.mask_text(str(value)) if value not in (None, "") else ""


@register.simple_tag
def icon(name: str) -> SafeString:
    """A drawing of static/icons.svg; it says nothing to a screen reader, a word always stands beside it."""
    return _icon(name)


@lru_cache(maxsize=64)
def _icon(name: str) -> SafeString:
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        static("icons.svg"),
        name,
    )


@register.simple_tag
def options(pairs: Iterable[tuple[str, str]], chosen: str) -> SafeString:
    """The options of a select; hundreds of them would cost a template more than the page's rows."""
    return format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((value, SELECTED if value == chosen else "", label) for value, label in pairs),
    )


@register.simple_tag
def light(level: str, word: str) -> str:
    """One of overdue, soon, fine, none, with its word (_components/light.html draws it)."""
    return _light(level, word)


@lru_cache(maxsize=1024)
def _light(level: str, word: str) -> str:
    return render_to_string("_components/light.html", {"level": level, "word": word})


@register.simple_tag
def state(word: str, ended: bool = False) -> str:
    """A state's word in its frame (_components/state.html draws it)."""
    return _state(word, bool(ended))


@lru_cache(maxsize=128)
def _state(word: str, ended: bool) -> str:
    return render_to_string("_components/state.html", {"word": word, "ended": ended})


def _date_of(value: date | datetime) -> date:
    if isinstance(value, datetime):
        return clock.beijing_date(value)
    return value
