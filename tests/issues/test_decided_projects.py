"""A sheet that comes again leaves alone what the leading group has decided about a project (W-015)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from projects.models import Project, ProjectChange
from rectify.lib import clock
from tests import factories
from tests.issues.ledgers import bring
from townships.models import User

pytestmark = pytest.mark.django_db

SHEET = "\n".join(
    [
        "某县道路硬化项目推进情况调度表（截至2018年5月20日）",
        "序号,乡镇,项目名称,建设内容,总投资（万元）,责任部门,是否开工,开工时间,形象进度,备注",
        "1,甲镇,甲一村道路,硬化2公里,{investment},县住建局,未开工,,{progress},",
    ]
)


@pytest.fixture
def office(on_day: Any) -> User:
    on_day("2018-06-06")
    return factories.user("office", factories.county())


def test_w015_a_decided_investment_is_not_changed_by_a_sheet(office: User) -> None:
    assert office.unit is not None
    campaign = factories.campaign(office.unit)

    def sheet(investment: str, progress: str) -> Any:
        content = SHEET.format(investment=investment, progress=progress).encode()
        return bring(content, campaign=campaign, by=office)

    sheet("50", "")
    road = Project.objects.get()
    sheet("55", "")
    road.refresh_from_db()
    assert road.investment == Decimal(55), "before anything was decided a sheet says what is so"
    ProjectChange.objects.create(
        project=road, kind="money", state="approved", before={}, after={}, reason="材料涨价",
        asked_by=factories.user("cadre", office.unit), asked_at=clock.now(), meeting="第5次会议",
        met_on=date(2018, 6, 1), decided_by=office, decided_at=clock.now(),
    )  # fmt: skip
    outcome = sheet("60", "路基已完成")
    (plan,) = outcome.plans.values()
    assert "投资与领导小组决定的变更不同" in plan.conflicts[0][1]
    road.refresh_from_db()
    assert road.investment == Decimal(55)
