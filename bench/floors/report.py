"""Floor of a report: the page's login and the INSERTs and UPDATEs of report.sql; nothing asked or held."""

import hashlib
import uuid
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.http import HttpResponse
from django.shortcuts import redirect

from issues.models import Issue
from issues.rules.stages import MEASURES
from rectify.lib import clock
from townships.rules.permissions import Permission
from townships.web.requires import requires

KEYS = ("campaign", "list", "category", "township")
STATEMENTS = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8").split(";")


def rollup(table: str, *dated: str) -> str:
    """The cell of the issue's key moved; ``dated``: the day or month it has besides."""
    names = ", ".join((*(f"{key}_key" for key in KEYS), "counted_in", *dated))
    marks = ", ".join(f"%({name})s" for name in (*KEYS, "counted_in", *dated))
    changes = ", ".join("1000" if name == "claimed" else "0" for name in MEASURES)
    added = ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in MEASURES)
    into = f"INSERT INTO {table} ({names}, {', '.join(MEASURES)}) VALUES ({marks}, {changes})"
    return f"{into} ON CONFLICT ({names}) DO UPDATE SET {added}"


DATED = [rollup(f"issues_issue{one}", one) for one in ("day", "month")]
STATEMENTS[-1:-1] = [rollup("issues_issuebalance"), *DATED]


@requires(Permission.REPORT)
def page(request: Any, number: str) -> HttpResponse:
    """One report, as the form sends it."""
    form, who, digest = request.POST, request.user, hashlib.sha256(request.body).hexdigest()
    told = {"client": form["client_id"], "said": form["narrative"], "day": form["happened_on"]}
    made = {
        "digest": digest,
        "month": f"{told['day'][:8]}01",
        "receipt": uuid.uuid4().hex[:24],
        "stamp": uuid.uuid4().int >> 66,
    }
    values = {**_found(number), **told, **made, "unit": who.unit_id, "by": who.pk, "now": clock.now()}
    with transaction.atomic(), connection.cursor() as cursor:
        for statement in STATEMENTS:
            cursor.execute(statement, values)
    return redirect("issues:detail", number=number)


@cache
def _found(number: str) -> dict[str, Any]:
    ids = [f"{key}_id" for key in KEYS]
    found = Issue.objects.values_list("pk", "counted_in", *ids).get(number=number)
    return dict(zip(("pk", "counted_in", *KEYS), found, strict=True))
