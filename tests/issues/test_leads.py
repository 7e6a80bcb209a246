"""Leads: who sees one and who must not; judged, handed over, verified, made an issue (W-007, W-094)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from issues.models import Issue, Lead
from issues.queries import leads as queries
from issues.rules.leads import LeadView
from issues.rules.registering import Typed
from issues.services import leads
from issues.services.leads import NewLead, NoLead, StaleLead
from issues.services.life.registering import Where, Why
from issues.services.workflow import Refused
from projects.models import Campaign
from rectify.lib import clock
from tests import factories
from tests.issues.test_ledger_concurrency import side_by_side
from townships.models import Event, Unit, User
from townships.queries.audit import events_seen_by

pytestmark = pytest.mark.django_db

WORDS = "某村干部虚报冒领补贴"
FROM = "群众来信"
ENOUGH = "已查实，退回资金并处分一人"


class County:
    """某县 on 2018-06-06; 乙镇's cadre has reported a lead about 甲镇's 甲一村."""

    def __init__(self) -> None:
        self.top = factories.county()
        self.unit = {one.name: one for one in Unit.objects.all()}
        town, other, village = self.unit["甲镇"], self.unit["乙镇"], self.unit["甲一村"]
        bureau, finance = self.unit["某县住建局"], self.unit["某县财政局"]
        self.people: dict[str, User] = {
            "reporter": factories.user("cadre", other, "reporter"),
            "colleague": factories.user("cadre", other, "colleague"),
            "reporters_head": factories.user("unit_head", other, "reporters_head"),
            "concerned": factories.user("cadre", town, "concerned"),
            "concerned_head": factories.user("unit_head", town, "concerned_head"),
            "concerned_village": factories.user("cadre", village, "concerned_village"),
            "handler": factories.user("department_staff", bureau, "handler"),
            "handlers_head": factories.user("unit_head", bureau, "handlers_head"),
            "other_bureau": factories.user("department_staff", finance, "other_bureau"),
            "office": factories.user("office", self.top, "office"),
            "second_office": factories.user("office", self.top, "second_office"),
            "leader": factories.user("leader", self.top, "leader"),
            "inspector": factories.user("inspector", bureau, "inspector"),
            "sysadmin": factories.user("sysadmin", self.top, "sysadmin"),
            "auditor": factories.user("auditor", self.top, "auditor"),
            "discipline": factories.user("discipline", self.top, "discipline"),
        }
        self.campaign: Campaign = factories.campaign(self.top)
        self.lead = self.report("reporter")

    def report(self, who: str, **fields: Any) -> Lead:
        fields = {"township": self.unit["甲镇"], "village": self.unit["甲一村"], **fields}
        told = f"{WORDS}（第{count}起）" if (count := Lead.objects.count()) else WORDS
        words = {"description": told, "reported_on": date(2018, 6, 2), "source": FROM, **fields}
        return leads.register(self.campaign, NewLead(**words), self.people[who])

    def judge(self, who: str = "discipline", *, is_valid: bool = True, **more: Any) -> Lead:
        reason = more.pop("reason", "有凭证，具体可查")
        return leads.judge(self.lead.pk, is_valid=is_valid, reason=reason, by=self.people[who], **more)

    def hand(self, unit: str = "某县住建局", who: str = "discipline") -> Lead:
        return leads.hand(self.lead.pk, self.unit[unit], self.people[who])

    def result(self, who: str = "discipline", words: str = ENOUGH) -> Lead:
        return leads.record_result(self.lead.pk, words, date(2018, 6, 5), self.people[who])

    def seers(self) -> set[str]:
        return {
            who
            for who, user in self.people.items()
            if Lead.objects.visible_to(user).filter(pk=self.lead.pk).exists()
        }


@pytest.fixture
def county(on_day: Callable[[str], None]) -> County:
    on_day("2018-06-06")
    return County()


def page(client: Client, user: User, address: str = "/leads/") -> tuple[int, str]:
    client.force_login(user)
    answer = client.get(address)
    return answer.status_code, answer.content.decode()


# --- who sees it ---------------------------------------------------------------------------------------------
def test_only_who_registered_it_and_the_discipline_organ_see_a_new_lead(county: County) -> None:
    assert county.seers() == {"reporter", "discipline"}


def test_its_handling_unit_sees_it_too(county: County) -> None:
    county.hand()
    assert county.seers() == {"reporter", "discipline", "handler", "handlers_head"}


def test_the_unit_concerned_never_sees_it_whoever_reported_or_handles(county: County) -> None:
    Lead.objects.update(handling_unit=county.unit["甲镇"])
    assert county.seers() == {"reporter", "discipline"}
    Lead.objects.update(handling_unit=county.unit["甲一村"], registered_by=county.people["concerned_village"])
    assert county.seers() == {"discipline"}
    Lead.objects.update(registered_by=county.people["concerned"])
    assert county.seers() == {"discipline"}


def test_an_office_that_did_not_register_it_sees_nothing(county: County, client: Client) -> None:
    county.lead = county.report("office")
    assert county.seers() == {"office", "discipline"}
    assert page(client, county.people["second_office"], f"/leads/{county.lead.number}/")[0] == 404


def test_handed_to_the_seat_of_the_office_the_office_sees_it_and_nobody_else_there(county: County) -> None:
    county.hand("某县")
    assert county.seers() == {"reporter", "discipline", "office", "second_office"}
    seated = factories.user("office", county.unit["某县财政局"], "seated")
    county.hand("某县财政局")
    assert county.seers() == {"reporter", "discipline", "other_bureau"}
    assert Lead.objects.visible_to(seated).filter(pk=county.lead.pk).exists()


def test_a_clerk_of_the_county_itself_does_not_see_what_is_handed_to_its_bureaus(county: County) -> None:
    county.people["clerk"] = factories.user("cadre", county.top, "clerk")
    county.lead = county.report("reporter", township=None, village=None)
    county.hand()
    assert county.seers() == {"reporter", "discipline", "handler", "handlers_head"}


def test_another_countys_discipline_organ_sees_nothing(county: County) -> None:
    elsewhere = factories.unit("880001", "邻县", "county")
    assert not Lead.objects.visible_to(factories.user("discipline", elsewhere)).exists()


@pytest.mark.parametrize("who", ["leader", "inspector", "sysadmin", "auditor"])
def test_roles_without_leads_are_refused_and_not_offered_the_room(
    county: County, client: Client, who: str
) -> None:
    for address in ("/leads/", "/leads/add/", f"/leads/{county.lead.number}/"):
        status, text = page(client, county.people[who], address)
        assert (status, WORDS in text) == (403, False)
    assert 'href="/leads/"' not in page(client, county.people[who], "/accounts/me/")[1]


@pytest.mark.parametrize(
    "who",
    ["colleague", "reporters_head", "concerned", "concerned_head", "concerned_village", "other_bureau"],
)
def test_the_others_find_an_empty_ledger_and_no_such_lead(county: County, client: Client, who: str) -> None:
    county.hand()
    status, text = page(client, county.people[who])
    assert status == 200
    assert county.lead.number not in text
    assert "全部 0" in text
    for address in ("", "judge/", "hand/", "result/", "issue/"):
        client.force_login(county.people[who])
        path = f"/leads/{county.lead.number}/{address}"
        answer = client.get(path) if address in ("", "issue/") else client.post(path)
        assert answer.status_code in (403, 404), address


def test_the_source_is_hidden_from_who_handles_it(county: County, client: Client) -> None:
    Lead.objects.update(note="线索源自信访件", ledger_number="217", reported_by_text="乙镇")
    county.judge()
    county.hand()
    for address in ("/leads/", f"/leads/{county.lead.number}/"):
        status, text = page(client, county.people["handler"], address)
        assert (status, WORDS in text) == (200, True)
        assert not {word for word in (FROM, "乙镇", "信访", "217", "reporter") if word in text}, address
        for who in ("reporter", "discipline"):
            assert FROM in page(client, county.people[who], address)[1]


def test_nothing_of_a_lead_stands_in_titles_search_lists_or_the_api(county: County, client: Client) -> None:
    for address in ("/leads/", f"/leads/{county.lead.number}/"):
        text = page(client, county.people["discipline"], address)[1]
        assert WORDS not in text.partition("</title>")[0]
    for who in ("office", "reporter", "concerned", "leader"):
        for address in (f"/issues/?q={WORDS}", "/", "/lists/"):
            assert "甲一村" not in page(client, county.people[who], address)[1]
    assert WORDS not in page(client, county.people["auditor"], "/audit/")[1]


def test_identity_and_phone_numbers_are_masked_on_every_page(county: County, client: Client) -> None:
    county.lead = county.report("reporter", description="王某，51052419800101123X，电话13800001234，冒领")
    county.judge(reason="王某电话13800001234可核")
    county.result(words="51052419800101123X 已退款")
    for address in ("/leads/", f"/leads/{county.lead.number}/"):
        text = page(client, county.people["discipline"], address)[1]
        assert "138****1234" in text
        assert not {number for number in ("51052419800101123X", "13800001234") if number in text}


def test_the_auditor_alone_is_told_that_something_was_done(county: County) -> None:
    county.judge()
    seen = {who: events_seen_by(user).filter(subject_type="lead") for who, user in county.people.items()}
    assert {who for who, events in seen.items() if events.exists()} == {"auditor"}
    assert [event.action for event in seen["auditor"].order_by("pk")] == ["report_lead", "judge_lead"]
    assert not [event for event in seen["auditor"] if WORDS in event.summary or FROM in event.summary]


def test_the_trails_filter_does_not_offer_an_office_the_words_of_leads(
    county: County, client: Client
) -> None:
    assert "报送线索" not in page(client, county.people["office"], "/audit/")[1]
    assert "报送线索" in page(client, county.people["auditor"], "/audit/")[1]


# --- reported ------------------------------------------------------------------------------------------------
def typed(**fields: str) -> dict[str, str]:
    return {"description": WORDS, "reported_on": "2018-06-02", **fields}


def test_a_unit_reports_in_its_own_name(county: County, client: Client) -> None:
    client.force_login(county.people["colleague"])
    answer = client.post("/leads/add/", typed(source=FROM, reporter="甲镇"), follow=True)
    made = Lead.objects.latest("pk")
    assert answer.redirect_chain == [(f"/leads/{made.number}/", 302)]
    assert (made.reported_by, made.registered_by.username) == (county.unit["乙镇"], "colleague")


def test_an_office_says_which_unit_it_came_from(county: County, client: Client) -> None:
    client.force_login(county.people["office"])
    client.post("/leads/add/", typed(reporter="丙乡"))
    assert Lead.objects.latest("pk").reported_by == county.unit["丙乡"]


def test_a_lead_about_the_own_unit_leaves_ones_sight_and_says_so(county: County, client: Client) -> None:
    client.force_login(county.people["concerned"])
    town = county.unit["甲镇"]
    answer = client.post("/leads/add/", typed(township=str(town.pk)), follow=True)
    text = answer.content.decode()
    made = Lead.objects.latest("pk")
    assert "涉及本单位" in text
    assert made.number in text
    assert not Lead.objects.visible_to(county.people["concerned"]).exists()


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"description": " "}, "必填"),
        ({"reported_on": "2018-06-07"}, "晚于今天"),
        ({"description": "机密★10年 某件"}, "密级"),
        ({"village": "甲一村"}, "请选乡镇"),
        ({"reported_on": "昨天"}, "日期"),
    ],
)
def test_what_cannot_be_kept_is_refused_in_words_and_stays_typed(
    county: County, client: Client, wrong: dict[str, str], why: str
) -> None:
    client.force_login(county.people["reporter"])
    answer = client.post("/leads/add/", typed(place="村委会旁", **wrong) if "description" not in wrong else {
        **typed(place="村委会旁"), **wrong})  # fmt: skip
    assert answer.status_code == 422
    text = answer.content.decode()
    assert why in text or "不能为空" in text or "这个字段" in text
    assert "村委会旁" in text
    assert Lead.objects.count() == 1


def test_the_same_sent_twice_is_one_lead_and_the_second_is_told_its_number(
    county: County, client: Client
) -> None:
    client.force_login(county.people["colleague"])
    place = str(county.unit["甲镇"].pk)
    client.post("/leads/add/", typed(source=FROM, township=place))
    made = Lead.objects.latest("pk")
    again = client.post("/leads/add/", typed(source=FROM, township=place, description=f" {WORDS} "))
    assert again.status_code == 422
    assert f"编号{made.number}，没有重复登记" in again.content.decode()
    assert Lead.objects.count() == 2
    serial = int(made.number.rpartition("-")[2])
    for other in ({"description": f"{WORDS}，另一笔"}, {"reported_on": "2018-06-03"}, {"place": "村委会"}):
        serial += 1
        sent = {**typed(source=FROM, township=place), **other}
        assert client.post("/leads/add/", sent).status_code == 302
        assert Lead.objects.latest("pk").number.endswith(f"{serial:06d}")


@pytest.mark.django_db(transaction=True)
def test_sent_eight_times_at_once_it_is_one_lead(on_day: Callable[[str], None]) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer at a time")
    on_day("2018-06-06")
    county = County()

    def send() -> str:
        try:
            return county.report("colleague", description="同一条线索").number
        except Refused as refused:
            return str(refused)

    answers = side_by_side(*[send] * 8)
    numbers = [answer for answer in answers if answer.startswith("XS")]
    assert len(numbers) == 1
    assert sum(numbers[0] in answer for answer in answers) == 8
    assert Lead.objects.count() == 2


def test_another_person_another_campaign_and_one_withdrawn_are_not_the_same(county: County) -> None:
    said = NewLead(WORDS, date(2018, 6, 2), FROM)
    first = leads.register(county.campaign, said, county.people["reporter"])
    leads.register(county.campaign, said, county.people["colleague"])
    leads.register(factories.campaign(county.top, "other"), said, county.people["reporter"])
    with pytest.raises(Refused, match=first.number):
        leads.register(county.campaign, said, county.people["reporter"])
    Lead.objects.filter(pk=first.pk).update(withdrawn_at=clock.now())
    leads.register(county.campaign, said, county.people["reporter"])


# --- judged, handed over, verified ---------------------------------------------------------------------------
def test_w007_a_judgement_says_valid_or_not_why_and_who(county: County) -> None:
    county.judge(is_valid=False, reason="没有具体事实，无从查起")
    lead = Lead.objects.get(pk=county.lead.pk)
    assert (lead.valid, lead.judgement, lead.judged_by) == (
        False,
        "没有具体事实，无从查起",
        county.people["discipline"],
    )
    assert clock.beijing_date(lead.judged_at) == date(2018, 6, 6)
    with pytest.raises(Refused, match="研判理由"):
        county.judge(reason="是")


@pytest.mark.parametrize("who", ["reporter", "handler"])
def test_neither_reporter_nor_handler_judges(county: County, who: str) -> None:
    county.hand()
    with pytest.raises(Refused, match="不能研判线索"):
        county.judge(who)


def test_an_office_judges_what_it_registered_and_nothing_else(county: County) -> None:
    with pytest.raises(NoLead):
        county.judge("office")
    county.lead = county.report("office")
    assert county.judge("office").valid
    with pytest.raises(NoLead):
        county.judge("second_office")


@pytest.mark.parametrize("unit", ["甲镇", "甲一村", "甲二村"])
def test_a_lead_is_not_handed_to_whom_it_is_about_nor_to_above_or_below(county: County, unit: str) -> None:
    about = None if unit == "甲二村" else county.unit["甲一村"]
    Lead.objects.update(village=about)
    with pytest.raises(Refused, match="涉及"):
        county.hand(unit)


def merged(county: County, name: str = "甲镇", into: str = "乙镇", on: date = date(2018, 6, 1)) -> None:
    Unit.objects.filter(name=name).update(closed_on=on, successor=county.unit[into])


@pytest.mark.parametrize("unit", ["乙镇", "乙一村"])
def test_a_lead_is_not_handed_to_the_successor_of_whom_it_is_about_nor_below_it(
    county: County, unit: str
) -> None:
    Lead.objects.update(village=None)
    merged(county)
    with pytest.raises(Refused, match="涉及"):
        county.hand(unit)
    county.hand("丙乡")


def test_nor_is_one_about_a_village_of_it(county: County) -> None:
    Lead.objects.update(township=None)
    merged(county)
    with pytest.raises(Refused, match="涉及"):
        county.hand("乙镇")


def test_until_the_day_of_the_merger_the_later_successor_may_handle_it(county: County) -> None:
    merged(county, on=date(2018, 6, 7))
    county.hand("乙镇")


def test_what_the_merger_made_a_matter_of_the_handlers_own_is_told_and_seen_no_more(
    county: County, client: Client
) -> None:
    Lead.objects.update(village=None)
    county.people["handling_village"] = factories.user("cadre", county.unit["乙一村"], "handling_village")
    county.hand("乙一村")
    assert county.seers() == {"discipline", "reporter", "colleague", "reporters_head", "handling_village"}
    merged(county)
    assert county.seers() == {"discipline"}
    address, told = f"/leads/{county.lead.number}/", "请改交其他单位"
    assert page(client, county.people["handling_village"], address)[0] == 404
    assert told in page(client, county.people["discipline"], address)[1]


def test_a_ledger_that_names_the_unit_concerned_as_handler_is_told_to_who_may_hand_it_on(
    county: County, client: Client
) -> None:
    address, told = f"/leads/{county.lead.number}/", "请改交其他单位"
    Lead.objects.update(handling_unit=county.unit["甲镇"], responsible_text="甲镇")
    assert told in page(client, county.people["discipline"], address)[1]
    assert told not in page(client, county.people["reporter"], address)[1]
    county.hand()
    assert told not in page(client, county.people["discipline"], address)[1]


def test_w094_a_lead_without_a_result_stands_on_the_open_list(county: County) -> None:
    invalid, unjudged = county.report("reporter"), county.report("reporter")
    leads.judge(invalid.pk, is_valid=False, reason="没有具体事实", by=county.people["discipline"])
    county.judge()

    def opened() -> set[str]:
        who = county.people["discipline"]
        seen = queries.ledger(who, county.campaign)
        still = queries.viewed(seen, LeadView.OPEN, who)
        assert dict(queries.counts(seen, who))[LeadView.OPEN] == still.count()
        return set(still.values_list("number", flat=True))

    assert opened() == {county.lead.number, unjudged.number}
    county.result()
    assert opened() == {unjudged.number}


def test_w094_one_lead_has_one_result(county: County) -> None:
    with pytest.raises(Refused, match="还没有研判"):
        county.result()
    county.judge()
    county.result()
    with pytest.raises(Refused, match="已有核实结果"):
        county.result(words="另一个结果，后来写的")
    with pytest.raises(Refused, match="不能再改判"):
        county.judge(is_valid=False)
    with pytest.raises(Refused, match="不再交办"):
        county.hand()


@pytest.mark.parametrize("who", ["reporter", "handler"])
def test_only_the_discipline_organ_records_a_result(county: County, who: str) -> None:
    county.judge()
    county.hand()
    with pytest.raises(Refused, match="不能登记办理结果"):
        county.result(who)


def test_a_corrected_result_leaves_the_earlier_in_the_history(county: County, client: Client) -> None:
    county.judge()
    county.result(words="查无实据，予以了结")
    said = ("已查实，退回资金", date(2018, 6, 6), "复核时发现新的凭证")
    corrected = leads.correct_result(county.lead.pk, *said, county.people["discipline"])
    assert corrected.result == "已查实，退回资金"
    text = page(client, county.people["discipline"], f"/leads/{county.lead.number}/")[1]
    assert "原结果：查无实据，予以了结（2018-06-05）" in text
    assert "理由：复核时发现新的凭证" in text
    with pytest.raises(Refused, match="更正理由"):
        leads.correct_result(county.lead.pk, ENOUGH, date(2018, 6, 6), "", county.people["discipline"])
    events = Event.objects.filter(subject_type="lead")
    assert not [event for event in events if "查无实据" in event.summary]


def test_dates_of_a_result_lie_between_report_and_today(county: County) -> None:
    county.judge()
    for day in (date(2018, 6, 1), date(2018, 6, 7)):
        with pytest.raises(Refused, match="核实日期"):
            leads.record_result(county.lead.pk, ENOUGH, day, county.people["discipline"])


def test_a_form_opened_before_somebody_acted_is_refused(county: County, client: Client) -> None:
    stamp = queries.stamp_of(county.lead)
    county.judge()
    with pytest.raises(StaleLead):
        county.judge(stamp=stamp)
    client.force_login(county.people["discipline"])
    sent = {"stamp": stamp, "verdict": "invalid", "reason": "打了很多字的理由"}
    answer = client.post(f"/leads/{county.lead.number}/judge/", sent)
    assert answer.status_code == 422
    assert "已被他人修改" in answer.content.decode()
    assert "打了很多字的理由" in answer.content.decode()


def test_the_page_carries_a_lead_from_judging_to_its_result(county: County, client: Client) -> None:
    client.force_login(county.people["discipline"])
    base = f"/leads/{county.lead.number}/"
    said = {"verdict": "valid", "reason": "有凭证，具体可查"}
    assert "已研判为有效" in client.post(f"{base}judge/", said, follow=True).content.decode()
    assert "已交" in client.post(f"{base}hand/", {"unit": "住建局"}, follow=True).content.decode()
    wrong = client.post(f"{base}result/", {"result": ENOUGH, "on": "2018-07-01"})
    assert (wrong.status_code, ENOUGH in wrong.content.decode()) == (422, True)
    done = client.post(f"{base}result/", {"result": ENOUGH, "on": "2018-06-05"}, follow=True)
    assert "核实结果已登记" in done.content.decode()
    lead = Lead.objects.get(pk=county.lead.pk)
    assert (lead.result, lead.result_on, lead.result_by) == (
        ENOUGH,
        date(2018, 6, 5),
        county.people["discipline"],
    )


# --- made an issue -------------------------------------------------------------------------------------------
def turned(county: County, listed: Any, **more: Any) -> Issue:
    told = Typed("补贴发放不实，需退回", 1, "户", date(2018, 6, 6), texts={"source": FROM, "goal": "退回"})  # type: ignore[arg-type]
    where = Where(township=county.unit["甲镇"])
    return leads.turn(county.lead.pk, listed.pk, told, where, county.people["office"], **more)


def test_a_valid_lead_becomes_one_issue_that_does_not_say_where_it_came_from(
    county: County, client: Client
) -> None:
    listed = factories.issue_list(county.campaign)
    county.lead = county.report("office")
    with pytest.raises(Refused, match="判为有效"):
        turned(county, listed)
    county.judge("office")
    issue = turned(county, listed)
    assert (issue.lead, issue.source, issue.goal) == (county.lead, "", "退回")
    with pytest.raises(Refused, match="已转为问题"):
        turned(county, listed)
    address = f"/issues/{issue.number}/"
    for who, sees in (("concerned", False), ("second_office", False), ("office", True)):
        status, text = page(client, county.people[who], address)
        assert (status, county.lead.number in text) == (200, sees), who
        assert not {word for word in (FROM, WORDS) if word in text}


def test_a_units_lead_handed_to_the_office_becomes_an_issue_and_its_source_stays_hidden(
    county: County, client: Client
) -> None:
    listed = factories.issue_list(county.campaign)
    county.judge()
    with pytest.raises(NoLead):
        turned(county, listed)
    county.hand("某县")
    address = f"/leads/{county.lead.number}/"
    text = page(client, county.people["office"], address)[1]
    assert f'href="{address}issue/"' in text
    assert not {word for word in (FROM, "乙镇") if word in text.partition("<datalist")[0]}
    issue = turned(county, listed)
    assert (issue.lead, issue.source) == (county.lead, "")


def test_who_may_not_open_the_issue_is_told_its_number_without_a_link(county: County, client: Client) -> None:
    county.lead = county.report("office")
    county.judge("office")
    issue = turned(county, factories.issue_list(county.campaign))
    address, link = f"/leads/{county.lead.number}/", f'href="/issues/{issue.number}/"'
    assert link in page(client, county.people["office"], address)[1]
    text = page(client, county.people["discipline"], address)[1]
    assert (issue.number in text, link in text) == (True, False)


def test_into_a_locked_list_it_goes_with_a_reason(county: County) -> None:
    listed = factories.issue_list(county.campaign, locked_at=clock.now())
    county.lead = county.report("office")
    county.judge("office")
    with pytest.raises(Refused, match="理由"):
        turned(county, listed)
    issue = turned(county, listed, why=Why("线索核实属实", ""))
    assert issue.supplement is not None
    assert Lead.objects.get(pk=county.lead.pk).issue == issue


def test_the_office_turns_it_on_its_page(county: County, client: Client) -> None:
    listed = factories.issue_list(county.campaign)
    county.lead = county.report("office")
    county.judge("office")
    client.force_login(county.people["office"])
    base = f"/leads/{county.lead.number}/issue/"
    assert listed.short_name in client.get(base).content.decode()
    asked = client.get(f"{base}?list={listed.pk}").content.decode()
    assert WORDS in asked
    assert FROM not in asked
    sent = {
        "description": "补贴发放不实", "quantity": "1", "counted_in": "户", "found_on": "2018-06-06",
        "deadline_class": "undetermined", "township": str(county.unit["甲镇"].pk),
    }  # fmt: skip
    assert client.post(f"{base}?list={listed.pk}", {**sent, "quantity": "0"}).status_code == 422
    done = client.post(f"{base}?list={listed.pk}", sent, follow=True)
    assert done.redirect_chain == [(f"/leads/{county.lead.number}/", 302)]
    assert Issue.objects.get().description == "补贴发放不实"


# --- told to whom it waits for -------------------------------------------------------------------------------
def test_a_handling_unit_finds_its_leads_in_a_view_of_their_own(county: County, client: Client) -> None:
    county.judge()
    county.hand()
    other = county.report("handler")
    text = page(client, county.people["handler"], "/leads/?view=handed")[1]
    assert "交本单位承办 1" in text
    assert (county.lead.number in text, other.number in text) == (True, False)
    assert "交本单位承办 0" in page(client, county.people["reporter"], "/leads/?view=handed")[1]
    county.result()
    assert "交本单位承办 0" in page(client, county.people["handler"], "/leads/?view=handed")[1]


# --- the ledger's page ---------------------------------------------------------------------------------------
def test_the_query_count_does_not_grow_with_the_leads(
    county: County, client: Client, django_assert_num_queries: Any
) -> None:
    client.force_login(county.people["discipline"])
    client.get("/leads/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/leads/")
    for _ in range(7):
        county.report("reporter")
    with django_assert_num_queries(len(few.captured_queries)):
        client.get("/leads/")


def test_strange_addresses_are_answered_plainly(county: County, client: Client) -> None:
    client.force_login(county.people["discipline"])
    for query in ("view=nichts", "by=nobody", "page=-4", "view=%00", "campaign=none"):
        assert client.get(f"/leads/?{query}").status_code == 200, query
    assert client.get("/leads/XS1/").status_code == 404
