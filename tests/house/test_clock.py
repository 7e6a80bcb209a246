"""The clock: Beijing's date, and the demo's fixed one."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
import time_machine

from rectify.lib import clock


def test_today_is_beijings_date_when_the_machine_lives_in_utc() -> None:
    with time_machine.travel(datetime(2018, 6, 5, 16, 30, tzinfo=UTC), tick=False):
        assert clock.today() == date(2018, 6, 6)


def test_the_demo_day_replaces_the_date_and_keeps_the_time_of_day(on_day: Callable[[str], None]) -> None:
    on_day("2018-06-06")
    with time_machine.travel(datetime(2026, 11, 21, 2, 15, tzinfo=UTC), tick=False):
        assert clock.now().isoformat() == "2018-06-06T10:15:00+08:00"
        assert clock.today() == date(2018, 6, 6)


def test_sessions_and_audit_keep_the_real_clock_in_the_demo(on_day: Callable[[str], None]) -> None:
    on_day("2018-06-06")
    with time_machine.travel(datetime(2026, 11, 21, 2, 15, tzinfo=UTC), tick=False):
        assert clock.real_now() == datetime(2026, 11, 21, 2, 15, tzinfo=UTC)


def test_what_was_done_in_the_demo_was_done_on_its_day(on_day: Callable[[str], None]) -> None:
    at = datetime(2026, 11, 21, 2, 15, tzinfo=UTC)
    assert clock.as_lived(at).isoformat() == "2026-11-21T10:15:00+08:00"
    on_day("2018-06-06")
    assert clock.as_lived(at).isoformat() == "2018-06-06T10:15:00+08:00"


def test_a_naive_instant_has_no_beijing_date() -> None:
    with pytest.raises(ValueError, match="naive"):
        clock.beijing_date(datetime(2018, 6, 6))
