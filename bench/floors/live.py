"""Floor of a live roll-up: login, and the statement of live.sql for the day asked for."""

from pathlib import Path

from django.db import connection
from django.http import HttpRequest, JsonResponse

from projects.models import Campaign
from rectify.lib import clock
from townships.rules.permissions import Permission
from townships.web.requires import requires

NOW, PAST, _ = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";")


@requires(Permission.SEE_DASHBOARD)
def page(request: HttpRequest) -> JsonResponse:
    """By department and township: stages, closed, deadlines, unstated, money."""
    day = request.GET.get("as_of") or clock.today().isoformat()
    campaign = Campaign.objects.values_list("pk", flat=True).get(code=request.GET["campaign"])
    with connection.cursor() as cursor:
        cursor.execute(PAST if "as_of" in request.GET else NOW, {"day": day, "campaign": campaign})
        return JsonResponse({"rows": cursor.fetchall()})
