"""Chinese dates as offices write them: deadlines, events, titles. Pure; counts from a given date."""

from rectify.lib.cn_dates.deadline import Confidence, Deadline, DeadlineClass, as_json, parse_deadline
from rectify.lib.cn_dates.events import (
    DateTag,
    ParsedDate,
    TaggedDate,
    dates_in_title,
    parse_date,
    year_in_title,
    years_in_title,
)
from rectify.lib.cn_dates.found import Precision, add_months, month_end

__all__ = [
    "Confidence",
    "DateTag",
    "Deadline",
    "DeadlineClass",
    "ParsedDate",
    "Precision",
    "TaggedDate",
    "add_months",
    "as_json",
    "dates_in_title",
    "month_end",
    "parse_date",
    "parse_deadline",
    "year_in_title",
    "years_in_title",
]
