"""`scan_deadlines`: what it prints, and what a preview leaves alone."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from alerts.models import Alert, Scan
from tests.alerts.test_scan import DUE, World, world

__all__ = ["world"]
pytestmark = pytest.mark.django_db
OVERDUE = (DUE + timedelta(days=1)).isoformat()


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("scan_deadlines", *arguments, stdout=out)
    return out.getvalue()


def told(*arguments: str) -> Any:
    return json.loads(said(*arguments, "--json"))


def test_a_preview_counts_what_the_scan_then_makes_and_writes_nothing(world: World) -> None:
    world.issue(DUE, "D-A")
    ahead = told("--date", OVERDUE, "--preview")
    assert (Alert.objects.count(), Scan.objects.count()) == (0, 0)
    done = told("--date", OVERDUE)
    assert done == {**ahead, "preview": False}
    assert sum(done["created"].values()) == Alert.objects.count() > 0
    assert done["skipped"] == []
    assert told("--date", OVERDUE)["created"] == {}


def test_a_scan_of_a_day_to_come_says_what_it_means(world: World, on_day: Any) -> None:
    on_day("2018-06-06")
    assert "以前的扫描不再生成预警" not in said("--date", "2018-06-06")
    assert "以前的扫描不再生成预警" not in said("--date", "2018-06-20", "--preview")
    assert "到那一天以前的扫描不再生成预警" in said("--date", "2018-06-20")


def test_a_wrong_date_is_refused_in_words(world: World) -> None:
    with pytest.raises(CommandError, match="不是日期"):
        said("--date", "昨天")
