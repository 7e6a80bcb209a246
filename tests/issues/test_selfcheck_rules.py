"""When a finding may be what a self-check had listed: in doubt it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from issues.rules.selfchecks import Finding, alike, is_outside

FOUND = Finding(category=1, township=2, village=3, household="张某某", description="住房超面积")


@pytest.mark.parametrize(
    ("more", "same"),
    [
        ({"description": "超了20平方米"}, True),
        ({"household": "", "description": "全村10户超面积"}, True),
        ({"village": None, "description": "面积超标"}, True),
        ({"category": None, "description": "面积超标"}, True),
        ({"category": None, "household": ""}, True),
        ({"category": None, "household": "", "description": "厕所未改造"}, False),
        ({"household": "李某某"}, False),
        ({"category": 9}, False),
        ({"village": 9}, False),
        ({"township": 9}, False),
    ],
)
def test_what_one_side_does_not_say_does_not_differ(more: dict[str, object], same: bool) -> None:
    other = replace(FOUND, **more)  # type: ignore[arg-type]
    assert alike(FOUND, other) is same
    assert alike(other, FOUND) is same


def test_a_source_that_is_not_the_unit_s_own_check_is_somebody_else_s() -> None:
    assert all(is_outside(source) for source in ("县督查室暗访", "审计", "群众信访", "省委第三巡视组"))
    assert not any(is_outside(source) for source in ("", " ", "自查", "乡镇自查自纠", "单位自报"))
