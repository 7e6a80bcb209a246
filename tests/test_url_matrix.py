"""Every address × every role: what answers, refuses, or does not exist for somebody. Unlisted ones fail.

A new page adds one line to MATRIX: its view name, an example address, who it opens to.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from issues.models import Category, Import, Issue, IssueList
from projects.models import Campaign, Programme, Project
from rectify.lib import clock
from tests.townships.conftest import COUNTY, make_person
from townships.models import Unit, User
from townships.rules.roles import Role
from townships.services import units

# --- who asks -----------------------------------------------------------------------------------------------
# Each role of the small county, and two outsiders: a cadre of another township, an office of another county.
SEATS: dict[str, tuple[Role, str]] = {
    "cadre": (Role.CADRE, "990100101"),
    "unit_head": (Role.UNIT_HEAD, "990100101"),
    "department_staff": (Role.DEPARTMENT_STAFF, "D01"),
    "office": (Role.OFFICE, "D02"),
    "inspector": (Role.INSPECTOR, "D02"),
    "leader": (Role.LEADER, "990100"),
    "discipline": (Role.DISCIPLINE, "D02"),
    "sysadmin": (Role.SYSADMIN, "990100"),
    "auditor": (Role.AUDITOR, "D02"),
    "api_client": (Role.API_CLIENT, "990100"),
    "neighbour": (Role.CADRE, "990100102"),
    "stranger": (Role.OFFICE, "880100"),
}
EVERYBODY = frozenset(SEATS)
OFFICES = frozenset({"office", "stranger"})
READERS = frozenset(
    {"cadre", "unit_head", "department_staff", "office", "inspector", "leader", "api_client"}
) | {"neighbour", "stranger"}
FIGURES = READERS - {"inspector"}
EXPORTERS = FIGURES - {"api_client"}
OUTSIDERS = frozenset({"neighbour", "stranger", "inspector"})

LOGIN = 302
OK, MOVED, REFUSED, MISSING = 200, 302, 403, 404


@dataclass(frozen=True, slots=True)
class Line:
    """``path`` with {names} of the world; ``to`` whom it answers ``answer``; for ``hidden_from`` it does not
    exist; everybody else gets ``refused``; ``but``: somebody's own answer. ``post``: asked by POST."""

    path: str
    to: frozenset[str] = EVERYBODY
    answer: int = OK
    hidden_from: frozenset[str] = frozenset()
    refused: int = REFUSED
    anonymous: int = LOGIN
    post: dict[str, str] | None = None
    but: dict[str, int] = field(default_factory=dict)

    def expected(self, who: str) -> int:
        if who in self.but:
            return self.but[who]
        if who in self.hidden_from:
            return MISSING
        return self.answer if who in self.to else self.refused


SYSADMIN = frozenset({"sysadmin"})
AUDIT = frozenset({"auditor", *OFFICES})
ACCOUNTS = frozenset({"sysadmin", *OFFICES})
STRANGER = frozenset({"stranger"})
NO_CAMPAIGN = {"stranger": 400}  # 乙县 has no campaign to count

MATRIX: dict[str, Line] = {
    # the house
    "healthz": Line("/healthz", anonymous=OK),
    "readyz": Line("/readyz", answer=503, anonymous=503),
    # townships
    "login": Line("/accounts/login/", answer=MOVED, anonymous=OK),
    "logout": Line("/accounts/logout/", answer=MOVED),
    "password": Line("/accounts/password/"),
    "me": Line("/accounts/me/"),
    "units": Line("/units/"),
    "unit-add": Line("/units/add/", to=OFFICES),
    "unit": Line("/units/990100101/", hidden_from=STRANGER),
    "unit-change": Line("/units/990100101/name/", to=OFFICES, post={}, hidden_from=STRANGER),
    "unit-vacate": Line("/units/990100101/vacate/", to=OFFICES, post={}, answer=MISSING),
    "people": Line("/people/", to=ACCOUNTS),
    "account-add": Line("/people/add/", to=SYSADMIN),
    "roster": Line("/people/roster/", to=SYSADMIN),
    "account": Line("/people/{account}/", to=ACCOUNTS, hidden_from=STRANGER),
    "account-reset": Line("/people/{account}/reset/", to=SYSADMIN, post={}),
    "account-switch": Line("/people/{account}/switch/", to=SYSADMIN, post={}, answer=MOVED),
    "calendar": Line("/calendar/"),
    "calendar-year": Line("/calendar/2018/"),
    "calendar-day": Line("/calendar/2018/day/", to=OFFICES, post={}),
    "calendar-remove": Line("/calendar/2018/remove/", to=OFFICES, post={}, answer=MOVED),
    "calendar-document": Line("/calendar/2018/document/", to=OFFICES, post={}, answer=MOVED),
    "audit": Line("/audit/", to=AUDIT),
    "audit-verify": Line("/audit/verify/", to=AUDIT, post={}),
    # projects
    "projects:list": Line("/projects/", to=READERS),
    "projects:detail": Line("/projects/{project}/", to=READERS, hidden_from=OUTSIDERS),
    # issues
    "issues:list": Line("/issues/", to=READERS),
    "issues:detail": Line("/issues/{issue}/", to=READERS, hidden_from=OUTSIDERS),
    "issues:views": Line("/issues/views/", to=READERS),
    "issues:view_drop": Line("/issues/views/1/drop/", to=READERS, post={}, answer=MISSING),
    "issues:export": Line("/issues/export/", to=EXPORTERS),
    "issues:export_one": Line("/issues/export/1/", to=EXPORTERS, answer=MISSING),
    "issues:export_file": Line("/issues/export/1/file/", to=EXPORTERS, answer=MISSING),
    "issues:imports": Line("/import/", to=OFFICES),
    "issues:pending": Line("/import/pending/", to=OFFICES),
    "issues:pending_mend": Line("/import/pending/1/mend/", to=OFFICES, post={}, answer=MISSING),
    "issues:pending_drop": Line("/import/pending/1/drop/", to=OFFICES, post={}, answer=MISSING),
    "issues:import": Line("/import/{import}/", to=OFFICES, hidden_from=STRANGER),
    "issues:import_progress": Line(
        "/import/{import}/progress/", to=OFFICES, answer=MOVED, hidden_from=STRANGER
    ),
    "issues:import_restart": Line(
        "/import/{import}/restart/", to=OFFICES, post={}, answer=MOVED, hidden_from=STRANGER
    ),
    "issues:import_sheet": Line(
        "/import/{import}/sheet/", to=OFFICES, post={}, answer=MOVED, hidden_from=STRANGER
    ),
    "issues:import_dates": Line(
        "/import/{import}/dates/", to=OFFICES, post={}, answer=MOVED, hidden_from=STRANGER
    ),
    "issues:import_decisions": Line(
        "/import/{import}/decisions/", to=OFFICES, answer=MOVED, hidden_from=STRANGER
    ),
    "issues:import_rows": Line("/import/{import}/rows/", to=OFFICES, answer=MOVED, hidden_from=STRANGER),
    "issues:import_changes": Line(
        "/import/{import}/changes/", to=OFFICES, answer=MOVED, hidden_from=STRANGER
    ),
    "issues:import_confirm": Line(
        "/import/{import}/confirm/", to=OFFICES, answer=MOVED, hidden_from=STRANGER
    ),
    "issues:import_pending": Line("/import/{import}/pending/", to=OFFICES, hidden_from=STRANGER),
    "issues:import_withdraw": Line("/import/{import}/withdraw/", to=OFFICES, hidden_from=STRANGER),
    "issues:import_abandon": Line(
        "/import/{import}/abandon/", to=OFFICES, post={}, answer=MOVED, hidden_from=STRANGER
    ),
    "issues:import_file": Line("/import/{import}/file/", to=OFFICES, hidden_from=STRANGER),
    # lists, categories
    "issues:lists": Line("/lists/", to=READERS),
    "issues:list_add": Line("/lists/add/", to=OFFICES, but={"stranger": MOVED}),
    "issues:list_change": Line("/lists/{list}/", to=OFFICES, hidden_from=STRANGER),
    "issues:categories": Line("/setup/categories/", to=OFFICES),
    # set-up
    "dashboards:setup": Line("/setup/", to=OFFICES),
    "dashboards:setup-units": Line("/setup/units/", to=OFFICES),
    "dashboards:setup-units-template": Line("/setup/units/template/", to=OFFICES),
    "dashboards:setup-units-preview": Line("/setup/units/preview/", to=OFFICES, answer=MOVED),
    "dashboards:setup-units-load": Line("/setup/units/load/", to=OFFICES, post={}, answer=MOVED),
    "dashboards:setup-campaign": Line("/setup/campaign/", to=OFFICES),
    "dashboards:setup-campaign-change": Line("/setup/campaign/gj2018/", to=OFFICES, hidden_from=STRANGER),
    "dashboards:setup-accounts": Line("/setup/accounts/", to=OFFICES),
    "dashboards:setup-accounts-template": Line("/setup/accounts/template/", to=OFFICES),
    "dashboards:setup-accounts-preview": Line("/setup/accounts/preview/", to=OFFICES, answer=MOVED),
    "dashboards:setup-accounts-create": Line("/setup/accounts/create/", to=OFFICES, post={}, answer=MOVED),
    # dashboards
    "dashboards:home": Line("/"),
    "dashboards:board": Line("/dashboard/", to=FIGURES),
    "dashboards:definitions": Line("/dashboard/definitions/", to=FIGURES),
    "dashboards:figures": Line("/dashboard/data/", to=FIGURES, but=NO_CAMPAIGN),
    "dashboards:sheet": Line("/dashboard/sheet/", to=EXPORTERS, but=NO_CAMPAIGN),
    "dashboards:funds": Line("/dashboard/funds/", to=FIGURES, but=NO_CAMPAIGN),
}


# --- the world they ask about -------------------------------------------------------------------------------
@pytest.fixture
def people(db: None) -> dict[str, User]:
    """One person per line of SEATS."""
    units.load_county(COUNTY, by=None)
    Unit.objects.create(code="880100", name="乙县", short_name="乙", level="county", path="880100/")
    seats = enumerate(SEATS.items(), start=1)
    return {who: make_person(number, role, unit) for number, (who, (role, unit)) in seats}


@pytest.fixture
def world(people: dict[str, User]) -> dict[str, Any]:
    """A campaign of 甲县 with one issue and one project at 东镇, both in the field of 水务局."""
    county, township, bureau = (Unit.objects.get(code=code) for code in ("990100", "990100101", "D01"))
    campaign = Campaign.objects.create(code="gj2018", name="攻坚行动", unit=county, start_on=date(2018, 6, 1))
    issue_list = IssueList.objects.create(campaign=campaign, code="L1", title="问题清单", short_name="清单")
    category = Category.objects.create(
        campaign=campaign, code="C1", name="饮水", full_name="饮水", path="C1/", department=bureau
    )
    issue = Issue.objects.create(
        campaign=campaign,
        list=issue_list,
        number="WT2018-000001",
        category=category,
        township=township,
        unit=township,
        found_on=date(2018, 6, 1),
        description="水管未通",
    )
    programme = Programme.objects.create(
        campaign=campaign, code="P1", name="饮水工程", full_name="饮水工程", path="P1/", department=bureau
    )
    project = Project.objects.create(
        campaign=campaign,
        programme=programme,
        number="XM2018-000001",
        name="东镇供水站",
        township=township,
        department=bureau,
        arranged_on=date(2018, 1, 1),
    )
    source = Import.objects.create(
        campaign=campaign,
        file_name="台账.csv",
        stored_as="imports/nowhere",
        sha256="0" * 64,
        size=1,
        status="done",
        uploaded_by=people["office"],
        uploaded_at=clock.now(),
    )
    made = {"account": people["cadre"].pk, "issue": issue.number, "project": project.number}
    return {**made, "import": source.pk, "list": issue_list.pk}


# --- the walk -----------------------------------------------------------------------------------------------
def _named(patterns: list[URLPattern | URLResolver], namespace: str = "") -> Iterator[tuple[str, str]]:
    """Every address of the project as (view name, pattern)."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _named(pattern.url_patterns, inner)
        else:
            yield f"{namespace}{pattern.name or ''}", str(pattern.pattern)


def test_every_address_is_listed() -> None:
    found = dict(_named(get_resolver().url_patterns))
    unnamed = [
        pattern for name, pattern in _named(get_resolver().url_patterns) if not name.rpartition(":")[2]
    ]
    assert not unnamed, f"addresses without a name: {unnamed}"
    assert not set(found) - set(MATRIX), (
        f"addresses without a line in MATRIX: {sorted(set(found) - set(MATRIX))}"
    )
    assert not set(MATRIX) - set(found), f"lines without an address: {sorted(set(MATRIX) - set(found))}"


@pytest.mark.parametrize("name", MATRIX)
def test_an_address_answers_each_as_the_matrix_says(
    name: str, people: dict[str, User], world: dict[str, Any]
) -> None:
    line = MATRIX[name]
    answers = {who: _ask(line, world, user) for who, user in people.items()}
    assert answers == {who: line.expected(who) for who in people}
    assert _ask(line, world, None) == line.anonymous


def _ask(line: Line, world: dict[str, Any], user: User | None) -> int:
    client = Client(raise_request_exception=False)
    if user is not None:
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    path = line.path.format(**world)
    response = client.get(path) if line.post is None else client.post(path, line.post)
    assert b"Traceback" not in (b"" if response.streaming else response.content)
    return response.status_code


@pytest.mark.django_db
def test_an_address_nobody_made_is_a_plain_page_for_all() -> None:
    response = Client().get("/wp-admin/")
    assert response.status_code in (302, 404)
