"""整改计划: written, sent, signed by the head, approved or returned; its versions; measures done one by one."""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from issues.models import Action, Category, FieldChange, Issue, IssueList, ListTemplate, Plan
from issues.queries.lagging import counted_by_unit, measures_done, planless, shelved
from issues.queries.planning import beginning, versions
from issues.rules.planning import Asked, Content, Node, Step, missing, names_in, wrong_nodes
from issues.rules.stages import State
from issues.services.life import planning
from issues.services.workflow import Refused
from rectify.lib import clock
from tests.issues.life.conftest import World
from townships.models import Delegation, Event

TODAY = date(2018, 6, 6)
JULY = date(2018, 7, 20)
WHOLE = Content(
    requirement="按标准腾退超出面积",
    effect="10户全部不超标准",
    leader="张某某",
    person="李某",
    steps=(Step("入户测量", "王某", date(2018, 6, 20)), Step("拆除超出部分", "", JULY)),
    nodes=(Node(date(2018, 6, 30), Decimal(4)), Node(JULY, Decimal(10), "全部完成")),
)
FORM = {
    "requirement": "按标准腾退",
    "effect": "全部达标",
    "leader": "张某某",
    "person": "李某",
    "steps-TOTAL_FORMS": "2",
    "steps-INITIAL_FORMS": "0",
    "steps-0-text": "入户测量",
    "steps-0-due_on": "2018-06-20",
    "nodes-TOTAL_FORMS": "1",
    "nodes-INITIAL_FORMS": "0",
    "then": "send",
}


def _approved(world: World, issue: Issue, content: Content = WHOLE) -> Plan:
    planning.draft_and_send(issue.pk, world.cadre, content)
    planning.sign_plan(issue.pk, world.head)
    plan = planning.approve_plan(issue.pk, world.staff)
    issue.refresh_from_db()
    return plan


# --- what a plan lacks ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("requirement", "整改要求"),
        ("effect", "整改效果"),
        ("leader", "责任领导"),
        ("person", "责任人"),
    ],
)
def test_a_plan_that_lacks_a_part_is_refused_by_its_name(world: World, field: str, name: str) -> None:
    """W-005, W-044."""
    issue = world.issue(State.PLANNING)
    given = Content(**{**{f: getattr(WHOLE, f) for f in WHOLE.__slots__}, field: " "})
    with pytest.raises(Refused, match=name):
        planning.draft_and_send(issue.pk, world.cadre, given)
    assert not Plan.objects.exists()


def test_without_measures_or_any_date_it_is_not_sent() -> None:
    """W-005, W-044: measures; nodes, or a date with every measure."""
    assert missing(Content(), Asked()) == [
        "整改要求",
        "整改措施",
        "整改效果",
        "责任领导",
        "责任人",
    ]
    undated = Content("要求", "效果", "张某", "李某", steps=(Step("一"), Step("二", "", JULY)))
    assert missing(undated, Asked()) == ["时间节点（或者给每项措施写明期限）"]
    assert missing(WHOLE, Asked()) == []


def test_what_takes_long_needs_a_road_map() -> None:
    """W-076."""
    dated = Content("要求", "效果", "张某", "李某", steps=(Step("一", "", JULY),))
    assert missing(dated, Asked("dated")) == []
    assert missing(dated, Asked("long")) == ["时间节点（长期坚持的问题须有路线图）"]


def test_two_leaders_are_refused() -> None:
    """W-078."""
    two = Content("要求", "效果", "张某、李某", "王某", steps=(Step("一", "", JULY),))
    assert missing(two, Asked()) == ["责任领导（只能是一人）"]
    assert names_in("欧阳某") == ["欧阳某"]


def test_money_and_place_are_asked_where_the_list_asks_them(world: World) -> None:
    """W-079, W-080: to the place and the person; where the money comes from."""
    template = ListTemplate.objects.create(
        code="works",
        name="工程类",
        asks_funds=True,
        extra_fields=[
            {"name": "x1", "label": "整改地点", "at": "plan"},
            {"name": "x2", "label": "帮扶责任人", "at": "plan"},
        ],
    )
    IssueList.objects.filter(pk=world.listed.pk).update(template=template)
    issue = world.issue(State.PLANNING)
    with pytest.raises(Refused, match="资金来源、整改地点"):
        planning.draft_and_send(issue.pk, world.cadre, WHOLE)
    fields = {name: getattr(WHOLE, name) for name in WHOLE.__slots__}
    told = Content(**{**fields, "fund_source": "县级财政", "extra": {"x1": "三社水渠"}})
    _approved(world, issue, told)
    assert (issue.place, issue.fund_source) == ("三社水渠", "县级财政")
    known = world.issue(State.PLANNING, place="二社")
    assert beginning(known).extra == {"x1": "二社"}


def test_nodes_never_fall_and_never_pass_what_is_to_be_put_right() -> None:
    assert "超过了应整改的10户" in wrong_nodes([Node(JULY, Decimal(11))], Decimal(10), "户")
    falling = [Node(JULY, Decimal(3)), Node(TODAY, Decimal(4))]
    assert "少于前一个节点" in wrong_nodes(falling, Decimal(10), "户")
    assert not wrong_nodes([Node(JULY, Decimal(10)), Node(TODAY, None, "开工")], Decimal(10), "户")


# --- from the draft to the plan in force ---------------------------------------------------------------------


def test_the_plan_goes_through_three_hands(world: World) -> None:
    issue = world.issue(State.PLANNING, leader="赵某")
    plan = _approved(world, issue)
    assert issue.state == State.RECTIFYING
    assert (issue.leader, issue.person) == ("张某某", "李某")
    steps = list(issue.actions.values_list("text", "person", "due_on"))
    assert steps == [("入户测量", "王某", date(2018, 6, 20)), ("拆除超出部分", "李某", JULY)]
    assert [(one.on, one.quantity) for one in issue.milestones.all()] == [
        (date(2018, 6, 30), Decimal(4)),
        (JULY, Decimal(10)),
    ]
    change = FieldChange.objects.get(issue=issue, field="leader")
    assert (change.before, change.after, change.cause, change.cause_id) == ("赵某", "张某某", "plan", plan.pk)
    actions = Event.objects.filter(subject_type="issue", subject_id=issue.pk).values_list("action", flat=True)
    assert list(actions) == ["draft_plan", "send_plan", "sign_plan", "approve_plan"]


def test_without_the_head_it_waits_for_the_head(world: World) -> None:
    """W-028: a leader's or a cadre's signature is none."""
    issue = world.issue(State.PLANNING)
    plan = planning.draft_and_send(issue.pk, world.cadre, WHOLE)
    for person in (world.cadre, world.leader, world.office):
        with pytest.raises(Refused):
            planning.sign_plan(issue.pk, person)
    plan.refresh_from_db()
    assert plan.get_state_display() == "待主要负责人签字"
    with pytest.raises(Refused, match="计划待审"):
        planning.approve_plan(issue.pk, world.staff)


def test_a_delegate_signs_until_the_date_and_not_after(world: World, on_day: object) -> None:
    """W-028: delegated in writing until a date."""
    Delegation.objects.create(
        head=world.head,
        delegate=world.cadre,
        document="某府办〔2018〕3号",
        from_on=TODAY,
        until_on=TODAY,
        made_at=clock.now(),
    )
    late = world.issue(State.PLANNING)
    planning.draft_and_send(late.pk, world.cadre, WHOLE)
    issue = world.issue(State.PLANNING)
    planning.draft_and_send(issue.pk, world.cadre, WHOLE)
    planning.sign_plan(issue.pk, world.cadre)
    said = Event.objects.get(subject_id=issue.pk, action="sign_plan").summary
    assert said == "cadre受head书面授权（某府办〔2018〕3号）代签，报送整改计划第1版"
    on_day("2018-06-07")  # type: ignore[operator]
    with pytest.raises(Refused):
        planning.sign_plan(late.pk, world.cadre)


def test_a_returned_version_stays_and_the_next_is_written_from_it(world: World) -> None:
    issue = world.issue(State.PLANNING)
    planning.draft_and_send(issue.pk, world.cadre, WHOLE)
    planning.sign_plan(issue.pk, world.head)
    with pytest.raises(Refused, match="不在您的工作范围内"):
        planning.return_plan(issue.pk, world.stranger, lacking=[], words="不行")
    planning.return_plan(issue.pk, world.staff, lacking=["整改效果"], words="效果写不出数")
    issue.refresh_from_db()
    assert issue.state == State.PLANNING
    with pytest.raises(Refused, match="已退回"):
        planning.send_plan(issue.pk, world.cadre)
    assert beginning(issue) == WHOLE
    planning.draft_and_send(issue.pk, world.cadre, WHOLE)
    planning.return_plan(issue.pk, world.head, lacking=[], words="措施太粗")
    told = [(one.version, one.word, one.missing, one.words) for one in versions(issue)]
    assert told == [
        (2, "已退回", [], "措施太粗"),
        (1, "已被新版代替", ["整改效果"], "效果写不出数"),
    ]


def test_a_revision_replaces_the_plan_in_force_and_keeps_what_was_done(world: World) -> None:
    """W-078: one leader, one plan in force; the change of leader is kept."""
    issue = world.issue(State.PLANNING)
    _approved(world, issue)
    first = issue.actions.get(position=0)
    planning.finish_action(issue.pk, world.cadre, actions=[first.pk], done_on=TODAY)
    fields = {name: getattr(WHOLE, name) for name in WHOLE.__slots__}
    second = Content(**{**fields, "leader": "钱某", "steps": (Step("拆除", "", JULY), WHOLE.steps[0])})
    _approved(world, issue, second)
    assert issue.leader == "钱某"
    assert [(one.version, one.word) for one in versions(issue)] == [(2, "已批准"), (1, "已被新版代替")]
    assert list(issue.actions.values_list("text", "done_on")) == [("拆除", None), ("入户测量", TODAY)]
    changes = FieldChange.objects.filter(issue=issue, field="leader").values_list("before", "after")
    assert list(changes) == [("", "张某某"), ("张某某", "钱某")]
    plan = Plan.objects.get(issue=issue, version=1)
    plan.state = "approved"
    with pytest.raises(IntegrityError), transaction.atomic():
        plan.save()


def test_a_revision_under_way_that_is_returned_leaves_the_issue_at_work(world: World) -> None:
    issue = world.issue(State.PLANNING)
    _approved(world, issue)
    planning.draft_and_send(issue.pk, world.cadre, WHOLE)
    planning.sign_plan(issue.pk, world.head)
    planning.return_plan(issue.pk, world.office, lacking=[], words="按原计划执行")
    issue.refresh_from_db()
    assert issue.state == State.RECTIFYING


def test_an_answering_department_does_not_decide_about_its_own_plan(world: World) -> None:
    issue = world.issue(State.PLANNING, units=[world.township, world.department])
    planning.draft_and_send(issue.pk, world.cadre, WHOLE)
    planning.sign_plan(issue.pk, world.head)
    with pytest.raises(Refused, match="本单位对这个问题负责"):
        planning.approve_plan(issue.pk, world.staff)
    planning.approve_plan(issue.pk, world.office)


def test_the_form_begins_with_the_ledger_and_the_standard(world: World) -> None:
    """W-021."""
    Category.objects.update(standard="人均不超过25平方米", standard_on=date(2018, 5, 1))
    issue = world.issue(State.PLANNING, leader="张某", person="李某", goal="全部腾退")
    Action.objects.create(issue=issue, position=0, text="入户核实")
    issue = Issue.objects.get(pk=issue.pk)
    assert beginning(issue) == Content(
        "人均不超过25平方米", "全部腾退", "张某", "李某", steps=(Step("入户核实"),)
    )


# --- the page ------------------------------------------------------------------------------------------------


def test_the_page_saves_and_sends_in_one(world: World, client: Client) -> None:
    issue = world.issue(State.PLANNING, deadline_class="dated", due_on=JULY)
    client.force_login(world.cadre)
    page = client.get(f"/issues/{issue.number}/draft_plan/").content.decode()
    assert len(re.findall(r'name="steps-\d+-text"', page)) == 5
    assert client.post(f"/issues/{issue.number}/draft_plan/", FORM).status_code == 302
    plan = Plan.objects.get(issue=issue)
    assert (plan.state, plan.steps[0]["text"]) == ("awaiting_head", "入户测量")
    client.force_login(world.head)
    shown = client.get(f"/issues/{issue.number}/sign_plan/").content.decode()
    assert "入户测量" in shown
    assert "张某某" in shown


def test_no_number_of_a_person_stands_in_the_form(world: World, client: Client) -> None:
    """Invariant 11."""
    issue = world.issue(State.PLANNING, leader="张某13812345678", goal="通知13812345678")
    Action.objects.create(issue=issue, position=0, text="联系13812345678")
    client.force_login(world.cadre)
    for verb in ("draft_plan", "finish_action"):
        page = client.get(f"/issues/{issue.number}/{verb}/")
        assert page.status_code == 200
        assert "13812345678" not in page.content.decode()
        assert "138****5678" in page.content.decode()


def test_another_row_keeps_what_was_typed_and_judges_nothing(world: World, client: Client) -> None:
    issue = world.issue(State.PLANNING)
    client.force_login(world.cadre)
    given = {**FORM, "more": "steps", "steps-1-person": "王某"}
    del given["then"]
    answer = client.post(f"/issues/{issue.number}/draft_plan/", given)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert len(re.findall(r'name="steps-\d+-text"', page)) == 3
    assert "入户测量" in page
    assert "王某" in page
    assert "需要改正" not in page
    assert 'class="error"' not in page
    assert not Plan.objects.exists()


def test_what_is_missing_is_named_and_what_was_typed_stays(world: World, client: Client) -> None:
    issue = world.issue(State.PLANNING, deadline_class="dated", due_on=JULY)
    client.force_login(world.cadre)
    answer = client.post(f"/issues/{issue.number}/draft_plan/", {**FORM, "effect": ""})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "整改计划还缺：整改效果。" in page
    assert "入户测量" in page
    kept = client.post(f"/issues/{issue.number}/draft_plan/", {**FORM, "effect": "", "then": "keep"})
    assert kept.status_code == 302
    assert Plan.objects.get(issue=issue).state == "draft"


@pytest.mark.parametrize(
    "bad",
    [
        {"steps-1-person": "王某"},
        {"nodes-0-text": "开工"},
        {"nodes-0-on": "2018-07-01"},
        {"nodes-0-on": "七月一日", "nodes-0-text": "开工"},
        {"nodes-0-on": "2018-07-01", "nodes-0-quantity": "-1"},
        {"steps-TOTAL_FORMS": "100000"},
        {"steps-TOTAL_FORMS": "x"},
        {"steps-0-text": "\x00"},
    ],
)
def test_a_bad_row_is_refused_in_its_place(world: World, client: Client, bad: dict[str, str]) -> None:
    issue = world.issue(State.PLANNING)
    client.force_login(world.cadre)
    answer = client.post(f"/issues/{issue.number}/draft_plan/", {**FORM, **bad})
    assert answer.status_code == 422
    assert "按标准腾退" in answer.content.decode()


def test_the_page_of_versions_costs_as_many_queries_for_many(world: World) -> None:
    one, many = world.issue(State.PLANNING), world.issue(State.PLANNING)
    _approved(world, one)
    for _ in range(3):
        _approved(world, many)
    with CaptureQueriesContext(connection) as first:
        versions(one)
    with CaptureQueriesContext(connection) as second:
        versions(many)
    assert len(first) == len(second)


# --- measures ------------------------------------------------------------------------------------------------


def test_measures_are_ticked_with_their_day(world: World, client: Client) -> None:
    issue = world.issue()
    first, _ = (Action.objects.create(issue=issue, position=place, text=f"措施{place}") for place in (0, 1))
    client.force_login(world.cadre)
    given = {"actions": [first.pk], "done_on": "2018-06-05"}
    assert client.post(f"/issues/{issue.number}/finish_action/", given).status_code == 302
    first.refresh_from_db()
    assert first.done_on == date(2018, 6, 5)
    again = client.post(f"/issues/{issue.number}/finish_action/", given)
    assert again.status_code == 422
    for day in ("2018-06-07", "2017-01-01"):
        late = {"actions": [issue.actions.get(position=1).pk], "done_on": day}
        assert client.post(f"/issues/{issue.number}/finish_action/", late).status_code == 409


def test_progress_by_measures_and_by_issues_differ(world: World) -> None:
    """W-106: 30 issues, 148 measures."""
    issues = [world.issue() for _ in range(30)]
    counts = [5] * 28 + [4] * 2
    Action.objects.bulk_create(
        Action(issue=issue, position=place, text="措施", done_on=TODAY if place < 3 else None)
        for issue, count in zip(issues, counts, strict=True)
        for place in range(count)
    )
    Issue.objects.filter(pk__in=[one.pk for one in issues[:6]]).update(claimed=10)
    found = measures_done([issue.pk for issue in issues])
    assert (found.issues, found.issues_done, found.measures, found.measures_done) == (30, 6, 148, 90)
    assert measures_done(Issue.objects.all()) == found


# --- what lags -----------------------------------------------------------------------------------------------


def test_issues_without_a_plan_after_the_date_are_counted_by_unit(world: World) -> None:
    """W-005: the plan is due on 06-05; on 06-06 who has none is overdue."""
    campaign = world.campaign
    campaign.plan_due_on = date(2018, 6, 5)
    campaign.save()
    without = [world.issue(State.PLANNING), world.issue()]
    other = world.issue(State.PLANNING, units=[world.other])
    unsigned_by_head = world.issue(State.PLANNING)
    planning.draft_and_send(unsigned_by_head.pk, world.cadre, WHOLE)
    submitted = world.issue(State.PLANNING)
    planning.draft_and_send(submitted.pk, world.cadre, WHOLE)
    planning.sign_plan(submitted.pk, world.head)
    _approved(world, world.issue(State.PLANNING))
    world.issue(State.PLANNING, deadline_class="immediate")
    world.issue(State.AWAITING_SIGNATURE)
    found = planless(campaign, TODAY)
    assert set(found) == {*without, other, unsigned_by_head}
    assert counted_by_unit(found) == {world.township.pk: 3, world.other.pk: 1}
    assert not planless(campaign, date(2018, 6, 5))


def test_without_a_date_of_the_campaign_the_plan_is_due_three_days_after_the_lock(world: World) -> None:
    """W-005."""
    issue = world.issue(State.PLANNING)
    locked_on = clock.beijing_date(world.listed.locked_at)
    assert not planless(world.campaign, locked_on + timedelta(days=3))
    assert list(planless(world.campaign, locked_on + timedelta(days=4))) == [issue]


def test_nothing_open_is_shelved(world: World) -> None:
    """W-115: an owner and a date that is still to come."""
    dated = {"deadline_class": "dated", "due_on": JULY}
    world.issue(**dated)
    past = world.issue(deadline_class="dated", due_on=date(2018, 6, 5))
    undated = world.issue(deadline_class="undetermined")
    review = world.issue(State.LONG_TERM, next_review_on=date(2018, 6, 1))
    world.issue(State.LONG_TERM, next_review_on=JULY)
    ownerless = world.issue(township=None, **dated)
    Issue.objects.filter(pk=ownerless.pk).update(unit=None)
    world.issue(State.CLOSED, deadline_class="dated", due_on=date(2018, 6, 5))
    found = {one: one.shelved_because for one in shelved(world.campaign, TODAY)}
    assert found == {past: "past", undated: "no_date", review: "past", ownerless: "no_owner"}


def test_the_list_is_narrowed_to_what_one_leader_answers_for(world: World, client: Client) -> None:
    """W-053."""
    led = world.issue(State.PLANNING)
    other = world.issue(leader="钱某")
    _approved(world, led)
    client.force_login(world.office)
    page = client.get("/issues/?leader=张某某").content.decode()
    assert led.number in page
    assert other.number not in page
    assert "leader=%E5%BC%A0%E6%9F%90%E6%9F%90" in client.get(f"/issues/{led.number}/").content.decode()
