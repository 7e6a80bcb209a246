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

from alerts.models import Filing, Letter
from alerts.rules.rounds import Matter, Period, Rhythm
from alerts.services import rounds
from issues.models import Category, Import, Issue, IssueList, Lead, ListTemplate, Part
from projects.models import Campaign, Programme, Project
from rectify.lib import clock
from tests.dashboards.bulletins import a_signed_bulletin
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
HEADS = frozenset({"unit_head"})
READERS = frozenset(
    {"cadre", "unit_head", "department_staff", "office", "inspector", "leader", "api_client"}
) | {"neighbour", "stranger"}
FIGURES = READERS - {"inspector"}
EXPORTERS = FIGURES - {"api_client"}
REPORTERS = frozenset({"cadre", "department_staff", "neighbour"})
VERIFIERS = OFFICES | {"department_staff", "inspector"}
OUTSIDERS = frozenset({"neighbour", "stranger", "inspector"})

LOGIN = 302
OK, MOVED, UNKNOWN, REFUSED, MISSING, CONFLICT, WRONG = 200, 302, 401, 403, 404, 409, 422


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
FIELD = frozenset({"department_staff"})
LETTERED = OFFICES | REPORTERS | {"leader", "unit_head"}
NOT_WRITING = REPORTERS | {"unit_head", "stranger"}
LEAD_READERS = REPORTERS | OFFICES | HEADS | {"discipline"}
NOT_NAMED = OFFICES | HEADS | {"neighbour"}
"""Those who read leads, but not the one that 东镇 reported of 西镇 and 水务局 handles."""
NOT_ASKED = frozenset({"department_staff", "office", "neighbour", "stranger"})
"""Those who may register or sign somewhere, but not in 东镇's part."""
NOT_REGISTERING = dict.fromkeys(("unit_head", "leader", "inspector", "api_client"), 403)
NO_CAMPAIGN = {"stranger": 400}  # 乙县 has no campaign to count

MATRIX: dict[str, Line] = {
    # the house
    "healthz": Line("/healthz", anonymous=OK),
    "readyz": Line("/readyz", answer=503, anonymous=503),
    # the API
    "api:schema": Line("/api/v1/schema/", anonymous=UNKNOWN),
    "api:docs": Line("/api/v1/docs/"),
    "api:bulletins": Line("/api/v1/bulletins/", to=FIGURES, anonymous=UNKNOWN),
    "api:bulletin": Line(
        "/api/v1/bulletins/{bulletin}/", to=FIGURES, hidden_from=STRANGER, anonymous=UNKNOWN
    ),
    "api:tallies": Line("/api/v1/tallies/", to=FIGURES, but=NO_CAMPAIGN, anonymous=UNKNOWN),
    "api:units": Line("/api/v1/units/", anonymous=UNKNOWN),
    "api:unit": Line("/api/v1/units/990100101/", hidden_from=STRANGER, anonymous=UNKNOWN),
    "api:campaigns": Line("/api/v1/campaigns/", to=READERS, anonymous=UNKNOWN),
    "api:campaign": Line("/api/v1/campaigns/gj2018/", to=READERS, hidden_from=STRANGER, anonymous=UNKNOWN),
    "api:lists": Line("/api/v1/lists/", to=READERS, anonymous=UNKNOWN),
    "api:categories": Line("/api/v1/categories/", to=READERS, anonymous=UNKNOWN),
    "api:projects": Line("/api/v1/projects/", to=READERS, anonymous=UNKNOWN),
    "api:project": Line("/api/v1/projects/{project}/", to=READERS, hidden_from=OUTSIDERS, anonymous=UNKNOWN),
    "api:letters": Line("/api/v1/letters/", to=READERS, anonymous=UNKNOWN),
    "api:issues": Line("/api/v1/issues/", to=READERS, anonymous=UNKNOWN),
    "api:reports": Line("/api/v1/reports/", to=READERS, post={}, answer=415, anonymous=UNKNOWN),
    "api:issue": Line("/api/v1/issues/{issue}/", to=READERS, hidden_from=OUTSIDERS, anonymous=UNKNOWN),
    "api:alerts": Line("/api/v1/alerts/", to=READERS, anonymous=UNKNOWN),
    "api:rounds": Line("/api/v1/rounds/", to=FIGURES, anonymous=UNKNOWN),
    # the alerts room, its rounds
    "alerts:rounds": Line("/rounds/", to=FIGURES),
    "alerts:round-add": Line("/rounds/add/", to=OFFICES, but={"stranger": MOVED}),
    "alerts:round": Line(
        "/rounds/{collection}/", to=FIGURES, hidden_from=frozenset({"stranger", "department_staff"})
    ),
    "alerts:round-sheet": Line(
        "/rounds/{collection}/sheet/",
        to=EXPORTERS,
        hidden_from=frozenset({"stranger", "department_staff"}),
    ),
    "alerts:round-stop": Line(
        "/rounds/{collection}/stop/", to=OFFICES, post={}, answer=MOVED, hidden_from=STRANGER
    ),
    "alerts:round-chase": Line(
        "/rounds/{round}/chase/", to=OFFICES, post={}, answer=MOVED, hidden_from=STRANGER
    ),
    "alerts:filing-nothing": Line(
        "/rounds/filings/{filing}/nothing/",
        to=REPORTERS,
        hidden_from=frozenset({"department_staff", "neighbour"}),
    ),
    "alerts:filing-late": Line("/rounds/filings/{filing}/late/", to=OFFICES, hidden_from=STRANGER),
    # townships
    "login": Line("/accounts/login/", answer=MOVED, anonymous=OK),
    "logout": Line("/accounts/logout/", answer=MOVED),
    "password": Line("/accounts/password/"),
    "me": Line("/accounts/me/"),
    "delegations": Line("/accounts/delegations/", to=HEADS),
    "delegation-end": Line("/accounts/delegations/1/end/", to=HEADS, post={}, answer=MOVED),
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
    "issues:calendar-day": Line("/calendar/2018/day/", to=OFFICES, post={}),
    "issues:calendar-remove": Line("/calendar/2018/remove/", to=OFFICES, post={}, answer=MOVED),
    "issues:calendar-list": Line("/calendar/2018/list/", to=OFFICES, post={}),
    "calendar-document": Line("/calendar/2018/document/", to=OFFICES, post={}, answer=MOVED),
    "audit": Line("/audit/", to=AUDIT),
    "audit-verify": Line("/audit/verify/", to=AUDIT, post={}),
    # projects
    "projects:list": Line("/projects/", to=READERS),
    "projects:programmes": Line("/projects/programmes/", to=READERS),
    "projects:programme_add": Line("/projects/programmes/add/", to=OFFICES, but={"stranger": MOVED}),
    "projects:programme": Line("/projects/programmes/P1/", to=OFFICES, hidden_from=STRANGER),
    "projects:programme_act": Line(
        "/projects/programmes/P1/close/", to=OFFICES, post={}, answer=MOVED, hidden_from=STRANGER
    ),
    "projects:register": Line("/projects/new/", to=OFFICES, but={"stranger": MOVED}),
    "projects:edit": Line("/projects/{project}/edit/", to=OFFICES, hidden_from=OUTSIDERS),
    "projects:take_back": Line(
        "/projects/{project}/take-back/", to=OFFICES, post={}, answer=MOVED, hidden_from=OUTSIDERS
    ),
    "projects:ahead_strike": Line(
        "/projects/{project}/ahead/1/strike/", to=OFFICES, post={}, answer=MISSING, hidden_from=OUTSIDERS
    ),
    "projects:detail": Line("/projects/{project}/", to=READERS, hidden_from=OUTSIDERS),
    "projects:progress": Line("/projects/{project}/progress/", to=OFFICES | REPORTERS, hidden_from=OUTSIDERS),
    "projects:change_ask": Line(
        "/projects/{project}/change/", to=OFFICES | {"cadre", "department_staff"}, hidden_from=OUTSIDERS
    ),
    "projects:change": Line("/projects/{project}/change/1/", to=READERS, answer=MISSING),
    # issues
    "issues:list": Line("/issues/", to=READERS),
    "issues:detail": Line("/issues/{issue}/", to=READERS, hidden_from=OUTSIDERS),
    "issues:act": Line("/issues/{issue}/sign/", to=READERS, answer=CONFLICT, hidden_from=OUTSIDERS),
    "issues:checks": Line("/checks/", to=VERIFIERS),
    "issues:check_new": Line("/checks/new/", to=VERIFIERS),
    "issues:check_sheet": Line("/checks/1/", to=VERIFIERS, answer=MISSING),
    "issues:check_file": Line("/checks/1/file/", to=VERIFIERS, post={}, answer=MISSING),
    "issues:closure": Line("/issues/{issue}/closure/", to=READERS, answer=MISSING),
    "issues:documents": Line("/issues/documents/", to=EXPORTERS),
    "issues:signing": Line("/issues/signing/", to=READERS),
    "issues:omissions": Line("/issues/omissions/", to=READERS),
    "issues:omission_explain": Line("/issues/{issue}/omission/explain/", to=READERS, answer=MISSING),
    "issues:omission_rule": Line("/issues/{issue}/omission/rule/", to=READERS, answer=MISSING),
    "issues:report": Line("/report/", to=REPORTERS),
    "issues:evidence": Line("/issues/{issue}/evidence/1/", to=READERS, answer=MISSING),
    "issues:evidence_strike": Line("/issues/{issue}/evidence/1/strike/", to=REPORTERS, answer=MISSING),
    "issues:views": Line("/issues/views/", to=READERS),
    "issues:view_drop": Line("/issues/views/1/drop/", to=READERS, post={}, answer=MISSING),
    "issues:export": Line("/issues/export/", to=EXPORTERS),
    "issues:export_one": Line("/issues/export/1/", to=EXPORTERS, answer=MISSING),
    "issues:project_views": Line("/projects/views/", to=READERS),
    "issues:project_view_drop": Line("/projects/views/1/drop/", to=READERS, post={}, answer=MISSING),
    "issues:project_export": Line("/projects/export/", to=EXPORTERS),
    "issues:export_file": Line("/issues/export/1/file/", to=EXPORTERS, answer=MISSING),
    "issues:imports": Line("/import/", to=OFFICES),
    "issues:pending": Line("/import/pending/", to=OFFICES | {"discipline"}),
    "issues:pending_mend": Line(
        "/import/pending/1/mend/", to=OFFICES | {"discipline"}, post={}, answer=MISSING
    ),
    "issues:pending_drop": Line(
        "/import/pending/1/drop/", to=OFFICES | {"discipline"}, post={}, answer=MISSING
    ),
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
    "issues:one_list": Line("/lists/{list}/", to=READERS, hidden_from=OUTSIDERS),
    "issues:list_change": Line("/lists/{list}/change/", to=OFFICES, hidden_from=STRANGER),
    "issues:list_start": Line("/lists/{list}/start/", to=OFFICES, hidden_from=STRANGER),
    "issues:list_register": Line("/lists/{list}/register/", to=OFFICES, hidden_from=STRANGER),
    "issues:list_lock": Line("/lists/{list}/lock/", to=OFFICES, hidden_from=STRANGER),
    "issues:list_template": Line(
        "/lists/{list}/template/", to=OFFICES, hidden_from=STRANGER, post={}, answer=MOVED
    ),
    "issues:list_takeover": Line("/lists/{list}/takeover/", to=OFFICES, hidden_from=STRANGER),
    "issues:part": Line("/lists/parts/{part}/", to=READERS, hidden_from=OUTSIDERS | FIELD),
    "issues:part_register": Line(
        "/lists/parts/{part}/register/", to=frozenset({"cadre"}), hidden_from=NOT_ASKED
    ),
    "issues:part_take_back": Line(
        "/lists/parts/{part}/take-back/", to=READERS, post={}, answer=MISSING, but=NOT_REGISTERING
    ),
    "issues:part_check": Line(
        "/lists/parts/{part}/check/", to=frozenset({"cadre"}), post={}, answer=MOVED, hidden_from=NOT_ASKED
    ),
    "issues:part_sign": Line(
        "/lists/parts/{part}/sign/",
        to=frozenset({"cadre", "unit_head"}),
        post={},
        answer=WRONG,
        hidden_from=NOT_ASKED | {"leader", "inspector", "api_client"},
    ),
    "issues:templates": Line("/setup/templates/", to=OFFICES),
    "issues:template_add": Line("/setup/templates/add/", to=OFFICES),
    "issues:template": Line("/setup/templates/{template}/", to=OFFICES),
    "issues:categories": Line("/setup/categories/", to=OFFICES),
    "issues:category_delete": Line(
        "/setup/categories/{category}/delete/", to=OFFICES, post={}, answer=MOVED, hidden_from=STRANGER
    ),
    "issues:standards": Line("/standards/", to=OFFICES | {"department_staff"}),
    # letters: a draft of 甲县's office, which nobody else knows of
    "alerts:letters": Line("/letters/", to=LETTERED),
    "alerts:letter-draft": Line("/letters/draft/", to=OFFICES, but={"stranger": MISSING}),
    "alerts:letter-submit": Line("/letters/submit/", to=OFFICES, post={}, answer=MOVED),
    "alerts:letter-notices": Line("/letters/notices/", to=OFFICES),
    "alerts:letter-words": Line("/letters/words/", to=OFFICES),
    "alerts:letter-wording": Line("/letters/words/order/", to=OFFICES, but={"stranger": MISSING}),
    "alerts:letter": Line("/letters/{letter}/", to=LETTERED, hidden_from=NOT_WRITING),
    "alerts:letter-edit": Line("/letters/{letter}/edit/", to=OFFICES, hidden_from=STRANGER),
    "alerts:letter-pdf": Line("/letters/{letter}/pdf/", to=LETTERED, answer=MISSING),
    "alerts:letter-docx": Line("/letters/{letter}/docx/", to=LETTERED, answer=MISSING),
    "alerts:letter-reply-file": Line("/letters/{letter}/replies/1/file/", to=LETTERED, answer=MISSING),
    "alerts:letter-act": Line(
        "/letters/{letter}/sign/", to=LETTERED, answer=CONFLICT, hidden_from=NOT_WRITING
    ),
    # delivery: everybody's own inbox; the office's troubles; 系统管理员's ways out
    "alerts:ladder": Line("/alerts/", to=READERS),
    "alerts:shelved": Line("/alerts/shelved/", to=READERS),
    "alerts:record": Line("/alerts/records/1/", to=OFFICES, answer=MISSING),
    "alerts:rules": Line("/alerts/rules/", to=OFFICES, hidden_from=STRANGER),
    "alerts:rules-change": Line("/alerts/rules/change/", to=OFFICES, hidden_from=STRANGER),
    "alerts:inbox": Line("/alerts/inbox/"),
    "alerts:inbox-handle": Line("/alerts/inbox/handle/", post={}, answer=MOVED),
    "alerts:inbox-one": Line("/alerts/inbox/issue/1/", answer=MISSING),
    "alerts:choices": Line("/alerts/choices/"),
    "alerts:preview": Line("/alerts/preview/", to=OFFICES),
    "alerts:deliveries": Line("/alerts/deliveries/", to=OFFICES),
    "alerts:delivery-decide": Line("/alerts/deliveries/1/resend/", to=OFFICES, post={}, answer=MOVED),
    "alerts:channels": Line("/alerts/channels/", to=SYSADMIN),
    "alerts:channel-add": Line("/alerts/channels/add/", to=SYSADMIN),
    "alerts:channel": Line("/alerts/channels/1/", to=SYSADMIN, answer=MISSING),
    "alerts:channel-change": Line("/alerts/channels/1/test/", to=SYSADMIN, post={}, answer=MOVED),
    # leads: who reported it, its handling unit, the discipline organ; never the place it is about
    "issues:leads": Line("/leads/", to=LEAD_READERS),
    "issues:lead_add": Line("/leads/add/", to=REPORTERS | OFFICES, but={"stranger": MOVED}),
    "issues:lead": Line("/leads/{lead}/", to=LEAD_READERS, hidden_from=NOT_NAMED),
    "issues:lead_judge": Line(
        "/leads/{lead}/judge/", to=OFFICES | {"discipline"}, hidden_from=OFFICES, post={}, answer=WRONG
    ),
    "issues:lead_hand": Line(
        "/leads/{lead}/hand/", to=OFFICES | {"discipline"}, hidden_from=OFFICES, post={}, answer=WRONG
    ),
    "issues:lead_result": Line("/leads/{lead}/result/", to=frozenset({"discipline"}), post={}, answer=WRONG),
    "issues:lead_turn": Line("/leads/{lead}/issue/", to=OFFICES, answer=MISSING),
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
    "dashboards:bulletins": Line("/bulletins/", to=FIGURES),
    "dashboards:bulletin-add": Line("/bulletins/add/", to=OFFICES, but={"stranger": MOVED}),
    "dashboards:bulletin": Line("/bulletins/{bulletin}/", to=FIGURES, hidden_from=STRANGER),
    "dashboards:bulletin-edit": Line(
        "/bulletins/{bulletin}/edit/", to=OFFICES, answer=MOVED, hidden_from=STRANGER
    ),
    "dashboards:bulletin-file": Line(
        "/bulletins/{bulletin}/file/pdf/", to=FIGURES, answer=MISSING, hidden_from=STRANGER
    ),
    "dashboards:bulletin-act": Line(
        "/bulletins/{bulletin}/submit/", to=OFFICES | {"leader"}, post={}, answer=WRONG, hidden_from=STRANGER
    ),
    "dashboards:board": Line("/dashboard/", to=FIGURES),
    "dashboards:definitions": Line("/dashboard/definitions/", to=FIGURES),
    "dashboards:figures": Line("/dashboard/data/", to=FIGURES, but=NO_CAMPAIGN),
    "dashboards:sheet": Line("/dashboard/sheet/", to=EXPORTERS, but=NO_CAMPAIGN),
    "dashboards:matrix": Line("/dashboard/matrix/", to=FIGURES, but=NO_CAMPAIGN),
    "dashboards:matrix-sheet": Line("/dashboard/matrix/sheet/", to=EXPORTERS, but=NO_CAMPAIGN),
    "dashboards:compare": Line("/dashboard/compare/", to=FIGURES, but=NO_CAMPAIGN),
    "dashboards:compare-data": Line("/dashboard/compare/data/", to=FIGURES, but=NO_CAMPAIGN),
    "dashboards:compare-sheet": Line("/dashboard/compare/sheet/", to=EXPORTERS, but=NO_CAMPAIGN),
    "dashboards:township": Line(
        "/dashboard/townships/990100101/",
        to=FIGURES,
        hidden_from=frozenset({"department_staff", "neighbour"}),
        but=NO_CAMPAIGN,
    ),
    "dashboards:township-sheet": Line(
        "/dashboard/townships/990100101/sheet/",
        to=EXPORTERS,
        hidden_from=frozenset({"department_staff", "neighbour"}),
        but=NO_CAMPAIGN,
    ),
    "dashboards:department": Line(
        "/dashboard/departments/D01/",
        to=FIGURES,
        hidden_from=frozenset({"cadre", "unit_head", "neighbour"}),
        but=NO_CAMPAIGN,
    ),
    "dashboards:department-sheet": Line(
        "/dashboard/departments/D01/sheet/",
        to=EXPORTERS,
        hidden_from=frozenset({"cadre", "unit_head", "neighbour"}),
        but=NO_CAMPAIGN,
    ),
    "dashboards:unit": Line("/dashboard/units/990100101/", to=FIGURES, answer=MOVED),
    "dashboards:programme": Line(
        "/dashboard/programmes/P1/",
        to=FIGURES,
        hidden_from=frozenset({"cadre", "unit_head", "department_staff", "neighbour"}),
        but=NO_CAMPAIGN,
    ),
    "dashboards:programme-sheet": Line(
        "/dashboard/programmes/P1/sheet/",
        to=EXPORTERS,
        hidden_from=frozenset({"cadre", "unit_head", "department_staff", "neighbour"}),
        but=NO_CAMPAIGN,
    ),
    "dashboards:funds": Line("/dashboard/funds/", to=FIGURES, but=NO_CAMPAIGN),
    "dashboards:funds-sheet": Line("/dashboard/funds/sheet/", to=EXPORTERS, but=NO_CAMPAIGN),
    "dashboards:flow": Line("/dashboard/flow/", to=FIGURES, but=NO_CAMPAIGN),
    "dashboards:goals": Line("/dashboard/goals/", to=OFFICES, hidden_from=STRANGER),
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
    asked = Part.objects.create(list=issue_list, unit=township)
    template = ListTemplate.objects.create(code="own", name="本县模板")
    made |= {"part": asked.pk, "template": template.pk}
    west = Unit.objects.get(code="990100102")
    lead = Lead.objects.create(
        campaign=campaign,
        number="XS2018-000001",
        township=west,
        handling_unit=bureau,
        registered_by=people["cadre"],
    )
    made |= {"lead": lead.number}
    collection = rounds.ask(
        campaign,
        title="线索收集",
        rhythm=Rhythm.ONCE,
        matter=Matter.LEADS,
        levels=["township"],
        ground="县委办〔2018〕9号",
        approver="县委副书记",
        period=Period(date(2018, 6, 1), date(2030, 1, 1)),
        due_days=0,
        grace_days=0,
        door_days=0,
        by=people["office"],
    )
    filing = Filing.objects.get(round__collection=collection, unit=township)
    made |= {"collection": collection.pk, "round": filing.round_id, "filing": filing.pk}
    letter = Letter.objects.create(
        campaign=campaign,
        issuer=county,
        kind="order",
        unit=township,
        organ="督查室",
        mark="督",
        title="限期整改",
        body="正文",
        demands="要求",
        facts_on=date(2018, 6, 1),
        drafted_by=people["office"],
        drafted_at=clock.now(),
        updated_at=clock.now(),
    )
    made |= {"letter": letter.pk}
    made |= {"bulletin": a_signed_bulletin(campaign, people["office"], people["leader"]).pk}
    return {**made, "import": source.pk, "list": issue_list.pk, "category": category.pk}


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
