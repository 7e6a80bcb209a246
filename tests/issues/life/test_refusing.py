"""Giving a share back, the office's answers, naming the units anew, shares that are done one by one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from issues.access import verdicts
from issues.models import FieldChange, Issue, IssueUnit, Proposal, Refusal, Share
from issues.queries.lagging import unsigned
from issues.queries.planning import share_lines
from issues.queries.situations import situation_of
from issues.rules.guards import all_shares_are_done
from issues.rules.records import RefusalAnswer, RefusalKind, ShareState
from issues.rules.stages import State
from issues.rules.workflow import Verb
from issues.services.life import assigning, signing
from issues.services.life.assigning import Answer, Named, Units
from issues.services.workflow import Refused
from rectify.lib import clock
from tests.issues.life.conftest import World
from townships.models import Event, Unit
from townships.queries.revisions import revision_tag

TODAY = date(2018, 6, 6)
WAITING = State.AWAITING_SIGNATURE


def _refused(world: World, issue: Issue) -> Refusal:
    return signing.refuse(issue.pk, world.cadre, kind=RefusalKind.NOT_OURS, words="由住建局管")


def _answered(world: World, refusal: Refusal, answer: RefusalAnswer, **more: object) -> Issue:
    issue = refusal.share.issue
    given = Answer(answer, "经研究", **more)  # type: ignore[arg-type]
    assigning.answer_refusal(issue.pk, world.office, refusal_id=refusal.pk, answer=given)
    issue.refresh_from_db()
    return issue


def test_the_office_answers_within_three_working_days(world: World) -> None:
    """W-072. 2018-06-06 is a Wednesday: Thursday, Friday, Monday."""
    refusal = _refused(world, world.issue(WAITING))
    assert refusal.answer_due_on == date(2018, 6, 11)
    assert refusal.share.state == ShareState.REFUSED
    line = share_lines(refusal.share.issue, TODAY)[0]
    assert line.refusal == "非我单位职责：由住建局管；应于2018-06-11前答复"


def test_a_share_given_back_is_not_signed_and_cannot_be_given_back_twice(world: World) -> None:
    issue = world.issue(WAITING)
    _refused(world, issue)
    with pytest.raises(Refused, match="正在等整改办答复"):
        signing.sign(issue.pk, world.cadre)
    with pytest.raises(Refused, match="正在等整改办答复"):
        _refused(world, issue)


def test_upheld_it_waits_for_the_unit_again(world: World) -> None:
    issue = _answered(world, _refused(world, world.issue(WAITING)), RefusalAnswer.UPHELD)
    assert issue.shares.get().state == ShareState.AWAITING
    signing.sign(issue.pk, world.cadre)
    issue.refresh_from_db()
    assert issue.state == State.PLANNING


def test_reassigned_another_unit_has_it_and_the_record_stays(world: World) -> None:
    refusal = _refused(world, world.issue(WAITING))
    issue = _answered(world, refusal, RefusalAnswer.REASSIGNED, unit=world.other)
    assert issue.unit == world.other
    assert [(one.unit, one.state) for one in issue.shares.all()] == [(world.other, ShareState.AWAITING)]
    refusal.refresh_from_db()
    assert (refusal.answer, refusal.refused_by) == (RefusalAnswer.REASSIGNED, world.cadre)
    assert FieldChange.objects.get(issue=issue, field="units").after == "乙镇（责任单位）"
    signing.sign(issue.pk, world.neighbour)


def test_reworded_the_words_change_and_are_found(world: World) -> None:
    refusal = _refused(world, world.issue(WAITING, description="房屋超面积"))
    issue = _answered(world, refusal, RefusalAnswer.REWORDED, description="辅助用房超面积")
    assert issue.description == "辅助用房超面积"
    assert "辅助用房" in issue.search_text
    assert FieldChange.objects.get(issue=issue, field="description").before == "房屋超面积"
    assert issue.shares.get().state == ShareState.AWAITING


def test_coordinated_a_lead_is_named_and_the_unit_signs(world: World) -> None:
    refusal = _refused(world, world.issue(WAITING))
    issue = _answered(world, refusal, RefusalAnswer.COORDINATED, unit=world.department)
    assert (issue.lead_unit, issue.unit) == (world.department, world.department)
    shares = {share.unit.name: share.role for share in issue.shares.all()}
    assert shares == {"甲镇": "responsible"}
    signing.sign(issue.pk, world.cadre)
    issue.refresh_from_db()
    assert issue.state == State.PLANNING


def test_rejected_it_waits_for_a_second_person(world: World) -> None:
    refusal = _refused(world, world.issue(WAITING))
    issue = _answered(world, refusal, RefusalAnswer.REJECTED, document="县督〔2018〕9号")
    proposal = Proposal.objects.get(issue=issue)
    assert (proposal.kind, proposal.proposed_by) == ("rejection", world.office)
    assert issue.state == WAITING
    assert not verdicts(world.office, issue, TODAY)[Verb.CONFIRM_REJECTION].ok
    assert verdicts(world.second, issue, TODAY)[Verb.CONFIRM_REJECTION].ok
    Proposal.objects.filter(pk=proposal.pk).update(state="declined")
    _answered(world, refusal, RefusalAnswer.UPHELD)
    assert issue.shares.get().state == ShareState.AWAITING


def test_an_answer_that_lacks_what_it_needs_is_refused(world: World) -> None:
    refusal = _refused(world, world.issue(WAITING))
    for kind, words in (
        (RefusalAnswer.REASSIGNED, "由哪个单位"),
        (RefusalAnswer.REWORDED, "修改后的问题表述"),
    ):
        with pytest.raises(Refused, match=words):
            _answered(world, refusal, kind)
    with pytest.raises(Refused, match="另一个单位"):
        _answered(world, refusal, RefusalAnswer.REASSIGNED, unit=world.township)
    assert Refusal.objects.get().answer == ""


def test_two_leads_are_refused(world: World, client: Client) -> None:
    """W-048."""
    issue = world.issue()
    client.force_login(world.office)
    given = {"lead": "住建局、财政局", "responsible": "甲镇", "support": "", "words": "共管"}
    answer = client.post(f"/issues/{issue.number}/assign/", given)
    assert answer.status_code == 422
    assert "牵头单位只能有一个" in answer.content.decode()
    assert "住建局、财政局" in answer.content.decode()


def test_the_lead_counts_the_issue_and_the_others_support(world: World, client: Client) -> None:
    """W-048: counted once, under its lead."""
    issue = world.issue()
    client.force_login(world.office)
    given = {"lead": "住建局", "responsible": "甲镇\n乙镇", "support": "财政局", "words": "县级统筹"}
    assert client.post(f"/issues/{issue.number}/assign/", given).status_code == 302
    issue.refresh_from_db()
    assert (issue.unit, issue.lead_unit) == (world.department, world.department)
    assert {one.unit.name: one.state for one in issue.shares.all()} == {
        "甲镇": "accepted",
        "乙镇": "awaiting",
    }
    assert [one.unit.code for one in issue.units.all() if one.role == "support"] == ["D-B"]
    assert issue.state == State.RECTIFYING
    signing.sign(issue.pk, world.neighbour)
    issue.refresh_from_db()
    assert issue.state == State.RECTIFYING


def test_a_unit_that_is_named_no_longer_loses_sight_and_its_refusal_is_answered(world: World) -> None:
    issue = world.issue(WAITING, units=[world.township, world.other], township=None)
    refusal = _refused(world, issue)
    units = Units(responsible=(Named.of(world.other),))
    before = revision_tag(world.cadre, TODAY, "")
    assigning.assign(issue.pk, world.office, units=units, words="不归甲镇")
    assert revision_tag(world.cadre, TODAY, "") != before
    refusal.refresh_from_db()
    assert (refusal.answer, refusal.answer_words) == ("reassigned", "调整责任单位：不归甲镇")
    assert not Issue.objects.visible_to(world.cadre).filter(pk=issue.pk).exists()
    assert Event.objects.filter(subject_id=issue.pk, action="assign", subject_type="issue").count() == 1


def test_without_the_last_unit_that_waits_the_issue_goes_on(world: World) -> None:
    issue = world.issue(WAITING, units=[world.township, world.other])
    signing.sign(issue.pk, world.cadre)
    units = Units(responsible=(Named.of(world.township),))
    assigning.assign(issue.pk, world.office, units=units, words="乙镇无此问题")
    issue.refresh_from_db()
    assert issue.state == State.PLANNING


def test_what_the_issue_names_may_stay_whoever_else_bears_the_name(world: World, client: Client) -> None:
    villages = list(Unit.objects.filter(level="village")[:3])
    Unit.objects.filter(pk__in=[one.pk for one in villages]).update(name="太平村")
    issue = world.issue(units=[villages[0]])
    IssueUnit.objects.create(issue=issue, name="某省公司", role="support", position=5)
    client.force_login(world.office)
    given = {"lead": "住建局", "responsible": "太平村", "support": "某省公司", "words": "统筹"}
    assert client.post(f"/issues/{issue.number}/assign/", given).status_code == 302
    assert [(one.name, one.unit) for one in issue.units.order_by("position")] == [
        ("某县住建局", world.department),
        ("太平村", villages[0]),
        ("某省公司", None),
    ]
    unknown = client.post(f"/issues/{issue.number}/assign/", {**given, "support": "无名公司"})
    assert "单位表中没有“无名公司”" in unknown.content.decode()


def test_units_that_cannot_answer_are_refused(world: World) -> None:
    issue = world.issue()
    closed = world.other
    Unit.objects.filter(pk=closed.pk).update(closed_on=date(2018, 6, 1), successor=world.township)
    closed.refresh_from_db()
    cases = {
        "已撤并": Units(responsible=(Named.of(closed),)),
        "只能写一次": Units(Named.of(world.township), (Named.of(world.township),)),
        "至少要有一个": Units(support=(Named.of(world.township),)),
        "没有变化": Units(responsible=(Named.of(world.township),)),
    }
    for words, units in cases.items():
        with pytest.raises(Refused, match=words):
            assigning.assign(issue.pk, world.office, units=units, words="试")


def test_a_township_signs_for_itself_and_its_village_in_turn(world: World) -> None:
    village = world.township.children.first()
    assert village is not None
    issue = world.issue(WAITING, units=[world.township, village])
    signing.sign(issue.pk, world.cadre)
    signing.sign(issue.pk, world.cadre)
    issue.refresh_from_db()
    assert issue.state == State.PLANNING


def test_shares_that_wait_too_long_are_listed(world: World) -> None:
    """W-072: three working days after the share was given."""
    late, fresh = world.issue(WAITING), world.issue(WAITING)
    signed = world.issue(State.PLANNING)
    Share.objects.filter(issue__in=[late, signed]).update(since=clock.now() - timedelta(days=6))
    assert [share.issue for share in unsigned(world.campaign, TODAY)] == [late]
    assert fresh in {share.issue for share in unsigned(world.campaign, date(2018, 6, 12))}
    assert fresh not in {share.issue for share in unsigned(world.campaign, date(2018, 6, 11))}


def test_two_of_three_shares_do_not_close(world: World) -> None:
    """W-073."""
    third = world.department
    issue = world.issue(units=[world.township, world.other, third])
    for person in (world.cadre, world.neighbour):
        signing.finish_share(issue.pk, person)
    reason = all_shares_are_done(situation_of(issue, world.cadre, TODAY))
    assert reason == "3个责任单位中还有1个没有标明本单位完成。"
    with pytest.raises(Refused, match="没有已签收而未完成的分办"):
        signing.finish_share(issue.pk, world.cadre)
    signing.finish_share(issue.pk, world.staff)
    assert not all_shares_are_done(situation_of(issue, world.cadre, TODAY))
    words = Event.objects.filter(subject_id=issue.pk, action="finish_share").values_list("summary", flat=True)
    assert "某县住建局标明本单位已完成，各单位全部完成" in words
