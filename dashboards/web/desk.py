"""工作台: what is there to do next."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from dashboards.queries.desk import latest_imports
from dashboards.services.desk import desk
from dashboards.services.waiting import leads_waiting
from townships.access import allowed
from townships.rules.permissions import Permission


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """The desk of the person: the campaign's sentence, what waits, the latest imports."""
    campaign = request.frame.campaign
    may_see = bool(allowed(request.user, Permission.SEE_DASHBOARD))
    may_import = bool(allowed(request.user, Permission.IMPORT_LEDGERS))
    context = {
        "campaign": campaign,
        "may_import": may_import,
        "may_see": may_see,
        "desk": desk(campaign, request.user) if campaign and may_see else None,
        "waits": leads_waiting(campaign, request.user) if campaign and not may_see else None,
        "imports": latest_imports(campaign) if campaign and may_import else [],
    }
    return render(request, "dashboards/desk.html", context)
