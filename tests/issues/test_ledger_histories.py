"""Random histories of issues through the ledger's verbs: totals, order, roll-ups and live sums agree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dashboards.services.verification import rebuild, verify
from issues.models import Category, Issue, IssueEntry, IssueList
from issues.queries import sums
from issues.rules.stages import Stage, State
from issues.services import deadlines, ledger, moves
from projects.models import Campaign
from rectify.lib.measures import Row
from tests import factories as make
from townships.models import Unit, User

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2017, 11, 20), date(2018, 7, 10)
DAYS = st.integers(0, (LAST - FIRST).days).map(lambda n: FIRST + timedelta(days=n))
QUANTITIES = st.sampled_from([Decimal(n) for n in (1, 2, 3, 5, 10)] + [Decimal("0.1"), Decimal("0.2")])
BY = ("list", "category", "township")
NULLABLE_CLASSES = ("dated", "immediate", "long", "undetermined")


class World:
    """A small county with issues, and every act the ledger knows; refusals are counted, not hidden."""

    def __init__(self, campaign: Campaign, by: User, settings: Any, data: st.DataObject) -> None:
        self.campaign, self.by, self.settings, self.data = campaign, by, settings, data
        self.lists = list(IssueList.objects.all())
        self.categories: list[Category | None] = [None, *Category.objects.all()]
        self.townships: list[Unit | None] = [None, *Unit.objects.filter(level="township")]
        self.settings.RECTIFY_TODAY = date(2018, 5, 20)
        for _ in range(2):
            issue = self.create()
            half_done = ledger.Move("claimed", Decimal(5), self.today)
            ledger.post(item_id=issue.pk, moves=[half_done], by=by, cause="report")

    def draw(self, strategy: st.SearchStrategy[Any]) -> Any:
        return self.data.draw(strategy)

    def one_of(self, values: Iterable[Any]) -> Any:
        return self.draw(st.sampled_from(list(values)))

    @property
    def today(self) -> date:
        return date(*self.settings.RECTIFY_TODAY.timetuple()[:3])

    def day(self) -> date:
        return self.one_of([self.today, self.draw(DAYS)])

    def any_issue(self) -> Issue:
        """A present issue; one in eight times any, withdrawn ones too."""
        everything = Issue.objects.order_by("pk")
        present = list(everything.present())
        return self.one_of(everything if not present or self.draw(st.integers(0, 7)) == 7 else present)

    def deadline(self) -> dict[str, Any]:
        kind = self.one_of(NULLABLE_CLASSES)
        due_on = self.draw(DAYS) if kind in ("dated", "immediate") else None
        return {"deadline_class": kind, "due_on": due_on, "is_long": kind == "long"}

    def create(self, quantity: Decimal = Decimal(10)) -> Issue:
        return make.issue(
            self.one_of(self.lists),
            self.by,
            quantity=quantity,
            amount=self.one_of([None, Decimal("30.5")]),
            counted_in=self.one_of(["户", "个"]),
            found_on=min(self.draw(DAYS), self.today),
            category=self.one_of(self.categories),
            township=self.one_of(self.townships),
            is_stated=self.draw(st.booleans()),
            deadline_confirmed=self.draw(st.booleans()),
            **self.deadline(),
        )

    # --- acts -----------------------------------------------------------------------------------------------

    def found(self) -> None:
        self.create(self.draw(QUANTITIES))

    def post(self, stage: Stage, sign: int = 1, cause: str = "report") -> None:
        quantity = self.draw(QUANTITIES) * sign
        amount = self.one_of([None, None, quantity])
        move = ledger.Move(stage, quantity, self.day(), amount)
        ledger.post(item_id=self.any_issue().pk, moves=[move], by=self.by, cause=cause)

    def removed(self) -> None:
        self.post(Stage.REMOVED, cause="removal")

    def claimed(self) -> None:
        self.post(Stage.CLAIMED)

    def confirmed(self) -> None:
        self.post(Stage.CONFIRMED, cause="verification")

    def cut(self) -> None:
        """核减 and 更正: a negative line of any stage."""
        self.post(self.one_of([*Stage, Stage.CLAIMED, Stage.CLAIMED]), -1, "correction")

    def verified(self) -> None:
        """Of what was claimed some is true, some taken back, in one act."""
        day = self.day()
        acts = [ledger.Move("confirmed", Decimal(1), day), ledger.Move("claimed", Decimal(-1), day)]
        ledger.post(item_id=self.any_issue().pk, moves=acts, by=self.by, cause="verification")

    def several(self) -> None:
        """One act over several issues."""
        issues = list(Issue.objects.present().order_by("pk")[:4])
        day = self.day()
        acts = [ledger.Act(issue.pk, [ledger.Move("claimed", Decimal("0.5"), day)]) for issue in issues]
        ledger.post_all(acts, by=self.by, cause="report")

    def rekeyed(self) -> None:
        moves.rekey(
            self.any_issue(),
            list=self.one_of(self.lists),
            category=self.one_of(self.categories),
            township=self.one_of(self.townships),
            counted_in=self.one_of(["户", "个"]),
        )

    def deadline_changed(self) -> None:
        issue = self.any_issue()
        deadlines.change_deadline(
            issue,
            **self.deadline(),
            confirmed=self.draw(st.booleans()),
            in_force_from=self.one_of([self.day(), issue.found_on]),
            by=self.by,
            cause="correction",
        )

    def said(self) -> None:
        moves.say(self.any_issue(), said_on=self.draw(DAYS))

    def closed(self) -> None:
        moves.set_closed(self.any_issue(), closed_on=self.one_of([None, self.draw(DAYS)]))

    def withdrawn(self) -> None:
        issue = self.any_issue()
        assert ledger.withdraw_items([issue.pk], by=self.by) == int(issue.state != State.WITHDRAWN)

    def imported(self) -> None:
        """Rows written beside the ledger, as an import does, then handed to it."""
        new = []
        for number in range(3):
            moved = [ledger.Move("found", Decimal(3), FIRST)]
            if number:
                moved.append(ledger.Move("claimed", Decimal(number), date(2018, 3, number)))
            issue = Issue.objects.create(
                campaign=self.campaign,
                list=self.lists[0],
                number=f"I{Issue.objects.count()}",
                township=self.one_of(self.townships),
                found_on=FIRST,
                found=Decimal(3),
                claimed=Decimal(number),
                deadline_class="dated",
                due_on=date(2018, 5, 25),
                deadline_confirmed=True,
            )
            IssueEntry.objects.bulk_create(
                IssueEntry(
                    item=issue,
                    stage=move.stage,
                    quantity=move.quantity,
                    happened_on=move.happened_on,
                    recorded_at="2018-05-20T08:00:00+08:00",
                    recorded_by=self.by,
                    cause="import",
                )
                for move in moved
            )
            facts = ledger.facts_of(
                moved, deadline_class="dated", due_on=issue.due_on, deadline_confirmed=True, stated_on=None
            )
            key = (issue.campaign_id, issue.list_id, None, issue.township_id, "个")
            new.append(ledger.NewItem(*key, facts, (issue.unit_id,)))
        ledger.apply_new(new)

    def day_moved(self) -> None:
        """A night passes, a week is missed, or the demo's day goes back."""
        self.settings.RECTIFY_TODAY = self.draw(DAYS)

    def rolled(self) -> None:
        assert ledger.roll_to(self.today) >= self.today

    def rebuilt(self) -> None:
        assert rebuild(self.today)["totals"] == 0


ACTS = (
    "found",
    "removed",
    "claimed",
    "confirmed",
    "cut",
    "verified",
    "several",
    "rekeyed",
    "deadline_changed",
    "said",
    "closed",
    "withdrawn",
    "imported",
    "day_moved",
    "rolled",
    "rebuilt",
)


def as_cells(rows: Iterable[Row]) -> dict[Any, Any]:
    """(key, what is counted) → measures that are not zero."""
    return {(row.key, row.counted_in): {name: value for name, value in row.items() if value} for row in rows}


def check(world: World) -> None:
    proof = verify()
    assert proof["ok"], proof["differences"]
    present = Issue.objects.present()
    for as_of in {world.today, min(world.draw(DAYS), world.today), date(2018, 2, 28), date(2017, 12, 31)}:
        if as_of > world.today:
            continue
        rolled = as_cells(sums.rolled(world.campaign.pk, as_of=as_of, by=BY))
        assert rolled == as_cells(sums.live(present, by=BY, as_of=as_of)), as_of
    check_list(world, min(world.draw(DAYS), world.today))


def check_list(world: World, as_of: date) -> None:
    """The list behind a number sums to it, and has as many items."""
    listed = sums.annotate_as_of(Issue.objects.present(), as_of)
    totals = sums.live(Issue.objects.present(), by=(), as_of=as_of)
    assert sum(row["items"] for row in totals) == listed.filter(found_at__gt=0).count()
    for name in ("left_claimed", "left_confirmed", "overdue_claimed", "unconfirmed_confirmed", "unstated"):
        behind = listed.filter(**{f"{name}_at__gt": 0}).values_list(f"{name}_at", flat=True)
        if name.startswith("left"):
            expected = sum(row["found"] - row["removed"] - row[name[5:]] for row in totals)
        else:
            expected = sum(row[name] for row in totals)
        assert sum(behind) == expected, name


def test_any_history_keeps_entries_totals_roll_ups_and_lists_equal(settings: Any) -> None:
    campaign = make.campaign(make.county())
    by = make.user("office", campaign.unit)
    for code in ("L1", "L2"):
        make.issue_list(campaign, code, f"清单{code}")
    for code in ("C1", "C2"):
        make.category(campaign, code, f"类别{code}")
    accepted: Counter[str] = Counter()
    refused: Counter[str] = Counter()

    @hypothesis_settings(max_examples=hypothesis_settings.default.max_examples // 2)
    @given(st.data())
    def play(data: st.DataObject) -> None:
        with transaction.atomic():
            world = World(campaign, by, settings, data)
            for act in data.draw(st.permutations(ACTS)):
                for _ in range(3):  # until one is accepted
                    try:
                        getattr(world, act)()
                    except ledger.LedgerRefusal:
                        refused[act] += 1
                    else:
                        accepted[act] += 1
                        break
                check(world)
            transaction.set_rollback(True)

    play()
    print("accepted", dict(accepted), "refused", dict(refused))
    assert all(accepted[act] for act in ACTS), accepted
    assert refused
