"""首次设置: units from the office's workbook, accounts from its roster; each seen before it is done."""

from __future__ import annotations

from collections import Counter
from io import BytesIO

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from dashboards.queries.setup import unit_counts
from dashboards.services import setup_files
from dashboards.web.kept_uploads import drop, keep, kept
from dashboards.web.setup_forms import WorkbookForm
from rectify.lib.sheets.types import UnreadableFile
from townships.exchange import county_workbook, roster
from townships.queries.people import accounts_seen_by
from townships.rules.permissions import Permission
from townships.services.accounts import AccountError
from townships.services.units import UnitError
from townships.web.requires import requires

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
UNITS, ROSTER = "units", "roster"
PROBLEMS_SHOWN = 200
GONE = "文件已经不在了（可能放了一天以上，或在别处换了文件），请重新选择。"


@requires(Permission.SET_UP)
def units_page(request: HttpRequest) -> HttpResponse:
    """What units there are, and where their workbook is chosen."""
    form = _received(request, UNITS)
    if form is None:
        return redirect("dashboards:setup-units-preview")
    return render(request, "setup/units.html", {"form": form, "there": unit_counts(request.user)})


@require_GET
@requires(Permission.SET_UP)
def units_template(request: HttpRequest) -> FileResponse:
    """An empty workbook to fill in."""
    return _sheet(county_workbook.template(), county_workbook.TEMPLATE_NAME)


@require_GET
@never_cache
@requires(Permission.SET_UP)
def units_preview(request: HttpRequest) -> HttpResponse:
    """What the chosen workbook would bring: counts by level, what is wrong, what is only worth knowing."""
    found = kept(request, UNITS)
    if found is None:
        return _gone(request, "dashboards:setup-units")
    path, name = found
    try:
        understood = setup_files.understand_units(path, request.user)
    except (UnreadableFile, UnitError) as error:
        return _refused(request, UNITS, "dashboards:setup-units", error)
    reading = understood.reading
    context = {
        "name": name,
        "understood": understood,
        "problems": reading.problems[:PROBLEMS_SHOWN],
        "more_problems": max(0, len(reading.problems) - PROBLEMS_SHOWN),
        "notes": reading.notes[:PROBLEMS_SHOWN],
        "changes": sum(count.fresh + count.changed for count in reading.counts) or len(reading.county.sets),
        "form": WorkbookForm(),
    }
    return render(request, "setup/units_preview.html", context)


@require_POST
@requires(Permission.SET_UP)
def units_load(request: HttpRequest) -> HttpResponse:
    """Store the units of the workbook that was seen."""
    found = kept(request, UNITS)
    if found is None:
        return _gone(request, "dashboards:setup-units")
    try:
        done = setup_files.load_units(found[0], by=request.user)
    except UnreadableFile as error:
        return _refused(request, UNITS, "dashboards:setup-units", error)
    except UnitError as error:
        messages.error(request, f"没有载入：{error}")
        return redirect("dashboards:setup-units-preview")
    drop(request, UNITS)
    messages.success(request, f"单位已载入：新增{done.created}个，更新{done.updated}个。")
    return redirect("dashboards:setup")


@requires(Permission.SET_UP)
def accounts_page(request: HttpRequest) -> HttpResponse:
    """How many accounts there are, and where the roster is chosen."""
    form = _received(request, ROSTER)
    if form is None:
        return redirect("dashboards:setup-accounts-preview")
    context = {
        "form": form,
        "there": accounts_seen_by(request.user).count(),
        "units": unit_counts(request.user),
    }
    return render(request, "setup/accounts.html", context)


@require_GET
@requires(Permission.SET_UP)
def accounts_template(request: HttpRequest) -> FileResponse:
    """An empty roster to fill in."""
    return _sheet(roster.template(), roster.TEMPLATE_NAME)


@require_GET
@never_cache
@requires(Permission.SET_UP)
def accounts_preview(request: HttpRequest) -> HttpResponse:
    """The accounts the roster would make, who has one already, what is wrong."""
    found = kept(request, ROSTER)
    if found is None:
        return _gone(request, "dashboards:setup-accounts")
    path, name = found
    try:
        plan = setup_files.plan_accounts(path, request.user)
    except UnreadableFile as error:
        return _refused(request, ROSTER, "dashboards:setup-accounts", error)
    roles = Counter(account.role.label for account in plan.accounts)
    context = {"name": name, "plan": plan, "roles": sorted(roles.items()), "form": WorkbookForm()}
    return render(request, "setup/accounts_preview.html", context)


@require_POST
@never_cache
@requires(Permission.SET_UP)
def accounts_create(request: HttpRequest) -> HttpResponse:
    """Make the accounts that were seen; the answer is the page of slips, shown once."""
    found = kept(request, ROSTER)
    if found is None:
        return _gone(request, "dashboards:setup-accounts")
    try:
        made, known = setup_files.create_accounts(found[0], by=request.user)
    except UnreadableFile as error:
        return _refused(request, ROSTER, "dashboards:setup-accounts", error)
    except AccountError as error:
        messages.error(request, f"没有建立账号：{error}")
        return redirect("dashboards:setup-accounts-preview")
    drop(request, ROSTER)
    return render(request, "setup/slips.html", {"slips": made, "known": known})


def _received(request: HttpRequest, what: str) -> WorkbookForm | None:
    """None once a file was kept; else the form, with what was wrong."""
    if request.method != "POST":
        return WorkbookForm()
    form = WorkbookForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            setup_files.refuse_classified(keep(request, what, file), file.name)
        except UnreadableFile as error:
            drop(request, what)
            form.add_error("file", str(error))
        else:
            return None
    return form


def _gone(request: HttpRequest, back: str) -> HttpResponse:
    messages.error(request, GONE)
    return redirect(back)


def _refused(request: HttpRequest, what: str, back: str, error: Exception) -> HttpResponse:
    drop(request, what)
    messages.error(request, str(error))
    return redirect(back)


def _sheet(content: bytes, name: str) -> FileResponse:
    return FileResponse(BytesIO(content), as_attachment=True, filename=name, content_type=XLSX)
