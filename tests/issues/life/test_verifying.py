"""Verification: sums, cuts, hints, and who never may."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from issues.models import Closure, Evidence, Issue, IssueEntry, Share, Verification
from issues.rules.records import ClosureState, EvidenceKind, Method, ReturnReason, ShareState
from issues.rules.stages import State
from issues.rules.verifying import Finding, Standing, added, taken_back, wrong
from issues.services.life import assigning, reports
from issues.services.life.verifying import Check, verify
from issues.services.workflow import Missing, Refused
from rectify.lib import clock
from tests.issues.life.conftest import World
from townships.models import Event

MAY, TODAY = date(2018, 5, 20), date(2018, 6, 6)
D = Decimal


def check(examined: int, true: int, **fields: object) -> Check:
    given = {"method": Method.SITE, "verified_on": TODAY, **fields}
    adds = bool(given.pop("adds", False))
    return Check(finding=Finding(D(examined), D(true), adds), **given)  # type: ignore[arg-type]


def evidence(issue: Issue, world: World, kind: EvidenceKind) -> Evidence:
    return Evidence.objects.create(
        issue=issue, kind=kind.value, name="一", path="x", media_type="image/jpeg", size=1, sha256="a" * 64,
        source_sha256=f"{kind.value:0<64}", unit=world.township, uploaded_by=world.cadre, uploaded_at=clock.now(),
    )  # fmt: skip


def applied(issue: Issue) -> Closure:
    Issue.objects.filter(pk=issue.pk).update(state=State.CLOSING)
    return Closure.objects.create(issue=issue, state=ClosureState.APPLIED.value, unit=issue.unit)


# --- the sums -----------------------------------------------------------------------------------------------


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.integers(0, 20), st.booleans())
def test_a_finding_that_is_taken_keeps_the_stages_in_order(
    unverified: int, more: int, examined: int, true: int, adds: bool
) -> None:
    standing = Standing(D(unverified), D(unverified + more), "户")
    finding = Finding(D(examined), D(true), adds)
    if wrong(finding, standing):
        return
    back, extra = taken_back(finding, standing), added(finding, standing)
    assert back >= 0
    assert extra >= 0
    assert not (back and extra)
    assert unverified - back + extra - true >= 0
    assert true - extra + back <= examined
    assert extra == 0 or adds


# --- the ledger ---------------------------------------------------------------------------------------------


def test_of_ten_examined_eight_are_true_and_two_are_taken_back_on_the_day_of_the_check(world: World) -> None:
    """W-083: with one of the five reasons."""
    issue = world.issue(claims=[(10, MAY)])
    day = date(2018, 6, 5)
    made = verify(issue.pk, world.staff, check(10, 8, verified_on=day, reason=ReturnReason.FIGURES))
    issue.refresh_from_db()
    assert (issue.claimed, issue.confirmed) == (8, 8)
    assert (made.taken_back, made.added) == (2, 0)
    cut = IssueEntry.objects.get(item=issue, cause="verification", stage="claimed")
    assert (cut.quantity, cut.happened_on, cut.recorded_by) == (D(-2), day, world.staff)
    event = Event.objects.get(subject_type="issue", subject_id=issue.pk, action="verify")
    assert event.summary == "现场核查10户，属实8户，核减2户（数字整改）"


def test_what_holds_beyond_the_claim_is_claimed_in_the_verifiers_name(world: World) -> None:
    issue = world.issue(claims=[(6, MAY)])
    with pytest.raises(Refused, match="多2户；这2户由您补记的，请勾选"):
        verify(issue.pk, world.staff, check(8, 8))
    verify(issue.pk, world.staff, check(8, 8, adds=True))
    issue.refresh_from_db()
    assert (issue.claimed, issue.confirmed) == (8, 8)
    more = IssueEntry.objects.get(item=issue, cause="verification", stage="claimed")
    assert (more.quantity, more.recorded_by) == (2, world.staff)


@pytest.mark.parametrize(
    ("examined", "true", "why"),
    [
        (0, 0, "须大于0"),
        (5, 6, "核查5户，属实6户：属实数量不能超过核查数量"),
        (11, 11, "应整改而未核实的只有10户，不能核查11户"),
        (8, 5, "自报完成而未核实的只有6户，核查8户、属实5户，没有多于自报的"),
    ],
)
def test_sums_that_cannot_be_are_refused_with_their_numbers(
    world: World, examined: int, true: int, why: str
) -> None:
    issue = world.issue(claims=[(6, MAY)])
    with pytest.raises(Refused, match=why):
        verify(issue.pk, world.staff, check(examined, true, reason=ReturnReason.FALSE))
    assert not Verification.objects.exists()


def test_a_cut_needs_a_reason_and_another_reason_needs_words(world: World) -> None:
    """W-083."""
    issue = world.issue(claims=[(10, MAY)])
    with pytest.raises(Refused, match="核减1户，须选择退回理由"):
        verify(issue.pk, world.staff, check(10, 9))
    with pytest.raises(Refused, match="须在核查意见中写明"):
        verify(issue.pk, world.staff, check(10, 9, reason=ReturnReason.OTHER))
    verify(issue.pk, world.staff, check(10, 9, reason=ReturnReason.OTHER, words="墙体未加固"))


def test_a_check_before_the_claim_is_refused_and_nothing_is_stored(world: World) -> None:
    issue = world.issue(claims=[(10, MAY)])
    with pytest.raises(Refused, match="2018-05-01"):
        verify(issue.pk, world.staff, check(10, 10, verified_on=date(2018, 5, 1)))
    with pytest.raises(Refused, match="晚于今天"):
        verify(issue.pk, world.staff, check(10, 10, verified_on=date(2018, 6, 7)))
    assert not Verification.objects.exists()
    assert not Event.objects.filter(subject_type="issue", subject_id=issue.pk).exists()


# --- paper --------------------------------------------------------------------------------------------------


def test_documents_alone_cannot_pass_a_check_on_paper(world: World) -> None:
    """W-083, W-084: 以文件代替整改."""
    issue = world.issue(claims=[(10, MAY)])
    evidence(issue, world, EvidenceKind.DOCUMENT)
    with pytest.raises(Refused, match="以文件代替整改"):
        verify(issue.pk, world.staff, check(10, 10, method=Method.PAPER))
    evidence(issue, world, EvidenceKind.AFTER)
    verify(issue.pk, world.staff, check(10, 10, method=Method.PAPER))


# --- what a cut sends back ----------------------------------------------------------------------------------


def test_a_cut_returns_the_application_for_closing_and_the_shares(world: World) -> None:
    issue = world.issue(claims=[(10, MAY)], units=[world.township, world.other])
    Share.objects.filter(issue=issue).update(state=ShareState.DONE.value)
    closure = applied(issue)
    verify(issue.pk, world.staff, check(4, 3, reason=ReturnReason.SURFACE, words="只刷了墙"))
    issue.refresh_from_db()
    closure.refresh_from_db()
    assert issue.state == State.RECTIFYING
    assert (closure.state, closure.return_reason, closure.return_words) == ("returned", "surface", "只刷了墙")
    assert set(issue.shares.values_list("state", flat=True)) == {ShareState.ACCEPTED.value}


def test_what_holds_whole_leaves_the_application_where_it_is(world: World) -> None:
    issue = world.issue(claims=[(10, MAY)])
    closure = applied(issue)
    verify(issue.pk, world.staff, check(10, 10))
    issue.refresh_from_db()
    closure.refresh_from_db()
    assert (issue.state, closure.state) == (State.CLOSING, ClosureState.APPLIED)


# --- who ----------------------------------------------------------------------------------------------------


def test_no_unit_confirms_its_own_work_whoever_it_sends(world: World) -> None:
    """W-055: neither the answering unit, nor one that supports, nor one under it."""
    own = world.issue(claims=[(10, MAY)], units=[world.department])
    with pytest.raises(Refused, match="不能核查自己的整改"):
        verify(own.pk, world.staff, check(10, 10))
    issue = world.issue(claims=[(10, MAY)])
    for somebody in (world.cadre, world.head):
        with pytest.raises(Refused, match="不能核查"):
            verify(issue.pk, somebody, check(10, 10))
    for outsider in (world.neighbour, world.stranger):
        with pytest.raises(Missing):
            verify(issue.pk, outsider, check(10, 10))
    for answered in (own, issue):
        answered.refresh_from_db()
        assert answered.confirmed == 0


def test_a_unit_that_reported_never_verifies_even_when_the_issue_went_to_others(world: World) -> None:
    """W-055: naming another unit does not make the work somebody else's."""
    issue = world.issue(units=[world.department])
    reports.submit(world.staff, issue.number, client_id=uuid4(), quantity=D(10), happened_on=TODAY)
    units = assigning.Units(responsible=(assigning.Named.of(world.township),))
    assigning.assign(issue.pk, world.office, units=units, words="改由甲镇办理")
    with pytest.raises(Refused, match="本单位填报过这个问题的进展"):
        verify(issue.pk, world.staff, check(10, 10))
    world.staff.role = "office"
    world.staff.unit = world.county
    world.staff.save()
    with pytest.raises(Refused, match="填报过"):
        verify(issue.pk, world.staff, check(10, 10))
    verify(issue.pk, world.office, check(10, 10))
