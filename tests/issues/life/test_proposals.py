"""What two people do: nothing moves until the second agrees; both figures stay in the tally."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from dashboards.rules.figures import issue_rates
from dashboards.rules.tallies import TallyQuery
from dashboards.services.tallies import tally
from issues.models import Closure, Issue, IssueEntry, Proposal
from issues.queries.proposals import merged_into
from issues.rules.proposals import Proposed, from_json
from issues.rules.records import ProposalKind
from issues.rules.stages import State
from issues.services.life import closing, proposals
from issues.services.life.verifying import verify
from issues.services.workflow import Refused
from tests import factories
from tests.issues.life.closing import MAY, TODAY, application, closed, finished, planned, to_review, whole
from tests.issues.life.conftest import World
from townships.models import Event

D, K = Decimal, ProposalKind
SAID = {"reason": "举家外迁", "document": "某整改〔2018〕12号"}


def sums_of(issue: Issue) -> dict[str, Decimal]:
    return {
        "found": issue.found,
        "claimed": issue.claimed,
        "confirmed": issue.confirmed,
        "closed": D(1),
        "items": D(1),
        "taken_back": D(0),
        "examined": D(8738),
    }


def removal(quantity: int, **fields: object) -> Proposed:
    return Proposed(quantity=D(quantity), **fields)  # type: ignore[arg-type]


# --- removal ------------------------------------------------------------------------------------------------


def test_9176_are_8738_put_right_and_438_removed_and_never_all_of_them_done(world: World) -> None:
    """W-086."""
    issue = planned(world.issue(quantity=9176, claims=[(8738, MAY)]), world.cadre)
    proposals.propose(issue.pk, world.office, K.REMOVAL, removal(438), **SAID)
    issue.refresh_from_db()
    assert issue.removed == 0
    proposals.confirm(issue.pk, world.second, K.REMOVAL)
    verify(issue.pk, world.staff, whole(quantity=8738))
    to_review(world, issue)
    closing.review(issue.pk, world.staff, "同意")
    closing.sign_off(issue.pk, world.office, TODAY)
    issue.refresh_from_db()
    assert (issue.found, issue.claimed, issue.removed, issue.left) == (9176, 8738, 438, 0)
    assert issue.state == State.CLOSED
    for basis, done in (("claimed", "上报整改"), ("confirmed", "核实整改")):
        block = tally(TallyQuery(campaign="gj2018", basis=basis), world.office)["blocks"][0]
        told = block["total"]
        assert (told["total"], told["done"], told["removed"], told["left"]) == ("9176", "8738", "438", "0")
        assert f"调出438户，{done}8738户，没有未整改的" in block["sentence"]
        assert "全部" not in block["sentence"]
    rates = issue_rates(sums_of(issue))
    assert {rates[name]["percent"] for name in ("claimed_rate", "confirmed_rate")} == {"95.2"}


def test_part_removed_leaves_the_state_and_all_removed_ends_the_issue(world: World) -> None:
    issue = world.issue()
    for quantity, state in ((4, State.RECTIFYING), (6, State.REMOVED)):
        proposals.propose(issue.pk, world.office, K.REMOVAL, removal(quantity), **SAID)
        proposals.confirm(issue.pk, world.second, K.REMOVAL)
        issue.refresh_from_db()
        assert issue.state == state
    assert list(issue.entries.filter(stage="removed").values_list("quantity", "cause")) == [
        (4, "removal"), (6, "removal"),
    ]  # fmt: skip


def test_an_application_waits_for_nobody_once_its_issue_has_left(world: World) -> None:
    issue = finished(world)
    closing.apply(issue.pk, world.cadre, application())
    factories.issue_ledger.post(
        item_id=issue.pk,
        moves=[factories.issue_ledger.Move("found", D(2), TODAY)],
        by=world.office,
        cause="import",
    )
    proposals.propose(issue.pk, world.office, K.TRANSFER, Proposed(to="县纪委"), **SAID)
    proposals.confirm(issue.pk, world.second, K.TRANSFER)
    assert Closure.objects.get(issue=issue).state == "returned"


def test_more_than_is_left_is_not_removed(world: World) -> None:
    issue = world.issue(claims=[(7, MAY)])
    with pytest.raises(Refused, match="未整改的只有3户，不能调出4户"):
        proposals.propose(issue.pk, world.office, K.REMOVAL, removal(4), **SAID)
    proposals.propose(issue.pk, world.office, K.REMOVAL, removal(3), **SAID)
    factories.issue_ledger.post(
        item_id=issue.pk,
        moves=[factories.issue_ledger.Move("claimed", D(1), TODAY)],
        by=world.cadre,
        cause="report",
    )
    with pytest.raises(Refused, match="未整改的只有2户"):
        proposals.confirm(issue.pk, world.second, K.REMOVAL)
    assert not IssueEntry.objects.filter(item=issue, stage="removed").exists()


def test_nobody_confirms_his_own_proposal_and_it_may_be_recalled_or_declined(world: World) -> None:
    issue = world.issue()
    proposals.propose(issue.pk, world.office, K.REMOVAL, removal(4), **SAID)
    with pytest.raises(Refused, match="须由另一人确认"):
        proposals.confirm(issue.pk, world.office, K.REMOVAL)
    with pytest.raises(Refused, match="只有提出的人可以撤回"):
        proposals.recall(issue.pk, world.second)
    with pytest.raises(Refused, match="正在等第二人确认"):
        proposals.propose(issue.pk, world.second, K.TRANSFER, Proposed(to="县纪委"), **SAID)
    proposals.recall(issue.pk, world.office)
    proposals.propose(issue.pk, world.office, K.REMOVAL, removal(4), **SAID)
    with pytest.raises(Refused, match="请写明不同意的意见"):
        proposals.decline(issue.pk, world.second, " ")
    proposals.decline(issue.pk, world.second, "仍在原址居住")
    assert set(Proposal.objects.values_list("state", flat=True)) == {"recalled", "declined"}
    issue.refresh_from_db()
    assert (issue.removed, issue.state) == (0, State.RECTIFYING)


def test_a_proposal_without_reason_or_document_is_refused(world: World) -> None:
    issue = world.issue()
    with pytest.raises(Refused, match="理由和依据文号都要填写"):
        proposals.propose(issue.pk, world.office, K.REMOVAL, removal(4), reason="外迁", document=" ")


# --- leaving whole ------------------------------------------------------------------------------------------


def test_a_rejected_issue_leaves_the_count_with_its_cause(world: World) -> None:
    issue = world.issue(State.REGISTERED)
    proposals.propose(issue.pk, world.office, K.REJECTION, Proposed(), **SAID)
    proposals.confirm(issue.pk, world.second, K.REJECTION)
    issue.refresh_from_db()
    assert (issue.state, issue.removed) == (State.REJECTED, 10)
    assert issue.entries.get(stage="removed").cause == "rejection"
    with pytest.raises(Refused, match="不予受理"):
        proposals.propose(issue.pk, world.office, K.REMOVAL, removal(1), **SAID)


def test_what_is_left_is_transferred_and_what_was_claimed_stays(world: World) -> None:
    issue = world.issue(claims=[(7, MAY)])
    with pytest.raises(Refused, match="移交给哪个单位"):
        proposals.propose(issue.pk, world.office, K.TRANSFER, Proposed(), **SAID)
    proposals.propose(issue.pk, world.office, K.TRANSFER, Proposed(to="县纪委"), **SAID)
    proposals.confirm(issue.pk, world.second, K.TRANSFER)
    issue.refresh_from_db()
    assert (issue.state, issue.removed, issue.claimed, issue.left) == (State.TRANSFERRED, 3, 7, 0)


# --- merging ------------------------------------------------------------------------------------------------


def test_found_twice_becomes_one_with_both_origins(world: World) -> None:
    """W-101: 审计 and 暗访 found the same household: one issue, two origins."""
    visited = factories.issue_list(world.campaign, "L2", "暗访发现", locked_at=world.listed.locked_at)
    keeper = world.issue(ledger_number="12", source="审计")
    twin = world.issue(ledger_number="3", source="暗访")
    Issue.objects.filter(pk=twin.pk).update(list=visited)
    proposals.propose(twin.pk, world.office, K.MERGER, Proposed(into=keeper.number), **SAID)
    proposals.confirm(twin.pk, world.second, K.MERGER)
    twin.refresh_from_db()
    assert (twin.state, twin.merged_into, twin.removed) == (State.MERGED, keeper, 10)
    assert twin.entries.get(stage="removed").cause == "merger"
    shown = [
        (one.list.short_name, one.ledger_number, one.source) for one in merged_into(keeper, world.office)
    ]
    assert shown == [("暗访发现", "3", "暗访")]
    told = Event.objects.get(subject_type="issue", subject_id=keeper.pk, action="confirm_merger")
    assert twin.number in told.summary
    third = world.issue()
    with pytest.raises(Refused, match="现在是“合并”"):
        proposals.propose(third.pk, world.office, K.MERGER, Proposed(into=twin.number), **SAID)
    with pytest.raises(Refused, match="已有其他问题并入这个问题"):
        proposals.propose(keeper.pk, world.office, K.MERGER, Proposed(into=third.number), **SAID)


@pytest.mark.parametrize("into", ["", "WT0", "self"])
def test_an_issue_is_merged_only_into_another_that_is_in_sight(world: World, into: str) -> None:
    issue = world.issue()
    number = issue.number if into == "self" else into
    with pytest.raises(Refused, match=r"没有编号为|不能并入自己"):
        proposals.propose(issue.pk, world.office, K.MERGER, Proposed(into=number), **SAID)


def test_an_issue_is_not_merged_across_campaigns_nor_into_a_closed_one(world: World) -> None:
    other = factories.campaign(world.county, "sj2018", "审计整改")
    far = factories.issue(
        factories.issue_list(other), world.office, township=world.township, state="rectifying"
    )
    done, issue = closed(world), world.issue()
    with pytest.raises(Refused, match="属于另一项工作"):
        proposals.propose(issue.pk, world.office, K.MERGER, Proposed(into=far.number), **SAID)
    with pytest.raises(Refused, match="现在是“已销号”"):
        proposals.propose(issue.pk, world.office, K.MERGER, Proposed(into=done.number), **SAID)


# --- correction ---------------------------------------------------------------------------------------------


def test_a_correction_is_a_new_entry_and_the_old_one_stays(world: World) -> None:
    issue = world.issue(claims=[(7, MAY)])
    wanted = Proposed(quantity=D(-2), stage="claimed", on=MAY)
    made = proposals.propose(issue.pk, world.office, K.CORRECTION, wanted, **SAID)
    assert from_json(made.payload) == wanted
    proposals.confirm(issue.pk, world.second, K.CORRECTION)
    issue.refresh_from_db()
    assert issue.claimed == 5
    lines = issue.entries.filter(stage="claimed").values_list("quantity", "happened_on", "cause")
    assert list(lines.order_by("id")) == [(7, MAY, "registration"), (-2, MAY, "correction")]


def test_the_ledger_guards_a_correction_on_its_day(world: World) -> None:
    issue = world.issue(claims=[(7, MAY)])
    early = Proposed(quantity=D(-1), stage="claimed", on=date(2018, 5, 1))
    proposals.propose(issue.pk, world.office, K.CORRECTION, early, **SAID)
    with pytest.raises(Refused, match="2018-05-01"):
        proposals.confirm(issue.pk, world.second, K.CORRECTION)
    assert Proposal.objects.get().state == "pending"


def test_nobody_confirms_work_by_correcting_a_figure(world: World) -> None:
    """W-055."""
    issue = world.issue(claims=[(7, MAY)])
    with pytest.raises(Refused, match="核实认定只能由核查增加"):
        proposals.propose(
            issue.pk, world.office, K.CORRECTION, Proposed(quantity=D(7), stage="confirmed"), **SAID
        )
    with pytest.raises(Refused, match="自报完成现在只有7户，不能减少8户"):
        proposals.propose(
            issue.pk, world.office, K.CORRECTION, Proposed(quantity=D(-8), stage="claimed"), **SAID
        )


def test_a_correction_that_reopens_the_issue_returns_its_application(world: World) -> None:
    issue = finished(world)
    to_review(world, issue)
    wanted = Proposed(quantity=D(2), stage="found")
    proposals.propose(issue.pk, world.office, K.CORRECTION, wanted, **SAID)
    proposals.confirm(issue.pk, world.second, K.CORRECTION)
    issue.refresh_from_db()
    assert (issue.state, issue.found) == (State.RECTIFYING, 12)
    assert Closure.objects.get(issue=issue).state == "returned"
