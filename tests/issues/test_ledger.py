"""The issue ledger's verbs: what they write, what they refuse and how they say it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from issues.models import Issue, IssueBalance, IssueEntry, IssueList, PastDeadline
from issues.queries import sums
from issues.rules.stages import State
from issues.services import deadlines, ledger, moves
from rectify.lib import clock
from tests import factories as make
from townships.models import Revision, Unit, User

pytestmark = pytest.mark.django_db
OnDay = Callable[[str], None]
FOUND_ON = date(2018, 1, 10)


@pytest.fixture
def by(on_day: OnDay) -> User:
    on_day("2018-06-06")
    return make.user("office", make.county())


@pytest.fixture
def listed(by: User) -> IssueList:
    assert by.unit is not None
    return make.issue_list(make.campaign(by.unit))


@pytest.fixture
def issue(listed: IssueList, by: User) -> Issue:
    """10 户, found 2018-01-10, 4 claimed on 2018-03-01."""
    town = Unit.objects.get(code="990001101")
    return make.issue(listed, by, quantity=10, claims=[(4, date(2018, 3, 1))], township=town)


def move(stage: str, quantity: str, day: str, amount: str | None = None) -> ledger.Move:
    return ledger.Move(
        stage, Decimal(quantity), date.fromisoformat(day), None if amount is None else Decimal(amount)
    )


def post(issue: Issue, by: User, *written: ledger.Move) -> list[IssueEntry]:
    return ledger.post(item_id=issue.pk, moves=written, by=by, cause="report")


def test_a_report_changes_entry_total_last_word_and_version_in_one_act(issue: Issue, by: User) -> None:
    before = issue.version
    (entry,) = post(issue, by, move("claimed", "2", "2018-05-20"))
    issue.refresh_from_db()
    assert issue.claimed == 6
    assert issue.last_word_on == date(2018, 5, 20)
    assert issue.version == before + 1
    assert entry.recorded_at.astimezone(clock.BEIJING).date() == date(2018, 6, 6)
    assert entry.recorded_by_id == by.pk
    assert entry.pk is not None


def test_the_entries_of_one_act_share_their_instant(issue: Issue, by: User) -> None:
    entries = post(issue, by, move("claimed", "-2", "2018-05-20"), move("confirmed", "2", "2018-05-20"))
    assert len({entry.recorded_at for entry in entries}) == 1


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (move("claimed", "7", "2018-05-20"), "2018-05-20的累计数不成立：自报完成超过列入减调出，差1"),
        (move("confirmed", "5", "2018-05-20"), "核实认定超过自报完成，差1"),
        (move("confirmed", "4", "2018-02-28"), "2018-02-28的累计数不成立：核实认定超过自报完成，差4"),
        (move("removed", "7", "2018-01-10"), "2018-03-01的累计数不成立：自报完成超过列入减调出，差1"),
        (move("claimed", "-5", "2018-05-20"), "核实认定超过自报完成，差1"),
        (move("claimed", "1", "2018-06-07"), "2018-06-07晚于今天2018-06-06"),
        (move("claimed", "1", "2018-01-09"), "2018-01-09早于列入日期2018-01-10"),
        (move("claimed", "0", "2018-05-20"), "没有可记的变动"),
        (move("claimed", "1", "2018-05-20", "3"), "自报完成金额超过列入减调出"),
    ],
)
def test_a_movement_out_of_order_is_refused_naming_the_day(
    issue: Issue, by: User, written: ledger.Move, words: str
) -> None:
    with pytest.raises(ledger.LedgerRefusal, match=words):
        post(issue, by, written)
    assert IssueEntry.objects.count() == 2


def test_a_correction_may_not_break_a_later_day(issue: Issue, by: User) -> None:
    post(issue, by, move("confirmed", "4", "2018-03-02"))
    with pytest.raises(ledger.LedgerRefusal, match="2018-03-02"):
        post(issue, by, move("claimed", "-1", "2018-03-01"), move("claimed", "1", "2018-03-05"))


def test_decimals_keep_the_order_that_floats_would_break(listed: IssueList, by: User) -> None:
    """0.1 + 0.2 > 0.3 in floats: the last confirmation would be refused."""
    claims = [("0.1", FOUND_ON), ("0.2", FOUND_ON)]
    small = make.issue(listed, by, quantity="0.3", claims=claims, confirmations=claims)
    assert small.left == 0
    with pytest.raises(IntegrityError), transaction.atomic():
        Issue.objects.filter(pk=small.pk).update(confirmed=Decimal("0.300001"))


def test_figures_move_with_an_issue_that_changes_its_place(issue: Issue, by: User) -> None:
    other = Unit.objects.get(code="990001102")
    counted = Revision.objects.filter(unit_key=other.pk).count()
    moves.rekey(issue, township=other)
    for as_of in (date(2018, 2, 1), date(2018, 6, 6)):
        (row,) = sums.rolled(issue.campaign_id, as_of=as_of, by=["township"])
        assert row.key == (other.pk,)
        assert row["found"] == 10
    assert Revision.objects.filter(unit_key=other.pk).count() == counted + 1
    with pytest.raises(ValueError, match="unit"):
        moves.rekey_all({issue.pk: {"unit_id": other.pk}})


def test_an_extension_leaves_the_days_before_it_overdue(listed: IssueList, by: User) -> None:
    late = make.issue(listed, by, quantity=3, deadline_class="dated", due_on=date(2018, 3, 31))
    extended = {"deadline_class": "dated", "due_on": date(2018, 6, 30), "by": by, "cause": "correction"}
    deadlines.change_deadline(late, **extended, in_force_from=date(2018, 5, 1))

    def overdue(as_of: date) -> Decimal:
        (row,) = sums.rolled(listed.campaign_id, as_of=as_of, by=())
        (same,) = sums.live(Issue.objects.all(), by=(), as_of=as_of)
        assert row.vector == same.vector
        return row["overdue_claimed"]

    assert [overdue(date(2018, 3, 31)), overdue(date(2018, 4, 30)), overdue(date(2018, 5, 1))] == [0, 3, 0]
    past = PastDeadline.objects.get()
    assert (past.from_on, past.until_on) == (FOUND_ON, date(2018, 5, 1))
    with pytest.raises(ledger.LedgerRefusal, match="自2018-05-01起生效"):
        deadlines.change_deadline(late, **extended, in_force_from=date(2018, 4, 1))
    with pytest.raises(ledger.LedgerRefusal, match="今天以后"):
        deadlines.change_deadline(late, **extended, in_force_from=date(2018, 6, 7))
    with pytest.raises(ledger.LedgerRefusal, match="必须写明到期日"):
        deadlines.change_deadline(late, **extended | {"due_on": None}, in_force_from=date(2018, 6, 1))


def test_withdrawn_issues_stand_in_no_figure_of_any_day(issue: Issue, by: User) -> None:
    assert ledger.withdraw_items([issue.pk], by=by) == 1
    assert ledger.withdraw_items([issue.pk], by=by) == 0
    issue.refresh_from_db()
    assert (issue.state, issue.found, issue.claimed) == (State.WITHDRAWN, 0, 0)
    days = {
        (entry.stage, entry.happened_on): entry.quantity for entry in IssueEntry.objects.order_by("pk")[2:]
    }
    assert days == {("found", FOUND_ON): -10, ("claimed", date(2018, 3, 1)): -4}
    assert sums.rolled(issue.campaign_id, as_of=date(2018, 3, 1)) == []
    with pytest.raises(ledger.LedgerRefusal, match="已撤回"):
        post(issue, by, move("claimed", "1", "2018-05-20"))


def test_what_was_known_at_an_instant_is_answered_from_the_entries(
    issue: Issue, by: User, on_day: OnDay
) -> None:
    known_at = timezone.make_aware(datetime(2018, 6, 6, 23, 59, 59))
    on_day("2018-06-07")
    post(issue, by, move("claimed", "3", "2018-05-20"))
    as_of = date(2018, 6, 1)
    (now,) = sums.live(Issue.objects.all(), by=["unit"], as_of=as_of)
    (then,) = sums.live(Issue.objects.all(), by=["unit"], as_of=as_of, known_at=known_at)
    assert (now["claimed"], then["claimed"]) == (7, 4)
    known = sums.annotate_as_of(Issue.objects.all(), as_of, known_at).get()
    assert (known.left_claimed_at, known.claimed_at) == (6, 4)


def test_a_deadline_changed_later_was_not_known_before(listed: IssueList, by: User, on_day: OnDay) -> None:
    late = make.issue(listed, by, quantity=3, deadline_class="dated", due_on=date(2018, 3, 31))
    known_at = timezone.make_aware(datetime(2018, 6, 6, 23, 59, 59))
    on_day("2018-06-10")
    deadlines.change_deadline(
        late,
        deadline_class="dated",
        due_on=date(2018, 9, 30),
        in_force_from=date(2018, 6, 1),
        by=by,
        cause="correction",
    )
    as_of = date(2018, 6, 5)
    assert sums.live(Issue.objects.all(), by=(), as_of=as_of)[0]["overdue_claimed"] == 0
    assert sums.live(Issue.objects.all(), by=(), as_of=as_of, known_at=known_at)[0]["overdue_claimed"] == 3


def test_live_groups_by_any_path_of_an_issue(listed: IssueList, by: User) -> None:
    department = Unit.objects.get(code="D-A")
    kind = make.category(listed.campaign, "C1", "危房", department=department)
    make.issue(listed, by, quantity=2, category=kind, source="审计")
    make.issue(listed, by, quantity=3, source="巡察", counted_in="个")
    rows = sums.live(Issue.objects.all(), by=["category__department", "source"], as_of=date(2018, 6, 6))
    assert {(row.key, row.counted_in, row["found"]) for row in rows} == {
        ((department.pk, "审计"), "户", Decimal(2)),
        ((None, "巡察"), "个", Decimal(3)),
    }


def test_the_first_entry_is_the_day_the_first_issue_was_found(listed: IssueList, by: User) -> None:
    assert sums.first_entry(listed.campaign_id) is None
    kept = make.issue(listed, by, found_on=date(2018, 2, 1))
    gone = make.issue(listed, by, found_on=date(2017, 12, 1))
    ledger.withdraw_items([gone.pk], by=by)
    assert sums.first_entry(listed.campaign_id) == date(2018, 2, 1)
    assert sums.first_entry(listed.campaign_id, township_ids=[None]) == date(2018, 2, 1)
    assert sums.first_entry(listed.campaign_id, township_ids=[1]) is None
    assert sums.first_entry_of(Issue.objects.filter(pk=kept.pk)) == date(2018, 2, 1)


def test_the_queries_of_an_act_do_not_grow_with_its_issues(
    listed: IssueList, by: User, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    issues = [make.issue(listed, by, quantity=5) for _ in range(40)]
    acts = [ledger.Act(issue.pk, [move("claimed", "1", "2018-05-20")]) for issue in issues]
    with django_assert_max_num_queries(20):  # type: ignore[attr-defined]
        ledger.post_all(acts, by=by, cause="import")
    with django_assert_max_num_queries(20):  # type: ignore[attr-defined]
        ledger.withdraw_items([issue.pk for issue in issues], by=by)
    assert not any(row.found for row in IssueBalance.objects.all())


def test_a_scope_that_holds_nothing_has_no_figures() -> None:
    assert sums.live(Issue.objects.none(), by=["unit"], as_of=FOUND_ON) == []


def test_a_demo_whose_day_went_back_sees_the_deadline_of_that_day(
    listed: IssueList, by: User, on_day: OnDay
) -> None:
    late = make.issue(listed, by, quantity=3, deadline_class="dated", due_on=date(2018, 3, 31))
    extension = {"deadline_class": "dated", "due_on": date(2018, 6, 30), "in_force_from": date(2018, 6, 6)}
    deadlines.change_deadline(late, **extension, by=by, cause="correction")
    on_day("2018-05-01")
    (live,) = sums.live(Issue.objects.all(), by=(), as_of=date(2018, 5, 1))
    (rolled,) = sums.rolled(listed.campaign_id, as_of=date(2018, 5, 1), by=())
    assert live["overdue_claimed"] == 3
    assert live.vector == rolled.vector
