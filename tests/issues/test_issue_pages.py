"""The issue list and the page of one issue: what they show, whom they refuse, what they cost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from issues.models import Action, FieldChange, Import, ImportSheet, Issue, PastDeadline, PendingRow, SavedView
from projects.models import Campaign
from rectify.lib import clock
from tests import factories as make
from townships.models import Event, Unit, User
from townships.services import revisions

pytestmark = pytest.mark.django_db
EAST, WEST = "990001101", "990001102"
PHONE, IDENTITY = "13890261234", "510524196503021234"
OnDay = Callable[[str], None]


@pytest.fixture
def gj(on_day: OnDay) -> Campaign:
    on_day("2018-06-06")
    return make.campaign(make.county())


@pytest.fixture
def office(gj: Campaign) -> User:
    return make.user("office", gj.unit)


def at(code: str) -> Unit:
    return Unit.objects.get(code=code)


def page(client: Client, user: User, address: str, status: int = 200, **headers: str) -> str:
    client.force_login(user)
    answer = client.get(address, headers=headers)
    assert answer.status_code == status, answer.content.decode()[:600]
    return unescape(answer.content.decode())


def words(html: str) -> str:
    """The page as it reads: tags gone, white space folded."""
    return re.sub(r"\s+", "", re.sub(r"<[^>]+>", "", html))


def shown(html: str) -> list[str]:
    return re.findall(r'href="/issues/(WT[0-9-]+)/"', html)


def sheet_of(gj: Campaign, by: User, columns: list[dict[str, Any]] | None = None) -> ImportSheet:
    source = Import.objects.create(
        campaign=gj, file_name="台账.xlsx", stored_as="x", sha256="0" * 64, size=1, status="done",
        uploaded_by=by, uploaded_at=clock.now(),
    )  # fmt: skip
    return ImportSheet.objects.create(
        source=source, position=0, name="表一", kind="issues", columns=columns or []
    )


# --- the list -----------------------------------------------------------------------------------------------


def test_the_list_says_how_many_and_how_much(client: Client, gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    kind = make.category(gj, "C1", "住房")
    make.issue(listed, office, quantity=130, category=kind, claims=[(30, date(2018, 5, 1))])
    make.issue(listed, office, quantity=7, category=kind)
    read = words(page(client, office, "/issues/"))
    assert "共2项" in read
    assert "合计137户，上报整改30，未整改107" in read
    assert "核实整改0，未整改137" in words(page(client, office, "/issues/?basis=confirmed"))


def test_rows_left_out_are_said_with_the_total(client: Client, gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    make.issue(listed, office)
    sheet = sheet_of(gj, office)
    PendingRow.objects.create(sheet=sheet, campaign=gj, list=listed, kind="issues", row=9)
    assert "另有1行未入库" in words(page(client, office, "/issues/"))


def test_light_and_state_stand_with_their_words(client: Client, gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    for due in (date(2018, 6, 3), date(2018, 6, 6), date(2018, 6, 10), date(2018, 9, 1)):
        make.issue(listed, office, deadline_class="dated", due_on=due)
    make.issue(listed, office, deadline_class="undetermined")
    make.issue(listed, office, deadline_class="dated", due_on=date(2018, 6, 1), deadline_confirmed=False)
    html = page(client, office, "/issues/")
    for light in (
        'overdue">逾期3天', 'soon">今天到期', 'soon">临近 4天', 'fine">正常',
        'none">时限未定', 'none">时限待确认',
    ):  # fmt: skip
        assert light in html
    assert html.count(">登记<") >= 6


def test_fifty_a_page_and_no_page_beyond_the_last(client: Client, gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    for _ in range(52):
        make.issue(listed, office)
    first, last = page(client, office, "/issues/"), page(client, office, "/issues/?page=9")
    assert (len(shown(first)), len(shown(last))) == (50, 2)
    assert not set(shown(first)) & set(shown(last))
    assert "第51–52项，共52项" in last


@pytest.mark.parametrize(
    "sort", ["ledger", "category", "place", "found", "done", "left", "due", "unit", "state", "number"]
)
def test_every_column_sorts_both_ways(client: Client, gj: Campaign, office: User, sort: str) -> None:
    listed = make.issue_list(gj)
    for quantity, place in ((3, EAST), (1, WEST), (2, EAST)):
        make.issue(listed, office, quantity=quantity, township=at(place))
    up = shown(page(client, office, f"/issues/?sort={sort}"))
    down = shown(page(client, office, f"/issues/?sort=-{sort}"))
    assert sorted(up) == sorted(down)
    assert len(up) == 3
    if sort in ("found", "left", "number"):
        assert up == down[::-1]


def test_chips_take_one_criterion_away(client: Client, gj: Campaign, office: User) -> None:
    make.issue(make.issue_list(gj), office, township=at(EAST))
    html = page(client, office, f"/issues/?township={EAST}&measure=left&q=甲")
    assert "乡镇</b> 甲镇" in html
    assert 'href="/issues/?campaign=gj2018&township=990001101&measure=left"' in html


def test_a_value_no_select_offers_is_not_lost(client: Client, gj: Campaign, office: User) -> None:
    make.issue(make.issue_list(gj), office, township=at(EAST), unit=at(EAST))
    html = page(client, office, f"/issues/?unit={EAST}!&counted_in=户&category=-")
    assert f'value="{EAST}!" selected>甲镇（本级）' in html
    assert 'value="-" selected>未填' in html


def test_nonsense_in_the_address_answers_with_a_page(client: Client, gj: Campaign, office: User) -> None:
    html = page(client, office, "/issues/?as_of=2019-01-01&township=nowhere&colour=red", status=400)
    assert "晚于今天" in html
    assert "没有“colour”这个筛选条件" in html
    assert "数据没有任何改动" in html


def test_empty_states_say_what_to_do(client: Client, gj: Campaign, office: User) -> None:
    assert "还没有" in page(client, office, "/issues/")
    assert "清除全部条件" in page(client, office, "/issues/?q=没有的词")


def test_the_list_is_of_the_campaign_on_top_of_the_page(client: Client, gj: Campaign, office: User) -> None:
    old = make.campaign(gj.unit, "old2017", "去年的工作", start_on=date(2017, 1, 1), end_on=date(2017, 12, 1))
    kept = make.issue(make.issue_list(gj), office)
    past = make.issue(make.issue_list(old), office)
    assert shown(page(client, office, "/issues/")) == [kept.number]
    assert shown(page(client, office, "/issues/?campaign=old2017")) == [past.number]


def test_nobody_without_business_data_opens_the_list(client: Client, gj: Campaign) -> None:
    for role in ("sysadmin", "auditor"):
        page(client, make.user(role, gj.unit), "/issues/", status=403)
    assert client.get("/accounts/logout/").status_code in (302, 405)


def test_a_village_is_offered_once_its_township_is_chosen(client: Client, gj: Campaign, office: User) -> None:
    make.issue(make.issue_list(gj), office, township=at(EAST))
    assert "甲一村" not in page(client, office, "/issues/")
    assert "甲一村" in page(client, office, f"/issues/?township={EAST}")


def test_queries_do_not_grow_with_the_rows(client: Client, gj: Campaign, office: User) -> None:
    listed = make.issue_list(gj)
    kind = make.category(gj, "C1", "住房", department=at("D-A"))

    def asked(address: str) -> int:
        client.force_login(office)
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        return len(queries)

    def add(count: int) -> None:
        for position in range(count):
            place = at((EAST, WEST)[position % 2])
            make.issue(listed, office, township=place, unit=place, lead_unit=at("D-A"), category=kind)

    for address in ("/issues/", f"/issues/?township={EAST}&as_of=2018-05-01&sort=-left"):
        add(3)
        few = asked(address)
        add(20)
        assert asked(address) == few <= 22


def test_an_unchanged_list_answers_304_until_something_changes(
    client: Client, gj: Campaign, office: User
) -> None:
    issue = make.issue(make.issue_list(gj), office, township=at(EAST))
    client.force_login(office)
    client.get("/issues/")  # sets the cookie that forms carry
    etag = client.get("/issues/")["ETag"]
    assert client.get("/issues/", headers={"If-None-Match": etag}).status_code == 304
    revisions.bump([issue.township_id])
    assert client.get("/issues/", headers={"If-None-Match": etag}).status_code == 200


def test_no_page_carries_script_or_style_of_its_own(client: Client, gj: Campaign, office: User) -> None:
    issue = make.issue(make.issue_list(gj), office)
    for address in ("/issues/", f"/issues/{issue.number}/", "/issues/views/"):
        html = page(client, office, address)
        assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=", html)
        assert "//cdn" not in html
        assert not re.search(r'(src|href)="https?:', html)


def test_demo_data_says_so_on_every_page(client: Client, gj: Campaign, office: User) -> None:
    issue = make.issue(make.issue_list(gj), office)
    assert "纯属虚构" not in page(client, office, "/issues/")
    Campaign.objects.update(is_demo=True)
    for address in ("/issues/", f"/issues/{issue.number}/"):
        assert "演示数据，纯属虚构" in page(client, office, address)


# --- who sees what ------------------------------------------------------------------------------------------


def test_identity_and_phone_numbers_are_masked_everywhere(client: Client, gj: Campaign, office: User) -> None:
    written = f"联系电话{PHONE}，身份证{IDENTITY}"
    sheet = sheet_of(gj, office, [{"letter": "A", "path": ["问题"], "field": "description"}])
    issue = make.issue(
        make.issue_list(gj), office, description=written, note=written, progress=written, place=written,
        household=f"张三{PHONE}", person=written, source=written, state_text=written, goal=written,
        deadline_raw=written, sheet=sheet, row=5, cells={"A": written}, extra={"联系方式": PHONE},
    )  # fmt: skip
    Action.objects.create(issue=issue, position=0, text=written, person=PHONE)
    FieldChange.objects.create(
        issue=issue, field="note", before=PHONE, after=written, changed_at=clock.now(), changed_by=office,
        cause="correction",
    )  # fmt: skip
    for address in ("/issues/", f"/issues/{issue.number}/"):
        html = page(client, office, address)
        assert PHONE not in html
        assert IDENTITY not in html
    assert "138****1234" in html
    assert "510524********1234" in html


@pytest.mark.parametrize(
    ("role", "unit", "clear"),
    [
        ("cadre", EAST, True),
        ("cadre", f"{EAST}001", True),
        ("unit_head", EAST, True),
        ("department_staff", "D-A", True),
        ("department_staff", "D-B", False),
        ("cadre", WEST, False),
        ("office", "990001", False),
        ("leader", "990001", False),
    ],
)
def test_household_names_are_clear_to_their_own_township_and_lead_department(
    client: Client, gj: Campaign, office: User, role: str, unit: str, clear: bool
) -> None:
    columns = [{"letter": "A", "path": ["户主"], "field": "household"}]
    issue = make.issue(
        make.issue_list(gj), office, household="欧阳修文", township=at(EAST), village=at(f"{EAST}001"),
        lead_unit=at("D-A"), sheet=sheet_of(gj, office, columns), row=3, cells={"A": "欧阳修文"},
    )  # fmt: skip
    make.responsible(issue, at("D-A"), role="lead")
    make.responsible(issue, at(WEST), at("D-B"))
    FieldChange.objects.create(
        issue=issue, field="household", before="欧阳修武", after="欧阳修文", changed_at=clock.now(),
        changed_by=office, cause="import",
    )  # fmt: skip
    viewer = make.user(role, at(unit))
    for address in ("/issues/", f"/issues/{issue.number}/"):
        html = page(client, viewer, address)
        assert ("欧阳修文" in html) is clear
        assert "欧***" in html or clear
    assert ("欧阳修武" in html) is clear


def test_outside_the_scope_an_issue_is_not_there(client: Client, gj: Campaign, office: User) -> None:
    issue = make.issue(make.issue_list(gj), office, township=at(EAST), description="秘密的问题")
    html = page(client, make.user("cadre", at(WEST)), f"/issues/{issue.number}/", status=404)
    assert "没有这个页面" in html
    assert "秘密的问题" not in html
    page(client, office, "/issues/WT9999-999999/", status=404)


def test_a_withdrawn_issue_is_not_there(client: Client, gj: Campaign, office: User) -> None:
    issue = make.issue(make.issue_list(gj), office)
    Issue.objects.update(state="withdrawn")
    assert shown(page(client, office, "/issues/")) == []
    page(client, office, f"/issues/{issue.number}/", status=404)


# --- the page of one issue ----------------------------------------------------------------------------------


def test_the_history_is_told_in_sentences(client: Client, gj: Campaign, office: User) -> None:
    issue = make.issue(
        make.issue_list(gj), office, quantity=3, found_on=date(2017, 12, 31), amount="1.2",
        claims=[(2, date(2018, 5, 20))], sheet=sheet_of(gj, office), row=30,
    )  # fmt: skip
    issue.entries.update(cause="import", cause_id=issue.sheet.source_id)
    FieldChange.objects.create(
        issue=issue, field="person", before="张某", after="李某", changed_at=clock.now(), changed_by=office,
        cause="correction",
    )  # fmt: skip
    read = words(page(client, office, f"/issues/{issue.number}/"))
    assert "2017年12月31日，列入清单3户，金额1.2万元（导入自《台账.xlsx》第30行）" in read
    assert "2018年5月20日，台账称已整改2户（导入自《台账.xlsx》第30行）" in read
    assert "2018年6月6日，责任人由“张某”改为“李某”" in read
    assert read.index("列入清单") < read.index("台账称已整改") < read.index("责任人由")


def test_what_was_entered_later_is_marked(client: Client, gj: Campaign, office: User) -> None:
    issue = make.issue(make.issue_list(gj), office, claims=[(1, date(2018, 5, 20))])
    assert "（补录）" in page(client, office, f"/issues/{issue.number}/")


def test_audit_events_stand_in_the_history(client: Client, gj: Campaign, office: User) -> None:
    issue = make.issue(make.issue_list(gj), office)
    Event.objects.create(
        subject_type="issue", subject_id=issue.pk, seq=1, at=clock.now(), actor=office, action="assign",
        summary="分办给甲镇", hash="x" * 64,
    )  # fmt: skip
    assert "2018年6月6日，分办给甲镇" in page(client, office, f"/issues/{issue.number}/")


def test_units_actions_and_deadlines_are_shown(client: Client, gj: Campaign, office: User) -> None:
    issue = make.issue(
        make.issue_list(gj), office, deadline_class="dated", due_on=date(2018, 7, 31),
        deadline_raw="7月底", leader="刘某", person="唐某",
    )  # fmt: skip
    make.responsible(issue, at("D-A"), role="lead")
    make.responsible(issue, at(EAST))
    issue.units.create(unit=None, name="市国土局", role="support")
    Action.objects.create(issue=issue, position=0, text="逐户督促动工", due_on=date(2018, 6, 30))
    PastDeadline.objects.create(
        issue=issue, from_on=date(2018, 1, 10), until_on=date(2018, 6, 1), raw="6月底",
        deadline_class="dated", due_on=date(2018, 6, 30), changed_at=clock.now(), changed_by=office,
        cause="correction",
    )  # fmt: skip
    read = words(page(client, office, f"/issues/{issue.number}/"))
    for said in (
        "牵头单位住建局", "责任单位甲镇", "市国土局（系统外单位）", "逐户督促动工（2018-06-30前）",
        "2018年7月31日", "“7月底”", "6月底（2018-06-30），用至2018年6月1日前",
    ):  # fmt: skip
        assert said in read


def test_the_list_as_of_a_day_shows_the_deadline_of_that_day(
    client: Client, gj: Campaign, office: User
) -> None:
    issue = make.issue(make.issue_list(gj), office, deadline_class="dated", due_on=date(2018, 7, 31))
    PastDeadline.objects.create(
        issue=issue, from_on=date(2018, 1, 10), until_on=date(2018, 6, 1), raw="5月10日",
        deadline_class="dated", due_on=date(2018, 5, 10), confirmed=True, changed_at=clock.now(),
        changed_by=office, cause="correction",
    )  # fmt: skip
    html = page(client, office, "/issues/?as_of=2018-05-20")
    assert "2018-05-10" in html
    assert "逾期10天" in html
    assert "2018-07-31" in page(client, office, "/issues/?as_of=2018-06-01")


def test_the_page_of_an_issue_asks_a_constant_number_of_queries(
    client: Client, gj: Campaign, office: User
) -> None:
    issue = make.issue(make.issue_list(gj), office, sheet=sheet_of(gj, office), row=3)

    def asked() -> int:
        client.force_login(office)
        client.get(f"/issues/{issue.number}/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/issues/{issue.number}/")
        return len(queries)

    few = asked()
    for position in range(10):
        Action.objects.create(issue=issue, position=position, text="x")
        issue.units.create(unit=at(EAST), name="甲镇", role="support", position=position)
        FieldChange.objects.create(
            issue=issue, field="note", before="", after="x", changed_at=clock.now(), changed_by=office,
            cause="correction",
        )  # fmt: skip
    assert asked() == few <= 50


# --- saved views --------------------------------------------------------------------------------------------


def test_a_view_is_kept_opened_replaced_and_dropped(client: Client, gj: Campaign, office: User) -> None:
    client.force_login(office)
    kept = client.post("/issues/views/", {"name": " 甲镇 未整改 ", "township": EAST, "measure": "left"})
    assert kept["Location"] == f"/issues/?township={EAST}&measure=left"
    view = SavedView.objects.get(owner=office)
    assert (view.name, view.query) == ("甲镇 未整改", f"township={EAST}&measure=left")
    assert f'href="/issues/?{view.query}"' in page(client, office, "/issues/views/")
    client.post("/issues/views/", {"name": "甲镇 未整改", "township": WEST})
    assert [one.query for one in SavedView.objects.all()] == [f"township={WEST}"]
    client.post(f"/issues/views/{view.pk}/drop/")
    assert not SavedView.objects.exists()
    assert Event.objects.filter(subject_type="saved_view").count() == 3


def test_nobody_sees_or_drops_the_views_of_another(client: Client, gj: Campaign, office: User) -> None:
    view = SavedView.objects.create(owner=office, name="我的视图一", query="measure=left")
    other = make.user("leader", gj.unit)
    assert "我的视图一" not in page(client, other, "/issues/views/")
    assert client.post(f"/issues/views/{view.pk}/drop/").status_code == 404
    assert SavedView.objects.filter(pk=view.pk).exists()


def test_a_view_without_a_name_or_of_nonsense_is_refused(client: Client, gj: Campaign, office: User) -> None:
    client.force_login(office)
    for form in (
        {"name": " "},
        {"name": "x" * 61},
        {"name": "x", "as_of": "2030-01-01"},
        {"name": "x", "n": "1"},
    ):
        client.post("/issues/views/", form)
    assert not SavedView.objects.exists()
    assert "视图没有保存" in page(client, office, "/issues/")


def test_the_menu_of_views_is_a_part_of_their_page(client: Client, gj: Campaign, office: User) -> None:
    SavedView.objects.create(owner=office, name="一", query="measure=left")
    whole = page(client, office, "/issues/views/?measure=left")
    part = page(client, office, "/issues/views/?measure=left", **{"HX-Request": "true"})
    assert "<html" not in part
    assert 'name="measure" value="left"' in part
    assert "还没有" not in whole


def test_issues_come_from_their_own_campaign_only(gj: Campaign, office: User) -> None:
    elsewhere = make.unit("880100", "乙县", "county")
    far = make.campaign(elsewhere, "far", "别县的工作")
    make.issue(make.issue_list(far), office)
    assert not Issue.objects.visible_to(office).exists()


def test_a_campaign_of_another_county_is_as_unknown_as_none(
    client: Client, gj: Campaign, office: User
) -> None:
    far = make.campaign(make.unit("880100", "乙县", "county"), "far", "别县的工作")
    make.category(far, "C9", "别县的类别")
    for code in ("far", "nothing"):
        html = page(client, office, f"/issues/?campaign={code}", status=400)
        assert f"没有代号为“{code}”的工作" in html
        assert "别县的类别" not in html


def test_sources_are_offered_to_who_sees_every_issue_only(client: Client, gj: Campaign, office: User) -> None:
    make.issue(make.issue_list(gj), office, township=at(WEST), source="暗访第三组")
    assert "暗访第三组" in page(client, office, "/issues/")
    assert "暗访第三组" not in page(client, make.user("cadre", at(EAST)), "/issues/")
