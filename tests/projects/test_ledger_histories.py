"""Random histories of projects and funds through the ledger's verbs: everything that is summed agrees."""

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
from projects.models import Fund, FundEntry, Programme, Project
from projects.queries import sums
from projects.rules.stages import MONEY_STAGES, WORK_STAGES, Stage
from projects.services import ledger
from rectify.lib.measures import Row
from tests import factories as make
from townships.models import Unit, User

pytestmark = pytest.mark.django_db

FIRST, LAST = date(2018, 1, 1), date(2018, 7, 10)
DAYS = st.integers(0, (LAST - FIRST).days).map(lambda n: FIRST + timedelta(days=n))
QUANTITIES = st.sampled_from([Decimal(n) for n in (1, 2, 3)] + [Decimal("0.1"), Decimal("0.2")])
NOTHING = Decimal(0)
BY = ("programme", "township")


class World:
    """Two programmes with works and money, and every act the ledger knows."""

    def __init__(self, by: User, settings: Any, data: st.DataObject) -> None:
        self.by, self.settings, self.data = by, settings, data
        self.programmes = list(Programme.objects.all())
        self.townships: list[Unit | None] = [None, *Unit.objects.filter(level="township")]
        settings.RECTIFY_TODAY = date(2018, 5, 20)
        for counted_in in ("户", "万元"):
            self.arranged(counted_in)
        self.funded()

    def draw(self, strategy: st.SearchStrategy[Any]) -> Any:
        return self.data.draw(strategy)

    def one_of(self, values: Iterable[Any]) -> Any:
        return self.draw(st.sampled_from(list(values)))

    @property
    def today(self) -> date:
        return date(*self.settings.RECTIFY_TODAY.timetuple()[:3])

    def day(self) -> date:
        return self.one_of([self.today, self.draw(DAYS)])

    def any_of(self, model: type[Project] | type[Fund]) -> Any:
        """A present item; one in eight times any, withdrawn ones too."""
        everything = model._default_manager.order_by("pk")
        present = list(everything.filter(withdrawn_at__isnull=True))
        return self.one_of(everything if not present or self.draw(st.integers(0, 7)) == 7 else present)

    # --- acts -----------------------------------------------------------------------------------------------

    def arranged(self, counted_in: str = "") -> None:
        make.project(
            self.one_of(self.programmes),
            self.by,
            arranged=5,
            allotted=self.one_of([5, 5, 2]),
            started=[(1, self.today)],
            counted_in=counted_in or self.one_of(["户", "公里", "万元"]),
            arranged_on=min(self.draw(DAYS), self.today),
            township=self.one_of(self.townships),
        )

    def funded(self) -> None:
        make.fund(
            self.one_of(self.programmes),
            self.by,
            due="10",
            funded=self.one_of(["8", "12.5"]),
            on=min(self.draw(DAYS), self.today),
            township=self.one_of(self.townships),
        )

    def worked(self) -> None:
        move = ledger.Move(self.one_of(WORK_STAGES), self.draw(QUANTITIES), self.day())
        ledger.post(self.any_of(Project), moves=[move], by=self.by, cause="report")

    def went_on(self) -> None:
        """A work is completed and accepted in one act."""
        day = self.today
        moves = [ledger.Move(stage, Decimal(1), day) for stage in ("completed", "accepted")]
        ledger.post(self.any_of(Project), moves=moves, by=self.by, cause="report")

    def corrected(self) -> None:
        move = ledger.Move(self.one_of(WORK_STAGES), -self.draw(QUANTITIES), self.day())
        ledger.post(self.any_of(Project), moves=[move], by=self.by, cause="correction")

    def paid(self) -> None:
        """Money of a work or a fund, one way or the other."""
        amount = self.draw(QUANTITIES) * self.one_of([1, 1, -1])
        item = self.any_of(self.one_of([Project, Fund]))
        move = ledger.Move(self.one_of(MONEY_STAGES), NOTHING, self.day(), amount)
        ledger.post(item, moves=[move], by=self.by, cause="report")

    def several(self) -> None:
        move = ledger.Move(Stage.ARRANGED, Decimal("0.5"), self.today)
        ids = Project.objects.present().order_by("pk").values_list("pk", flat=True)[:3]
        ledger.post_all(Project, {pk: [move] for pk in ids}, by=self.by, cause="change")

    def rekeyed(self) -> None:
        model = self.one_of([Project, Fund])
        changes = {"programme": self.one_of(self.programmes), "township": self.one_of(self.townships)}
        if model is Project:
            changes["counted_in"] = self.one_of(["户", "公里", "万元"])
        ledger.rekey(self.any_of(model), **changes)

    def withdrawn(self) -> None:
        item = self.any_of(self.one_of([Project, Fund]))
        assert ledger.withdraw_items(type(item), [item.pk], by=self.by) == int(item.withdrawn_at is None)

    def imported(self) -> None:
        """A fund written beside the ledger, as an import does, then handed to it."""
        programme = self.programmes[0]
        fund = Fund.objects.create(
            campaign=programme.campaign,
            programme=programme,
            number=f"F{Fund.objects.count()}",
            arranged_on=FIRST,
            funded=Decimal("3.5"),
        )
        FundEntry.objects.create(
            item=fund,
            stage="funded",
            amount=Decimal("3.5"),
            happened_on=FIRST,
            recorded_at="2018-05-20T08:00:00+08:00",
            recorded_by=self.by,
            cause="import",
        )
        ledger.apply_new(Fund, [fund.pk])

    def day_moved(self) -> None:
        self.settings.RECTIFY_TODAY = self.draw(DAYS)

    def rolled(self) -> None:
        assert ledger.roll_to(self.today) >= self.today

    def rebuilt(self) -> None:
        assert rebuild(self.today)["totals"] == 0


ACTS = (
    "arranged",
    "funded",
    "worked",
    "went_on",
    "corrected",
    "paid",
    "several",
    "rekeyed",
    "withdrawn",
    "imported",
    "day_moved",
    "rolled",
    "rebuilt",
)


def as_cells(rows: Iterable[Row]) -> dict[Any, Any]:
    return {(row.key, row.counted_in): row.vector for row in rows}


def check(world: World, campaign_id: int) -> None:
    proof = verify()
    assert proof["ok"], proof["differences"]
    projects, funds = Project.objects.present(), Fund.objects.present()
    as_of = min(world.draw(DAYS), world.today)
    for day in {world.today, as_of}:
        rolled = as_cells(sums.rolled(campaign_id, as_of=day, by=BY))
        assert rolled == as_cells(sums.live(projects, by=BY, as_of=day, funds=funds)), day
    listed, money = sums.annotate_as_of(projects, as_of), sums.annotate_funds_as_of(funds, as_of)
    totals = sums.live(projects, by=(), as_of=as_of, funds=funds)
    behind = listed.filter(not_started_at__gt=0).values_list("not_started_at", flat=True)
    assert sum(behind) == sum(row["allotted"] - row["started"] for row in totals)
    for name in ("funded", "over"):
        here = [*listed.values_list(f"{name}_at", flat=True), *money.values_list(f"{name}_at", flat=True)]
        assert sum(here) == sum(row[name] for row in totals), name


def test_any_history_keeps_works_and_money_equal_wherever_they_are_summed(settings: Any) -> None:
    campaign = make.campaign(make.county())
    by = make.user("office", campaign.unit)
    for code in ("P1", "P2"):
        make.programme(campaign, code, f"专项{code}")
    accepted: Counter[str] = Counter()
    refused: Counter[str] = Counter()

    @hypothesis_settings(max_examples=hypothesis_settings.default.max_examples // 2)
    @given(st.data())
    def play(data: st.DataObject) -> None:
        with transaction.atomic():
            world = World(by, settings, data)
            for act in data.draw(st.permutations(ACTS)):
                for _ in range(3):  # until one is accepted
                    try:
                        getattr(world, act)()
                    except ledger.LedgerRefusal:
                        refused[act] += 1
                    else:
                        accepted[act] += 1
                        break
                check(world, campaign.pk)
            transaction.set_rollback(True)

    play()
    print("accepted", dict(accepted), "refused", dict(refused))
    assert all(accepted[act] for act in ACTS), accepted
    assert refused
