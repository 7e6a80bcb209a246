"""Criteria of a list as a value: read from an address or a command line, written back in one stable order."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime, timedelta, timezone
from typing import Any, Self
from urllib.parse import urlencode

NONE = "-"
"""The value that asks for items without one (没有类别)."""
OWN = "!"
"""After the code of a tree's member: the items at this very member, not those of the branch below it."""
BEIJING = timezone(timedelta(hours=8))
LONGEST = 200
FIRST_YEAR, LAST_YEAR = 1900, 9000  # beyond them a change of time zone may overflow

Reader = Callable[[str, date], Any]


class FilterRefused(ValueError):
    """Criteria that cannot be met; ``reasons`` are plain Chinese sentences."""

    def __init__(self, *reasons: str) -> None:
        super().__init__("".join(reasons))
        self.reasons = reasons


def criterion(param: str, label: str, read: Reader, default: Any = "") -> Any:
    """A field of a Criteria: its name in the address, its word on the page, how it is read."""
    return field(default=default, metadata={"param": param, "label": label, "read": read})


@dataclass(frozen=True)
class Criteria:
    """Base of a room's filter. Empty fields ask for nothing; ``page`` is forgotten by every narrowing."""

    @classmethod
    def from_params(cls, params: Mapping[str, str], *, today: date) -> Self:
        """Read; FilterRefused names every parameter that makes no sense. ``today`` is Beijing's date."""
        known = {item.metadata["param"]: item for item in fields(cls)}
        values: dict[str, Any] = {}
        reasons: list[str] = []
        for param, text in params.items():
            if not text.strip():
                continue
            if param not in known:
                reasons.append(f"没有“{param[:20]}”这个筛选条件。")
                continue
            try:
                values[known[param].name] = known[param].metadata["read"](text.strip(), today)
            except ValueError as error:
                reasons.append(f"{known[param].metadata['label']}：{error}")
        if reasons:
            raise FilterRefused(*reasons)
        return cls(**values)

    def to_params(self) -> dict[str, str]:
        """Parameter → text of all that differs from the default, in the order of declaration."""
        return {
            item.metadata["param"]: _written(getattr(self, item.name))
            for item in fields(self)
            if getattr(self, item.name) != item.default
        }

    def to_query(self) -> str:
        """The query string without "?"; two equal filters have the same."""
        return urlencode(self.to_params())

    def with_(self, **changes: Any) -> Self:
        """A copy with these fields; back on page 1 unless the page is one of them."""
        if "page" not in changes and any(item.name == "page" for item in fields(self)):
            changes["page"] = 1
        return replace(self, **changes)

    def without(self, *names: str) -> Self:
        """A copy with these fields at their defaults."""
        defaults = {item.name: item.default for item in fields(self)}
        return self.with_(**{name: defaults[name] for name in names})

    def asked(self) -> list[tuple[str, str, Any]]:
        """(field, label, value) of all that narrows: what differs from its default, without sort and page."""
        return [
            (item.name, item.metadata["label"], getattr(self, item.name))
            for item in fields(self)
            if item.name not in ("sort", "page") and getattr(self, item.name) != item.default
        ]


def split_own(code: str) -> tuple[str, bool]:
    """The code without its "!", and whether it had one."""
    return (code[:-1], True) if code.endswith(OWN) else (code, False)


# --- readers ------------------------------------------------------------------------------------------------


def text(value: str, today: date) -> str:
    if len(value) > LONGEST or "\0" in value:
        raise ValueError(f"太长或含有不能识别的字符，最多{LONGEST}个字。")
    return value


def past_day(value: str, today: date) -> date:
    """A date, not after ``today``."""
    try:
        day = date.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"“{value[:30]}”不是日期，应如 2018-06-06。") from error
    if day > today:
        raise ValueError(f"{day.isoformat()} 晚于今天（{today.isoformat()}），还没有数字。")
    return day


def instant(value: str, today: date) -> datetime:
    """An instant; Beijing time where it names no zone."""
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"“{value[:30]}”不是时间，应如 2018-06-06T09:30。") from error
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError(f"年份应在{FIRST_YEAR}到{LAST_YEAR}之间。")
    return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)


def number(value: str, today: date) -> int:
    """A whole number from 1 to a thousand million."""
    if not (value.isascii() and value.isdigit()) or len(value) > 9 or int(value) < 1:
        raise ValueError(f"“{value[:30]}”不是正整数。")
    return int(value)


def one_of(allowed: Mapping[str, str] | Collection[str]) -> Reader:
    """A reader that takes only these values."""

    def read(value: str, today: date) -> str:
        if value not in allowed:
            raise ValueError(f"没有“{value[:30]}”这一项。")
        return value

    return read


def _written(value: Any) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)
