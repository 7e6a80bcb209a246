"""Pages of lists, parts and templates: what is asked, shown, refused in words and kept."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from issues.models import Issue, IssueList, ListTemplate, Part
from issues.services.life import locking, parts
from tests import factories
from tests.issues.life.conftest import World
from townships.models import User

ISSUE = {
    "description": "水管未通",
    "quantity": "3",
    "counted_in": "户",
    "found_on": "2018-06-01",
    "deadline_class": "undetermined",
}


@pytest.fixture
def draft(world: World) -> IssueList:
    return factories.issue_list(world.campaign, "L2", "安全饮水", lock_on=date(2018, 6, 7))


def page(client: Client, user: User, path: str, told: dict[str, object] | None = None) -> tuple[int, str]:
    client.force_login(user)
    answer = client.get(path) if told is None else client.post(path, told)
    return answer.status_code, answer.content.decode()


def test_the_office_asks_all_townships_and_sees_three_counts(
    world: World, draft: IssueList, client: Client
) -> None:
    """W-002 on the page: each count is a link to its units."""
    told = {"groups": ["townships"], "named": "财政局"}
    assert page(client, world.office, f"/lists/{draft.pk}/start/", told)[0] == 302
    assert Part.objects.filter(list=draft).count() == 4
    parts.sign(Part.objects.get(list=draft, unit=world.township).pk, world.head, is_zero=True)
    status, html = page(client, world.office, f"/lists/{draft.pk}/?part=zero")
    assert status == 200
    assert 'href="?part=zero#parts">1</a>' in html
    assert 'href="?part=draft#parts">3</a>' in html
    assert "乙镇" not in html
    assert "请至少选一批" in page(client, world.office, f"/lists/{draft.pk}/start/", {})[1]
    assert page(client, world.office, f"/lists/{draft.pk}/start/", {"named": "天上局"})[0] == 422


def test_a_unit_registers_signs_and_then_is_refused(world: World, draft: IssueList, client: Client) -> None:
    """W-001 on the pages: what was typed is kept."""
    parts.start(draft.pk, [world.township], world.office)
    part = Part.objects.get(list=draft)
    path = f"/lists/parts/{part.pk}/"
    told = {**ISSUE, "village": "甲一村", "household": "王某某"}
    assert page(client, world.cadre, f"{path}register/", told)[0] == 302
    issue = Issue.objects.get(list=draft)
    assert (issue.village.name, issue.unit, issue.township) == ("甲一村", world.township, world.township)
    assert "签字报送须由本单位主要负责人" in page(client, world.cadre, path)[1]
    status, html = page(client, world.head, f"{path}sign/", {"answer": "zero", "words": "逐户排查"})
    assert (status, "不能报零问题" in html, "逐户排查" in html) == (422, True, True)
    assert page(client, world.head, f"{path}sign/", {"answer": "reported"})[0] == 302
    told["description"] = "又一处"
    status, html = page(client, world.cadre, f"{path}register/", told)
    assert (status, "已由主要负责人签字报送，不能再增减" in html, "又一处" in html) == (422, True, True)
    assert page(client, world.neighbour, path)[0] == 404


def test_what_looks_like_a_double_is_shown_before_it_is_stored(
    world: World, draft: IssueList, client: Client
) -> None:
    """W-101: the same household and category at the same place."""
    parts.start(draft.pk, [world.township], world.office)
    path = f"/lists/parts/{Part.objects.get(list=draft).pk}/register/"
    told = {**ISSUE, "household": "王某某", "category": world.category.pk}
    assert page(client, world.cadre, path, told)[0] == 302
    again = {**told, "description": "水压不足"}
    status, html = page(client, world.cadre, path, again)
    first = Issue.objects.get(list=draft)
    assert (status, first.number in html, "水压不足" in html) == (422, True, True)
    assert page(client, world.cadre, path, {**again, "sure": "on"})[0] == 302
    assert Issue.objects.filter(list=draft).count() == 2


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"quantity": "许多"}, "输入一个数字"),
        ({"quantity": "-1"}, "数量应大于零"),
        ({"found_on": "2018-13-01"}, "日期"),
        ({"description": ""}, "必填"),
        ({"village": "无此村"}, "没有叫“无此村”的村"),
        ({"township": "", "village": "甲一村"}, "填了村，请选乡镇"),
        ({"township": "", "responsible": ""}, "请写明责任单位"),
        ({"responsible": "天上局"}, "天上局"),
        ({"category": "999999"}, "999999"),
    ],
)
def test_what_the_office_types_wrongly_is_said_and_kept(
    world: World, draft: IssueList, client: Client, wrong: dict[str, str], sentence: str
) -> None:
    told = {**ISSUE, "township": str(world.township.pk), "place": "河边", **wrong}
    status, html = page(client, world.office, f"/lists/{draft.pk}/register/", told)
    assert status == 422
    assert sentence in html
    assert "河边" in html
    assert not Issue.objects.exists()


def test_the_office_locks_before_the_day_only_on_purpose(
    world: World, draft: IssueList, client: Client
) -> None:
    factories.issue(draft, world.office, township=world.township)
    path = f"/lists/{draft.pk}/lock/"
    assert "锁定后不能解锁" in page(client, world.office, path)[1]
    assert "请先勾选确认" in page(client, world.office, path, {})[1]
    status, html = page(client, world.office, path, {"sure": "on"})
    assert (status, "还没有到" in html) == (422, True)
    assert page(client, world.office, path, {"sure": "on", "early": "on"})[0] == 302
    draft.refresh_from_db()
    assert draft.locked_at is not None
    assert "由office锁定" in page(client, world.office, path)[1]
    assert page(client, world.head, path)[0] == 403


def test_a_supplement_is_marked_wherever_the_issue_stands(
    world: World, draft: IssueList, client: Client
) -> None:
    """W-001: 锁定后增补."""
    locking.lock_list(draft.pk, world.office, is_early=True)
    told = {**ISSUE, "township": str(world.township.pk), "document": "督〔2018〕3号"}
    status, html = page(client, world.office, f"/lists/{draft.pk}/register/", told)
    assert (status, "督〔2018〕3号" in html) == (422, True)
    told["reason"] = "省级督查新发现"
    assert page(client, world.office, f"/lists/{draft.pk}/register/", told)[0] == 302
    issue = Issue.objects.get(list=draft)
    assert "省级督查新发现" in page(client, world.office, f"/lists/{draft.pk}/")[1]
    assert "锁定后增补" in page(client, world.office, "/issues/?list=L2&measure=supplement")[1]
    assert "锁定后增补" in page(client, world.office, f"/issues/{issue.number}/")[1]


def test_two_people_take_a_list_over_on_its_page(world: World, draft: IssueList, client: Client) -> None:
    factories.issue(draft, world.office, township=world.township, claims=[(1, date(2018, 5, 1))])
    path = f"/lists/{draft.pk}/takeover/"
    assert page(client, world.office, path, {"reason": "已验收", "document": ""})[0] == 422
    assert page(client, world.office, path, {"reason": "已验收", "document": "9号"})[0] == 302
    status, html = page(client, world.office, path, {"decision": "confirm"})
    assert (status, "须由另一人确认" in html) == (422, True)
    assert page(client, world.second, path, {"decision": "confirm"})[0] == 302
    issue = Issue.objects.get(list=draft)
    assert "已销号（接收）" in page(client, world.office, f"/issues/{issue.number}/")[1]
    assert "已销号（接收）" in page(client, world.office, "/issues/?state=taken_over")[1]


def test_the_office_copies_edits_and_chooses_a_template(
    world: World, draft: IssueList, client: Client
) -> None:
    first = ListTemplate.objects.create(
        code="a", name="甲模板", checklist=[{"code": "root", "text": "根源"}], is_shipped=True
    )
    path = f"/setup/templates/add/?from={first.pk}"
    assert "根源" in page(client, world.office, path)[1]
    told = {"code": "b", "name": "乙模板", "checklist": "根源\n教训", "evidence": "成效照片：现场"}
    assert page(client, world.office, path, {**told, "evidence": "录像：现场"})[0] == 422
    assert page(client, world.office, path, told)[0] == 302
    made = ListTemplate.objects.get(code="b")
    assert [row["code"] for row in made.checklist] == ["root", "c1"]
    assert "已有同名" in page(client, world.office, path, told)[1]
    edit = f"/setup/templates/{made.pk}/"
    assert page(client, world.office, edit, {"name": "乙模板", "needs_site_visit": "on"})[0] == 302
    assert page(client, world.office, f"/lists/{draft.pk}/template/", {"template": "b"})[0] == 302
    draft.refresh_from_db()
    assert draft.template == made
    assert page(client, world.office, f"/lists/{draft.pk}/template/", {"template": "zz"})[0] == 404
    assert "乙模板" in page(client, world.office, "/setup/templates/")[1]


def test_the_queries_of_a_list_do_not_follow_units_or_issues(
    world: World, draft: IssueList, client: Client
) -> None:
    client.force_login(world.office)
    counts = []
    for more in range(2):
        towns = [factories.unit(f"T{more}{n}", f"{more}-{n}镇", "township", world.county) for n in range(3)]
        parts.start(draft.pk, towns, world.office)
        for town in towns:
            factories.issue(draft, world.office, township=town, reported_by=town)
        client.get(f"/lists/{draft.pk}/")
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/lists/{draft.pk}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_page_of_an_issue_points_to_earlier_findings_and_the_derived_lead(
    world: World, draft: IssueList, client: Client
) -> None:
    """W-052; an issue without 牵头单位 takes its category's 主管部门, marked 系统推定."""
    first = world.issue(found_on=date(2017, 5, 1), unit=world.township)
    again = factories.issue(
        draft, world.office, township=world.township, unit=world.township, category=world.category
    )
    html = page(client, world.office, f"/issues/{again.number}/")[1]
    assert "同一单位此前的同类问题" in html
    assert first.number in html
    assert "某县住建局（系统推定）" in html
    factories.responsible(again, world.other, role="lead")
    assert "系统推定" not in page(client, world.office, f"/issues/{again.number}/")[1]


def test_a_template_calls_fields_by_its_own_words(world: World, draft: IssueList, client: Client) -> None:
    draft.template = ListTemplate.objects.create(code="e", name="督察", labels={"place": "点位"})
    draft.save(update_fields=["template"])
    assert "点位" in page(client, world.office, f"/lists/{draft.pk}/register/")[1]
    issue = factories.issue(draft, world.office, township=world.township)
    html = page(client, world.office, f"/issues/{issue.number}/")[1]
    assert "<dt>点位</dt>" in html
    assert "<dt>地点</dt>" not in html
