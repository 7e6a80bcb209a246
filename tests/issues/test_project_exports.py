"""Projects taken out: in the layout they came in, of no effect when they come back, whatever was done since."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client

from dashboards.services.verification import verify
from issues import tasks
from issues.models import Export, Import
from issues.services.imports import withdrawal
from issues.services.imports.running import Outcome
from projects.models import Campaign, Project, RunningAhead
from projects.rules.changes import ChangeKind
from projects.rules.programmes import Wanted
from projects.rules.registering import TEXTS, Typed
from projects.rules.stages import Stage
from projects.services import ahead, changes, programmes, progress, registering
from projects.services.registering import Where
from tests import factories
from tests.issues.ledgers import bring
from townships.models import Event, Unit, User

pytestmark = pytest.mark.django_db
TITLE = "某县2018年扶持项目推进情况调度表"
HEAD = "序号,专项名称,项目名称,乡镇,建设内容,资金（万元）,户数（户）,牵头部门,责任领导,责任人,是否下达,下达时间,是否启动,启动时间,完成时间,计划完工时间,形象进度,备注"
ROWS = """1,产业,甲镇茶园,甲镇,种茶,80,5,住建局,姚某,江某,已下达,2018-04-13,在建,2018-04-29,,9月底,基础施工,
2,产业,乙镇果园,乙镇,种果,80,8,住建局,姚某,吕某,已下达,2018-04-12,前期工作,,,9月底,正在设计,注1
3,水利,丙乡水池,丙乡,建池,20,3,财政局,姚某,白某,未下达,,,,,9月底,等待下达,"""


@pytest.fixture
def office(on_day: Callable[[str], None], settings: Any, tmp_path: Path) -> User:
    on_day("2018-06-06")
    settings.PRIVATE_FILES_DIR = tmp_path
    return factories.user("office", factories.county())


@pytest.fixture
def campaign(office: User) -> Campaign:
    assert office.unit is not None
    made = factories.campaign(office.unit)
    content = "\n".join([TITLE + "," * 17, f"截至2018年5月20日{',' * 17}", HEAD, ROWS]).encode()
    assert bring(content, campaign=made, by=office, name="调度表.csv").written
    return made


def project(name: str) -> Project:
    return Project.objects.get(name=name)


def taken(user: User, query: str = "") -> bytes:
    """The workbook of a query, asked for and fetched by address."""
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    asked = client.post(f"/projects/export/?{query}", {"reason": "报县领导小组"}, follow=True)
    assert asked.status_code == 200
    export = Export.objects.filter(owner=user).latest("pk")
    tasks.run_export(export.pk)
    answer = client.get(f"/issues/export/{export.pk}/file/")
    return b"".join(answer.streaming_content)


def rows(content: bytes) -> dict[str, tuple[Any, ...]]:
    """Number → its row, whatever the sheet."""
    book = openpyxl.load_workbook(BytesIO(content))
    return {str(row[-1]): row for sheet in book for row in sheet.iter_rows(values_only=True)}


def said(outcome: Outcome) -> dict[str, tuple[Any, ...]]:
    """Sheet → new, changed, missing and contradicting rows."""
    return {
        name: (len(plan.creations), len(plan.updates), plan.missing, plan.conflicts)
        for name, plan in outcome.plans.items()
    }


NOTHING = (0, 0, [], [])


def test_an_unchanged_export_that_comes_back_changes_nothing(office: User, campaign: Campaign) -> None:
    content = taken(office)
    sheet = openpyxl.load_workbook(BytesIO(content)).worksheets[0]
    assert sheet["A1"].value == TITLE
    names = [cell.value for cell in sheet[3]]
    assert names == [*HEAD.split(","), "系统编号"]
    outcome = bring(content, campaign=campaign, by=office, name="回来.xlsx")
    assert outcome.written
    assert all(one == NOTHING for one in said(outcome).values()), said(outcome)
    assert [plan.unchanged for plan in outcome.plans.values()] == [3]


def typed(**more: Any) -> Typed:
    texts = {**dict.fromkeys(TEXTS, ""), "name": "甲一村蓄水池", "leader": "姚某", "person": "江某"}
    given = {"texts": texts, "counted_in": "座", "arranged": Decimal(3), "investment": Decimal(12)}
    return Typed(**{**given, **more})


def test_what_was_done_since_goes_out_and_still_changes_nothing(office: User, campaign: Campaign) -> None:
    tea, fruit, pool = (project(name) for name in ("甲镇茶园", "乙镇果园", "丙乡水池"))
    progress.record(fruit, Stage.STARTED, quantity=Decimal(2), happened_on=date(2018, 6, 1), by=office)
    progress.record(
        tea, Stage.COMPLETED, quantity=Decimal(5), happened_on=date(2018, 6, 1), by=office, words="建成"
    )
    ahead.note(pool, quantity=Decimal(1), started_on=date(2018, 5, 12), words="", by=office)
    asked = changes.ask(
        tea, ChangeKind.MONEY, wanted={"investment": Decimal(99), "due": Decimal(0)}, reason="涨价", by=office
    )  # fmt: skip
    second = factories.user("office", office.unit)
    changes.approve(asked.pk, meeting="第5次会议", met_on=date(2018, 6, 5), words="", by=second)
    programmes.change(tea.programme.pk, Wanted(name="特色产业", parent=tea.programme.parent_id), by=office)
    where = Where(pool.programme, Unit.objects.get(name="甲镇"), Unit.objects.get(name="甲一村"))
    made = registering.register(campaign, typed(), where, arranged_on=date(2018, 6, 2), by=office)
    content = taken(office)
    out = rows(content)
    assert {99, "建成", "是"} <= set(out[tea.number])
    assert {2, "正在设计"} <= set(out[fruit.number])
    assert "甲一村蓄水池" in out[made.number]
    outcome = bring(content, campaign=campaign, by=office, name="回来.xlsx")
    assert all(one == NOTHING for one in said(outcome).values()), said(outcome)
    assert RunningAhead.objects.count() == 1
    assert verify()["ok"]


def test_an_export_holds_exactly_what_the_list_shows_and_is_on_record(
    office: User, campaign: Campaign
) -> None:
    keys = [key for key in rows(taken(office, "stage=allotted")) if key.startswith("XM")]
    assert keys == [project("乙镇果园").number]
    event = Event.objects.get(subject_type="export")
    assert event.summary == "导出项目1项，用途：报县领导小组"
    assert "没有符合条件的项目" in str(rows(taken(office, "q=查无此事")))


def test_without_a_reason_or_with_nonsense_nothing_is_exported(office: User, campaign: Campaign) -> None:
    client = Client()
    client.force_login(office)
    answer = client.post("/projects/export/", {"reason": " "})
    assert answer.status_code == 400
    assert "请写明导出的用途。" in answer.content.decode()
    assert client.get("/projects/export/?late=x").status_code == 400
    assert not Export.objects.exists()


def test_a_view_keeps_the_filter_and_the_order_for_its_owner_alone(office: User, campaign: Campaign) -> None:
    client = Client()
    client.force_login(office)
    kept = {"name": "未下达的", "measure": "not_allotted", "sort": "-investment"}
    assert client.post("/projects/views/", kept).status_code == 302
    page = client.get("/projects/views/").content.decode()
    assert "/projects/?measure=not_allotted&amp;sort=-investment" in page
    assert "未下达的" not in client.get("/issues/views/").content.decode()
    client.force_login(factories.user("office", office.unit))
    assert "未下达的" not in client.get("/projects/views/").content.decode()


def test_a_programme_without_an_allotment_step_allots_what_a_sheet_arranges(
    office: User, campaign: Campaign
) -> None:
    pool = project("丙乡水池")
    progress.record(pool, Stage.ALLOTTED, quantity=Decimal(3), happened_on=date(2018, 6, 1), by=office)
    programmes.change(
        pool.programme.pk, Wanted("水利", parent=pool.programme.parent_id, has_allotment=False), by=office
    )
    body = f"{ROWS}\n4,水利,丁水池,丙乡,建池,20,3,财政局,姚某,白某,未下达,,在建,2018-05-12,,9月底,已进场,"
    content = "\n".join([TITLE + "," * 17, f"截至2018年5月20日{',' * 17}", HEAD, body]).encode()
    assert bring(content, campaign=campaign, by=office, name="调度表.csv").written
    made = project("丁水池")
    assert (made.arranged, made.allotted, made.started) == (3, 3, 3)
    assert made.entries.get(stage="allotted").happened_on == made.arranged_on
    assert not RunningAhead.objects.exists()
    assert verify()["ok"]


def test_a_row_that_tells_of_a_start_without_its_allotment_is_flagged(
    office: User, campaign: Campaign
) -> None:
    """The flag keeps the date; the start waits for the 下达, which a later sheet may bring."""
    told = ROWS.replace("未下达,,,,,9月底,等待下达", "未下达,,在建,2018-05-12,,9月底,已进场")

    def sheet(body: str) -> Outcome:
        content = "\n".join([TITLE + "," * 17, f"截至2018年5月20日{',' * 17}", HEAD, body]).encode()
        return bring(content, campaign=campaign, by=office, name="调度表.csv")

    assert sheet(told).written
    pool = project("丙乡水池")
    flag = RunningAhead.objects.get()
    assert (flag.project, flag.quantity, flag.started_on, flag.state) == (
        pool,
        3,
        date(2018, 5, 12),
        "waiting",
    )
    assert (pool.allotted, pool.started) == (0, 0)
    allotted = told.replace("未下达,,在建", "已下达,2018-05-18,在建")
    assert sheet(allotted).written
    flag.refresh_from_db()
    assert (flag.state, flag.posted, flag.posted_on) == ("posted", 3, date(2018, 5, 18))
    assert project("丙乡水池").started == 3
    assert verify()["ok"]
    last = Import.objects.latest("pk")
    withdrawal.withdraw(import_id=last.pk, by=office)
    flag.refresh_from_db()
    assert (flag.state, flag.posted, project("丙乡水池").started) == ("waiting", 0, 0)
    assert verify()["ok"]
