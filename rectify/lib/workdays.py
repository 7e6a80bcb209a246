"""The working-day calendar as a value: listed days, and the weekend rule for the days that are not listed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from holidays import country_holidays

_DAY = timedelta(days=1)
# The State Council publishes a year's calendar in the autumn before; the library's later years are estimates.
LAST_PUBLISHED_YEAR = 2026


@dataclass(frozen=True, slots=True)
class DayKind:
    """What one listed day is: a working day or not, what it is called, and the document that says so."""

    is_workday: bool
    name: str = ""
    document: str = ""


@dataclass(frozen=True, eq=False)
class Workdays:
    """A county's calendar. Other days follow the weekend rule; years outside `official_years` are 暂定."""

    days: Mapping[date, DayKind] = field(default_factory=dict)
    official_years: frozenset[int] = frozenset()

    def kind(self, day: date) -> DayKind:
        """What the day is, listed or by the weekend rule."""
        listed = self.days.get(day)
        return listed if listed is not None else DayKind(day.weekday() < 5)

    def is_workday(self, day: date) -> bool:
        """Whether offices work on the day."""
        return self.kind(day).is_workday

    def add(self, anchor: date, count: int) -> date:
        """The day that is `count` working days after the anchor; the first working day after it is day 1.

        A negative count goes backwards; 0 gives the anchor itself.
        """
        step = _DAY if count >= 0 else -_DAY
        day, left = anchor, abs(count)
        while left:
            day += step
            left -= self.is_workday(day)
        return day

    def between(self, start: date, end: date) -> int:
        """How many working days lie after `start` up to and with `end`; negative when `end` is earlier."""
        if end < start:
            return -self.between(end, start)
        return sum(self.is_workday(start + _DAY * offset) for offset in range(1, (end - start).days + 1))

    def is_provisional(self, start: date, end: date) -> bool:
        """Whether any year from `start` to `end` has no official list (暂定)."""
        first, last = sorted((start.year, end.year))
        return any(year not in self.official_years for year in range(first, last + 1))

    @classmethod
    def from_holidays(cls, years: Iterable[int]) -> "Workdays":
        """The national calendar of the years from the `holidays` package, 调休 working days included.

        Official for 2015–2026; other years are seeded as an estimate and stay 暂定.
        """
        wanted = sorted(set(years))
        national = country_holidays("CN", language="zh_CN", years=wanted)
        days = {day: DayKind(False, str(name)) for day, name in national.items() if day.year in wanted}
        for day in national.weekend_workdays:
            if day.year in wanted:
                days[day] = DayKind(True, "调休上班")
        official = frozenset(year for year in wanted if 2015 <= year <= LAST_PUBLISHED_YEAR)
        return cls(days=days, official_years=official)
