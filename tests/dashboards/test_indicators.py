"""The registry is complete: every figure an answer carries has its definition, every definition its parts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from dashboards.rules.asking import query_from
from dashboards.rules.figures import percent, plain
from dashboards.rules.indicators import INDICATORS, indicator
from dashboards.rules.proofs import proof, value_of
from dashboards.rules.tallies import Member, TallyError
from issues.rules.filters import MEASURES as ISSUE_LISTS
from projects.rules.filters import MEASURES as PROJECT_LISTS
from rectify.lib import clock


def test_every_indicator_says_how_it_is_counted() -> None:
    for said in INDICATORS.values():
        assert said.name and said.formula and said.basis and said.source and said.version
        assert said.is_rate == bool(said.numerator)


def test_every_measure_of_an_indicator_is_a_filter_of_its_list() -> None:
    for said in INDICATORS.values():
        lists = ISSUE_LISTS if said.of == "issues" else PROJECT_LISTS
        assert not said.measure or said.measure in lists, said


def test_figures_are_written_plainly() -> None:
    assert [plain(Decimal(text)) for text in ("1245", "0.50", "-0", "1E+3", "711.620000")] == [
        "1245", "0.5", "0", "1000", "711.62",
    ]  # fmt: skip
    assert percent(Decimal(42), Decimal(183)) == "23.0"
    assert percent(Decimal(1), Decimal(0)) is None


def test_proofs_name_the_member_itself_or_none() -> None:
    address = proof(
        "/issues/", {"campaign": "gj"}, {"category": Member("C1", "住房", True), "township": None}, "户"
    )
    assert address == "/issues/?campaign=gj&category=C1%21&township=-&counted_in=%E6%88%B7"
    assert value_of("township", Member("T1", "甲镇", True)) == "T1"


def test_an_unknown_parameter_is_refused() -> None:
    with pytest.raises(TallyError, match="没有“colour”这个统计条件"):
        query_from({"colour": "red"}, today=clock.today())
    with pytest.raises(KeyError):
        indicator("issues", "colour")
