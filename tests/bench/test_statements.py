"""The number of statements follows neither the rows of a page nor, beyond a fixed few per thousand, an import's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench import workbook
from issues.models import Issue
from issues.services.imports import files, running
from projects.models import Campaign
from tests import factories as make
from townships.exchange.county import read_county
from townships.models import Unit, User
from townships.services import accounts, units

pytestmark = pytest.mark.django_db
PAGES = ("/issues/?campaign=gj2018&measure=left&sort=-due", "/dashboard/?campaign=gj2018", "/lists/")


@contextmanager
def counted() -> Iterator[list[str]]:
    """Every statement sent, also those of the batches that a log of queries leaves out."""
    sent: list[str] = []

    def note(execute: Callable[..., Any], sql: str, *args: Any) -> Any:
        sent.append(sql)
        return execute(sql, *args)

    with connection.execute_wrapper(note):
        yield sent


def issues_at(campaign: Campaign, by: User, count: int) -> None:
    listed = campaign.lists.first() or make.issue_list(campaign)
    kinds = list(campaign.categories.all()) or [make.category(campaign, f"C{n}", f"第{n}类") for n in (1, 2)]
    places = list(Unit.objects.filter(level="township"))
    for position in range(count):
        make.issue(
            listed, by, quantity=3, township=places[position % 3], category=kinds[position % 2],
            claims=[(1, date(2018, 3, 1))], deadline_class="dated", due_on=date(2018, 5, 31),
        )  # fmt: skip


@pytest.mark.parametrize("address", PAGES)
def test_a_page_asks_as_often_for_sixty_issues_as_for_six(
    address: str, client: Client, on_day: Callable[[str], None]
) -> None:
    on_day("2018-06-06")
    campaign = make.campaign(make.county())
    office = make.user("office", campaign.unit)
    client.force_login(office)
    asked = []
    for more in (6, 54):
        issues_at(campaign, office, more)
        client.get(address)  # what is kept until something changes is read before
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        asked.append([query["sql"] for query in queries.captured_queries])
    assert len(asked[0]) == len(asked[1])


def test_every_further_thousand_rows_costs_an_import_the_same_few_statements(tmp_path: Path) -> None:
    by = accounts.system_user()
    units.load_county(read_county(Path(settings.BASE_DIR) / "demo" / "county"), by=by)
    county = Unit.objects.get(level="county")
    sent = []
    for count in (100, 1_000, 2_000, 3_000):  # the first of all also reads what is kept from then on
        campaign = make.campaign(county, code=f"c{count}")
        path = workbook.build(tmp_path / f"{count}.xlsx", count)
        with path.open("rb") as stream:
            source = files.receive(stream=stream, file_name=path.name, by=by, campaign=campaign)
        with counted() as statements:
            assert running.execute(source).written
        assert Issue.objects.filter(campaign=campaign).count() == count
        sent.append(len(statements))
    assert sent[3] - sent[2] == sent[2] - sent[1] <= 10
