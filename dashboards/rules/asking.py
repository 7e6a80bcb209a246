"""A tally's question as parameters: the same names on the command line, in an address and over REST."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from dashboards.rules.tallies import FILTERS, TallyError, TallyQuery
from rectify.lib.criteria import FIRST_YEAR, LAST_YEAR, instant

LONGEST = 200
EVERY_FILTER = tuple(dict.fromkeys(name for names in FILTERS.values() for name in names))
PARAMETERS = ("campaign", "of", "by", "as_of", "known_at", "basis", *EVERY_FILTER)


def query_from(params: Mapping[str, str | None], *, today: date) -> TallyQuery:
    """The question that ``params`` ask, empty ones asking nothing; TallyError with a Chinese sentence.

    The day is checked where it is answered; ``today`` is what readers of instants take."""
    given = {name: text.strip() for name, text in params.items() if text is not None and text.strip()}
    for name, text in given.items():
        if name not in PARAMETERS:
            raise TallyError(f"没有“{name[:30]}”这个统计条件；可用：{'、'.join(PARAMETERS)}。")
        if len(text) > LONGEST or "\0" in text:
            raise TallyError(f"条件“{name}”太长或含有不能识别的字符。")
    try:
        known_at = instant(given["known_at"], today) if "known_at" in given else None
    except ValueError as error:
        raise TallyError(f"知悉时间{error}") from error
    return TallyQuery(
        campaign=given.get("campaign", ""),
        of=given.get("of", "issues"),
        by=_dimensions(given.get("by", "")),
        as_of=day_from(given["as_of"]) if "as_of" in given else None,
        known_at=known_at,
        basis=given.get("basis", "claimed"),
        filters={name: given[name] for name in EVERY_FILTER if name in given},
    )


def _dimensions(text: str) -> tuple[str, ...]:
    parts = text.replace("，", ",").split(",")
    return tuple(name.strip().replace("-", "_") for name in parts if name.strip())


def day_from(text: str) -> date:
    """The day that a parameter names; TallyError where it names none, or one at the calendar's own ends: such
    a day has none beside it to compare with."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise TallyError(f"“{text[:30]}”不是日期，应如 2018-06-06。") from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise TallyError(f"年份应在{FIRST_YEAR}到{LAST_YEAR}之间。")
    return day
