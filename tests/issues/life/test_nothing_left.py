"""Where the last quantity goes, the money goes with it, and the issue is over: nothing stays behind."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client

from dashboards.rules.tallies import TallyQuery
from dashboards.services.tallies import tally
from dashboards.services.verification import verify as verify_ledger
from issues.models import Closure, Issue, IssueEntry, Report
from issues.rules.proposals import Proposed, consequences, from_json
from issues.rules.records import Method, ProposalKind, ReturnReason
from issues.rules.splitting import Line
from issues.rules.stages import State
from issues.rules.verifying import Finding
from issues.services.life import closing, proposals, reports
from issues.services.life.splitting import Detail, split
from issues.services.life.verifying import Check, verify
from issues.services.workflow import Refused
from tests.issues.life.closing import TODAY, application, finished, planned, to_review
from tests.issues.life.conftest import World
from townships.models import Event, User

D, K = Decimal, ProposalKind
SAID = {"reason": "举家外迁", "document": "某整改〔2018〕12号"}
MAY = date(2018, 5, 20)


def costly(world: World, **fields: object) -> Issue:
    """10 户, 100 万元."""
    return world.issue(amount="100", **fields)


def twice(world: World, issue: Issue, kind: ProposalKind, proposed: Proposed) -> Issue:
    """Proposed by one, confirmed by another."""
    proposals.propose(issue.pk, world.office, kind, proposed, **SAID)
    proposals.confirm(issue.pk, world.second, kind)
    return Issue.objects.get(pk=issue.pk)


def say(
    issue: Issue, by: User, quantity: int, amount: str | None = None, on: date = date(2018, 6, 5)
) -> reports.Submitted:
    return reports.submit(
        by,
        issue.number,
        client_id=uuid4(),
        quantity=D(quantity),
        happened_on=on,
        amount=None if amount is None else D(amount),
    )


def look(world: World, issue: Issue, examined: int, true: int, **fields: object) -> Issue:
    reason = ReturnReason.FALSE if true < examined else None
    adds = bool(fields.pop("adds", False))
    finding = Finding(D(examined), D(true), adds)
    verify(issue.pk, world.staff, Check(Method.SITE, finding, TODAY, reason, **fields))  # type: ignore[arg-type]
    return Issue.objects.get(pk=issue.pk)


def money(issue: Issue) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    now = Issue.objects.get(pk=issue.pk)
    return now.amount_found, now.amount_removed, now.amount_claimed, now.amount_confirmed


def told(issue: Issue) -> str:
    events = Event.objects.filter(subject_type="issue", subject_id=issue.pk)
    return events.order_by("seq").values_list("summary", flat=True).last() or ""


# --- removed ------------------------------------------------------------------------------------------------


def test_all_removed_without_an_amount_takes_all_the_money_along(world: World) -> None:
    issue = twice(world, costly(world), K.REMOVAL, Proposed(quantity=D(10)))
    assert issue.state == State.REMOVED
    assert money(issue) == (100, 100, 0, 0)
    assert "剩下的100万元随同调出" in told(issue)
    (row,) = [
        block["total"]
        for block in tally(TallyQuery(campaign="gj2018"), world.office)["blocks"]
        if block["counted_in"] == "户"
    ]
    assert (row["left"], row["amount_left"]) == ("0", "0")
    assert verify_ledger()["ok"]


def test_part_removed_takes_no_money_that_nobody_named_and_the_last_part_the_rest(world: World) -> None:
    issue = costly(world)
    twice(world, issue, K.REMOVAL, Proposed(quantity=D(4)))
    assert money(issue) == (100, 0, 0, 0)
    twice(world, issue, K.REMOVAL, Proposed(quantity=D(6)))
    assert money(issue) == (100, 100, 0, 0)


def test_the_rest_beside_what_was_claimed_takes_the_rest_of_the_money(world: World) -> None:
    issue = costly(world)
    say(issue, world.cadre, 7, "70")
    twice(world, issue, K.REMOVAL, Proposed(quantity=D(3)))
    assert money(issue) == (100, 30, 70, 0)


@pytest.mark.parametrize(("typed", "left"), [("60", "40"), ("0", "100")])
def test_an_amount_that_was_typed_is_kept_and_what_stays_behind_is_said(
    world: World, typed: str, left: str
) -> None:
    proposed = Proposed(quantity=D(10), amount=D(typed))
    assert from_json(proposed.as_json()) == proposed
    issue = costly(world)
    said = "".join(consequences(K.REMOVAL, proposed, proposals.counted(issue)))
    assert f"还有{left}万元" in said
    twice(world, issue, K.REMOVAL, proposed)
    assert money(issue)[1] == D(typed)


def test_the_pages_of_removal_say_so_before_and_after(world: World, client: Client) -> None:
    issue = costly(world)
    address = f"/issues/{issue.number}/"
    client.force_login(world.office)
    assert "剩下的金额随同调出" in client.get(f"{address}propose_removal/").content.decode()
    sent = {"quantity": "10", "amount": "", "on": "2018-06-06", **SAID}
    assert client.post(f"{address}propose_removal/", sent).status_code == 302
    client.force_login(world.second)
    assert "剩下的100万元随同调出" in client.get(f"{address}confirm_removal/").content.decode()
    assert client.post(f"{address}confirm_removal/", {}).status_code == 302
    assert money(issue) == (100, 100, 0, 0)
    assert "剩下的100万元随同调出" in client.get(address).content.decode()


def test_what_is_transferred_says_that_its_money_goes_too(world: World) -> None:
    issue = twice(world, costly(world), K.TRANSFER, Proposed(to="县纪委"))
    assert money(issue) == (100, 100, 0, 0)
    assert "100万元" in told(issue)


# --- claimed ------------------------------------------------------------------------------------------------


def test_the_report_of_the_last_one_claims_the_money_that_is_left(world: World) -> None:
    issue = costly(world)
    assert say(issue, world.cadre, 4, "30").followed is None
    done = say(issue, world.cadre, 6)
    assert (done.followed, done.report.amount) == (70, 70)
    assert money(issue) == (100, 0, 100, 0)
    assert "剩下的70万元随同记为完成" in told(issue)
    assert verify_ledger()["ok"]


def test_a_part_or_a_typed_amount_claims_no_more_than_was_said(world: World) -> None:
    issue = costly(world)
    say(issue, world.cadre, 9)
    assert money(issue) == (100, 0, 0, 0)
    say(issue, world.cadre, 1, "0")
    assert money(issue) == (100, 0, 0, 0)


def test_the_same_sent_again_is_the_same_report_although_money_followed(world: World) -> None:
    issue, client_id = costly(world), uuid4()
    given = {"client_id": client_id, "quantity": D(10), "happened_on": MAY}
    first = reports.submit(world.cadre, issue.number, **given)
    again = reports.submit(world.cadre, issue.number, **given)
    assert (again.report, again.is_new) == (first.report, False)
    with pytest.raises(reports.ClientIdTaken):
        reports.submit(world.cadre, issue.number, **given, amount=D(100))
    assert money(issue) == (100, 0, 100, 0)


@pytest.mark.parametrize(("by", "stays"), [(-10, 0), (-2, 0)])
def test_a_correction_gives_back_the_money_that_had_followed(world: World, by: int, stays: int) -> None:
    issue = costly(world)
    old = say(issue, world.cadre, 10).report
    made = reports.correct(
        world.cadre, issue.number, client_id=uuid4(), report_id=old.pk, difference=D(by), narrative="填错了"
    )
    assert made.report.amount == -100
    assert money(issue) == (100, 0, stays, 0)
    assert "100万元" in told(issue)
    say(issue, world.cadre, -by)
    assert money(issue) == (100, 0, 100, 0)


def test_a_correction_of_a_part_leaves_the_money_that_was_typed(world: World) -> None:
    issue = costly(world)
    old = say(issue, world.cadre, 10, "100").report
    wrong = {"report_id": old.pk, "narrative": "填错了"}
    reports.correct(world.cadre, issue.number, client_id=uuid4(), difference=D(-2), **wrong)
    assert money(issue) == (100, 0, 100, 0)
    reports.correct(world.cadre, issue.number, client_id=uuid4(), difference=D(-8), **wrong)
    assert money(issue) == (100, 0, 0, 0)


def test_the_page_of_reporting_says_so_before_and_after(world: World, client: Client) -> None:
    issue = costly(world)
    client.force_login(world.cadre)
    address = f"/issues/{issue.number}/"
    assert "剩下的100万元随同记为完成" in client.get(f"{address}report/").content.decode()
    sent = {"client_id": str(uuid4()), "quantity": "10", "happened_on": "2018-06-05", "narrative": "完工"}
    page = client.post(f"{address}report/", sent, follow=True).content.decode()
    assert "没有写金额，剩下的100万元随同记为完成" in page
    assert Report.objects.get().amount == 100


# --- confirmed ----------------------------------------------------------------------------------------------


def test_closed_whole_nothing_of_the_money_is_left(world: World) -> None:
    issue = planned(costly(world), world.cadre)
    say(issue, world.cadre, 10)
    to_review(world, issue)
    look(world, issue, 10, 10)
    assert money(issue) == (100, 0, 100, 100)
    assert "自报的100万元一并认定" in told(issue)
    closing.review(issue.pk, world.staff, "属实，同意")
    closing.sign_off(issue.pk, world.office, TODAY)
    assert verify_ledger()["ok"]


def test_confirmed_part_by_part_the_money_goes_with_the_last(world: World) -> None:
    issue = costly(world)
    say(issue, world.cadre, 10)
    look(world, issue, 4, 4)
    assert money(issue) == (100, 0, 100, 0)
    look(world, issue, 6, 6)
    assert money(issue) == (100, 0, 100, 100)


def test_a_cut_confirms_no_money_that_nobody_named(world: World) -> None:
    issue = costly(world)
    say(issue, world.cadre, 10)
    look(world, issue, 10, 8)
    assert money(issue) == (100, 0, 100, 0)
    say(issue, world.cadre, 2, on=TODAY)
    look(world, issue, 2, 2)
    assert money(issue) == (100, 0, 100, 100)


def test_a_cut_with_its_money_confirms_the_rest(world: World) -> None:
    issue = costly(world)
    say(issue, world.cadre, 10)
    look(world, issue, 10, 8, amount_back=D(20))
    assert money(issue) == (100, 0, 80, 80)


@pytest.mark.parametrize("typed", ["60", "0"])
def test_an_amount_the_verifier_typed_is_kept(world: World, typed: str) -> None:
    issue = costly(world)
    say(issue, world.cadre, 10)
    look(world, issue, 10, 10, amount=D(typed))
    assert money(issue) == (100, 0, 100, D(typed))


def test_what_the_verifier_adds_at_the_last_carries_the_money_that_is_left(world: World) -> None:
    issue = costly(world)
    say(issue, world.cadre, 7, "70")
    look(world, issue, 10, 10, adds=True)
    assert money(issue) == (100, 0, 100, 100)
    assert "剩下的30万元随同补记" in told(issue)


@pytest.mark.parametrize("typed", [None, "0", "60"])
def test_where_no_claim_ever_named_an_amount_the_last_confirmed_carries_it_all(
    world: World, typed: str | None
) -> None:
    """Reported before the money followed; an amount of 0 is one that was typed."""
    issue = costly(world, claims=[(9, MAY)])
    if typed is None:
        look(world, issue, 9, 9)
        assert money(issue) == (100, 0, 0, 0)
        issue = costly(world, claims=[(10, MAY)])
        look(world, issue, 10, 10)
        assert money(issue) == (100, 0, 100, 100)
        return
    say(issue, world.cadre, 1, typed)
    look(world, issue, 10, 10)
    assert money(issue) == (100, 0, D(typed), D(typed))


def test_who_decides_on_the_closing_sees_what_money_is_left(world: World, client: Client) -> None:
    issue = planned(costly(world), world.cadre)
    say(issue, world.cadre, 10, "60")
    closing.apply(issue.pk, world.cadre, application())
    client.force_login(world.head)
    assert "未整改40万元" in client.get(f"/issues/{issue.number}/sign_closure/").content.decode()


def test_an_issue_without_money_is_verified_as_before(world: World) -> None:
    issue = finished(world)
    look(world, issue, 10, 10)
    assert money(issue) == (0, 0, 0, 0)
    assert "万元" not in told(issue)
    assert not IssueEntry.objects.filter(item=issue, amount__isnull=False).exists()


# --- nothing left to put right ------------------------------------------------------------------------------


def test_removed_in_part_and_split_for_the_rest_it_is_over(world: World) -> None:
    issue = world.issue()
    twice(world, issue, K.REMOVAL, Proposed(quantity=D(4)))
    split(issue.pk, world.office, [Detail(Line(D(2))), Detail(Line(D(4)))], "到户")
    issue.refresh_from_db()
    assert (issue.found, issue.removed, issue.state) == (4, 4, State.REMOVED)
    assert "本问题全部拆分" in told(issue)
    assert verify_ledger()["ok"]


def test_beside_what_is_claimed_a_split_of_the_rest_ends_nothing(world: World) -> None:
    issue = world.issue(claims=[(4, MAY)])
    split(issue.pk, world.office, [Detail(Line(D(6)))], "到户")
    issue.refresh_from_db()
    assert (issue.found, issue.left, issue.state) == (4, 0, State.RECTIFYING)


def test_split_after_a_removal_the_money_that_is_left_is_divided(world: World) -> None:
    issue = costly(world)
    twice(world, issue, K.REMOVAL, Proposed(quantity=D(4), amount=D(40)))
    with pytest.raises(Refused, match="各行金额合计须等于60万元"):
        split(issue.pk, world.office, [Detail(Line(D(6)))], "到户")
    split(issue.pk, world.office, [Detail(Line(D(6), amount=D(60)))], "到户")
    assert money(issue) == (40, 40, 0, 0)
    assert verify_ledger()["ok"]


def test_an_issue_corrected_away_is_over_with_its_money_and_its_application(world: World) -> None:
    issue = costly(world)
    Closure.objects.create(issue=issue, state="awaiting_head", unit=world.township)
    issue = twice(world, issue, K.CORRECTION, Proposed(quantity=D(-10), stage="found", on=issue.found_on))
    assert (issue.found, issue.state) == (0, State.REMOVED)
    assert money(issue) == (0, 0, 0, 0)
    assert Closure.objects.get().state == "returned"
    assert "转入“调出”" in told(issue)
    assert "随同减少100万元" in told(issue)
    assert verify_ledger()["ok"]


@pytest.mark.parametrize(("stage", "quantity"), [("found", -6), ("removed", 6)])
def test_corrected_down_to_what_was_removed_it_is_over(world: World, stage: str, quantity: int) -> None:
    issue = costly(world)
    twice(world, issue, K.REMOVAL, Proposed(quantity=D(4), amount=D(40), on=MAY))
    issue = twice(world, issue, K.CORRECTION, Proposed(quantity=D(quantity), stage=stage, on=TODAY))
    assert issue.state == State.REMOVED
    assert issue.amount_found == issue.amount_removed
    assert verify_ledger()["ok"]


def test_a_correction_that_leaves_something_leaves_the_money_as_it_is(world: World) -> None:
    issue = twice(world, costly(world), K.CORRECTION, Proposed(quantity=D(-4), stage="found"))
    assert (issue.state, issue.amount_found) == (State.RECTIFYING, 100)
    issue = planned(world.issue(claims=[(7, MAY)]), world.cadre)
    issue = twice(world, issue, K.CORRECTION, Proposed(quantity=D(-3), stage="found"))
    assert (issue.state, issue.left) == (State.RECTIFYING, 0)
    closing.apply(issue.pk, world.cadre, application())
