"""预警: the ladder in scope, rules with their dry run, 约谈 written down, 零搁置, what an issue was told; the API."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alerts.models import Alert, LadderRecord, RuleSet
from alerts.queries.rungs import rules_in_force
from alerts.rules.ladder import Subject
from alerts.rules.presets import default_rungs, presets
from alerts.services.ladder_records import RecordRefused, record
from alerts.services.rules import RulesRefused, set_rules
from alerts.services.scan import scan
from tests import factories
from tests.alerts.test_scan import DUE, World, world
from townships.models import Event, Seat, User
from townships.rules.roles import Duty

__all__ = ["world"]
TODAY = DUE + timedelta(days=16)


@pytest.fixture(autouse=True)
def day(on_day: Any) -> None:
    on_day(TODAY.isoformat())


def reading(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page(user: User, path: str = "/alerts/") -> str:
    answer = reading(user).get(path)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def test_the_ladder_shows_each_item_once_on_its_rung_with_the_seats_told(world: World) -> None:
    issue = world.issue(DUE, "D-A", description="水管未通，联系13812345678")
    scan(on=TODAY)
    shown = page(world.by, "/alerts/?subject=due")
    assert shown.count(f">{issue.number}</a>") == 1
    assert "住建局分管领导、主要负责人" in shown.replace("主要负责人、分管领导", "分管领导、主要负责人")
    assert "约谈" in shown and "13812345678" not in shown
    assert "没有符合这些条件的预警" in page(world.by, "/alerts/?subject=due&rung=handover")


def test_a_unit_sees_what_its_own_seats_are_told_and_an_outsider_nothing(world: World) -> None:
    mine, other = world.issue(DUE, "D-A"), world.issue(DUE, "D-B")
    scan(on=TODAY)
    staff = factories.user("department_staff", world.unit("D-A"))
    shown = page(staff)
    assert mine.number in shown and other.number not in shown
    outsider = factories.user("office", factories.unit("880000", "别县", "county"))
    assert mine.number not in page(outsider)


def test_a_leader_narrows_to_the_units_he_is_in_charge_of(world: World) -> None:
    mine, other = world.issue(DUE, "D-A"), world.issue(DUE, "D-B")
    leader = factories.user("leader", world.county)
    for unit in (world.unit("D-A"), world.county):  # his own seat at the county, beside that of 督查室
        Seat.objects.create(unit=unit, duty=Duty.LEADER_IN_CHARGE.value, user=leader)
    scan(on=TODAY)
    assert other.number in page(leader) and "只看我分管的单位" in page(leader)
    narrowed = page(leader, "/alerts/?mine=1")
    assert mine.number in narrowed and other.number not in narrowed


def test_queries_do_not_grow_with_the_rows(world: World) -> None:
    world.issue(DUE, "D-A")
    scan(on=TODAY)
    client = reading(world.by)
    client.get("/alerts/")
    with CaptureQueriesContext(connection) as few:
        client.get("/alerts/")
    for _ in range(8):
        world.issue(DUE, "D-A")
    scan(on=TODAY)
    with CaptureQueriesContext(connection) as many:
        client.get("/alerts/")
    assert len(many) == len(few)


def test_a_wrong_filter_is_answered_in_words(world: World) -> None:
    answer = reading(world.by).get("/alerts/?rung=nothing")
    assert answer.status_code == 400 and "没有“nothing”这一项" in answer.content.decode()


def test_rules_are_versions_from_a_day_on(world: World) -> None:
    jiangjin = presets()["jiangjin"]
    made = set_rules(
        world.campaign, rungs=jiangjin.rungs, from_on=TODAY + timedelta(days=1), name="江津", by=world.by
    )
    assert rules_in_force(world.campaign.pk, TODAY).name == "默认六级"
    then = rules_in_force(world.campaign.pk, TODAY + timedelta(days=1))
    assert set(then.rungs) == set(jiangjin.rungs) and then.rules == made
    assert Event.objects.filter(action="set_rules").count() == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"from_on": TODAY - timedelta(days=1)}, "已经过了"),
        ({"name": " "}, "请写规则的名称"),
        ({"rungs": ()}, "至少要有一个梯级"),
    ],
)
def test_rules_that_cannot_be_are_refused(world: World, change: dict[str, Any], said: str) -> None:
    given = {"rungs": default_rungs(), "from_on": TODAY, "name": "新规则", **change}
    with pytest.raises(RulesRefused, match=said):
        set_rules(world.campaign, **given, by=world.by)
    assert not RuleSet.objects.exists()


def test_only_the_office_sets_rules(world: World) -> None:
    cadre = factories.user("cadre", world.unit("D-A"))
    with pytest.raises(RulesRefused, match="填报员不能设置预警规则"):
        set_rules(world.campaign, rungs=default_rungs(), from_on=TODAY, name="新", by=cadre)
    assert reading(cadre).get("/alerts/rules/").status_code == 403


def typed(html: str) -> dict[str, Any]:
    """The form of the page as a browser would send it back."""
    from html.parser import HTMLParser

    found: dict[str, Any] = {}

    class Reader(HTMLParser):
        select = ""

        def handle_starttag(self, tag: str, attrs: Any) -> None:
            at = dict(attrs)
            if tag == "select":
                self.select = at.get("name", "")
            if tag == "option" and "selected" in at:
                found[self.select] = at["value"]
            if tag == "option" and self.select not in found:
                found[self.select] = at["value"]
            if tag == "input" and at.get("name") and (at.get("type") != "checkbox" or "checked" in at):
                found.setdefault(at["name"], []).append(at.get("value", "on"))

    Reader().feed(html)
    return found


def test_the_rules_page_tries_and_then_puts_in_force_what_it_shows(world: World) -> None:
    world.issue(TODAY + timedelta(days=5), "D-A")
    client = reading(world.by)
    shown = client.get("/alerts/rules/change/?preset=jiangjin").content.decode()
    form = typed(shown)
    form["due-warning-days"] = ["-3"]
    tried = client.post("/alerts/rules/change/", {**form, "try": "1"}).content.decode()
    assert "整改期限：1件由“预警”变为“提醒”" in tried and not RuleSet.objects.exists()
    answer = client.post("/alerts/rules/change/", typed(tried) | {"from_on": TODAY.isoformat()})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    rules = rules_in_force(world.campaign.pk, TODAY)
    assert [rung.days for rung in rules.of(Subject.DUE)] == [-20, -3, 1]
    others = {rung for rung in presets()["jiangjin"].rungs if rung.subject is not Subject.DUE}
    assert {rung for rung in rules.rungs if rung.subject is not Subject.DUE} == others
    assert "江津：20/10/0" in client.get("/alerts/rules/").content.decode()


def test_what_was_typed_wrong_is_said_and_kept(world: World) -> None:
    client = reading(world.by)
    form = typed(client.get("/alerts/rules/change/").content.decode())
    form["due-reminder-days"] = ["二十"]
    answer = client.post("/alerts/rules/change/", form)
    assert (
        answer.status_code == 400 and "整改期限·提醒：天数、百分点和间隔须是整数" in answer.content.decode()
    )


def test_a_talk_is_written_down_by_a_person(world: World) -> None:
    issue = world.issue(DUE, "D-A")
    scan(on=TODAY)
    alert = Alert.objects.filter(subject="due", height=5).latest("pk")
    client = reading(world.by)
    answer = client.post(
        f"/alerts/records/{alert.pk}/",
        {"person": "住建局局长", "happened_on": TODAY.isoformat(), "words": "限期五天"},
    )
    assert answer.status_code == 302
    made = LadderRecord.objects.get()
    assert (made.number, made.height, made.person, made.recorded_by) == (
        issue.number,
        5,
        "住建局局长",
        world.by,
    )
    assert "已约谈：住建局局长" in page(world.by, "/alerts/?subject=due")
    assert Event.objects.filter(action="record_rung", subject_id=issue.pk).exists()


@pytest.mark.parametrize("change", [{"words": " "}, {"happened_on": TODAY + timedelta(days=1)}])
def test_a_record_without_words_or_of_a_day_to_come_is_refused(world: World, change: dict[str, Any]) -> None:
    world.issue(DUE, "D-A")
    scan(on=TODAY)
    alert = Alert.objects.filter(subject="due", height=5).latest("pk")
    with pytest.raises(RecordRefused):
        record(alert, **{"person": "局长", "happened_on": TODAY, "words": "谈了", **change}, by=world.by)


def test_nothing_stands_shelved_without_being_listed(world: World) -> None:
    """W-115: nobody answers, no next date, the date is past."""
    lost = world.issue(DUE + timedelta(days=90), township=None)
    undated = world.issue(None, "D-A", deadline_class="undetermined", unit=world.unit("D-A"))
    fine = world.issue(TODAY + timedelta(days=9), "D-A", unit=world.unit("D-A"))
    shown = page(world.by, "/alerts/shelved/")
    assert lost.number in shown and undated.number in shown and fine.number not in shown
    assert undated.number not in page(world.by, "/alerts/shelved/?why=no_owner")


def test_an_issues_page_says_what_was_told_and_what_comes_next(world: World) -> None:
    issue = world.issue(DUE, "D-A")
    scan(on=DUE + timedelta(days=1))
    scan(on=TODAY)
    shown = page(world.by, f"/issues/{issue.number}/")
    assert "2018-07-02" in shown and "没有变化的话" in shown, "the next week of 约谈, before 移交"
    assert "逾期15天" in shown and "时间推移" in shown


def test_the_api_gives_rows_in_scope_without_any_text(world: World) -> None:
    issue = world.issue(DUE, "D-A", description="水管未通")
    scan(on=TODAY)
    answer = reading(world.by).get("/api/v1/alerts/?subject=due&page_size=2")
    body = answer.json()
    assert answer.status_code == 200 and len(body["results"]) == 2 and body["next"]
    first = body["results"][0]
    assert (first["number"], first["rung"], first["subject"]) == (issue.number, "talk", "due")
    assert "水管" not in answer.content.decode()
    outsider = factories.user("cadre", world.unit(f"{factories.COUNTY}103"))
    assert reading(outsider).get("/api/v1/alerts/").json()["results"] == []
    assert reading(world.by).get("/api/v1/alerts/?rung=x").status_code == 400
    assert date.fromisoformat(first["anchor_on"]) == DUE
