"""A register of forms is a list like any other: reviewed, dropped with a reason, kept (W-098)."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from dashboards.services.verification import verify
from issues.models import Issue, IssueList
from issues.queries.choices import choices
from issues.queries.issues import filtered
from issues.queries.totals import totals
from issues.rules.filters import IssueFilter
from issues.rules.proposals import Proposed
from issues.rules.records import ProposalKind
from issues.rules.stages import State
from issues.services.life import proposals
from issues.services.workflow import Refused
from tests import factories
from tests.issues.life.conftest import World

WHY = {"reason": "内容重复，可从系统取数", "document": "某整改办〔2018〕15号"}
FORMS = (("农户信息类", 25, 12), ("项目资金类", 18, 9), ("周报类", 5, 5), ("统计年报类", 7, 0))
"""Kind of form, reviewed, dropped: together 55 and 26."""


@pytest.fixture
def register(world: World) -> IssueList:
    listed = factories.issue_list(world.campaign, "BB", "报表清理")
    for kind, reviewed, _ in FORMS:
        factories.issue(
            listed, world.office, description=kind, quantity=reviewed, counted_in="份",
            unit=world.department, found_on=date(2018, 5, 2),
        )  # fmt: skip
    return listed


def drop(world: World, register: IssueList) -> None:
    """One of the office proposes, another confirms."""
    for kind, _, dropped in FORMS:
        if not dropped:
            continue
        pk = Issue.objects.get(list=register, description=kind).pk
        removal = Proposed(quantity=Decimal(dropped))
        proposals.propose(pk, world.office, ProposalKind.REMOVAL, removal, **WHY)
        with pytest.raises(Refused):
            proposals.confirm(pk, world.office, ProposalKind.REMOVAL)
        proposals.confirm(pk, world.second, ProposalKind.REMOVAL)


def told(*arguments: str) -> dict[str, Any]:
    out = StringIO()
    call_command("tally", "--campaign", "gj2018", "--list", "BB", "--json", *arguments, stdout=out)
    (block,) = json.loads(out.getvalue())["blocks"]
    return dict(block)


def test_55_forms_reviewed_are_26_dropped_and_29_kept(world: World, register: IssueList) -> None:
    """W-098: the tally and the list behind it say the same."""
    drop(world, register)
    block = told()
    total = block["total"]
    assert block["counted_in"] == "份"
    assert (total["total"], total["removed"], total["left"]) == ("55", "26", "29")
    assert "调出26份" in block["sentence"]
    wanted = IssueFilter(campaign="gj2018", list="BB")
    (row,) = totals(filtered(Issue.objects.visible_to(world.office), wanted), wanted, choices())
    assert (row.counted_in, row.items, row.found, row.removed, row.left) == ("份", 4, 55, 26, 29)
    left = wanted.with_(measure="left")
    kept = filtered(Issue.objects.visible_to(world.office), left)
    assert {one.description: one.left for one in kept} == {"农户信息类": 13, "项目资金类": 9, "统计年报类": 7}
    assert verify()["differences"] == []


def test_each_dropped_form_keeps_its_reason_and_document(world: World, register: IssueList) -> None:
    drop(world, register)
    dropped = Issue.objects.filter(list=register, proposals__state="granted")
    said = dropped.values_list("proposals__reason", "proposals__document")
    assert list(said) == [(WHY["reason"], WHY["document"])] * 3
    assert Issue.objects.get(list=register, description="周报类").state == State.REMOVED
