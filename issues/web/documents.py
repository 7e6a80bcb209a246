"""Documents per unit: which units there are, what a report still lacks, the file with its purpose."""

from __future__ import annotations

from http import HTTPStatus
from io import BytesIO
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from issues.exchange.documents import unit_document
from issues.exchange.workbooks import export_note
from issues.models import Issue
from issues.queries.choices import Choices, choices
from issues.queries.documents import UnitLine, issues_of_unit, problems_of, units_with_issues
from issues.queries.issues import filtered
from issues.rules.documents import MOST, Document, Problem, lacking
from issues.rules.filters import IssueFilter
from issues.services import exports
from rectify.lib import clock
from rectify.lib.criteria import FilterRefused
from townships.rules.permissions import Permission
from townships.web.requires import requires

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_http_methods(["GET", "POST"])
@requires(Permission.EXPORT)
def documents(request: HttpRequest) -> HttpResponseBase:
    """The units; with ``unit``, its documents; a POST gives the file."""
    try:
        asked = {name: request.GET[name] for name in ("list", "campaign") if request.GET.get(name)}
        wanted = IssueFilter.from_params(asked, today=clock.today())
        campaign = request.frame.campaign
        if campaign is None:
            return render(request, "issues/documents.html", {"lines": []})
        wanted = wanted.with_(campaign=campaign.code)
        known = choices()
        found = filtered(Issue.objects.visible_to(request.user), wanted, known=known)
    except FilterRefused as refused:
        context = {"refused": refused.reasons}
        return render(request, "issues/refused.html", context, status=HTTPStatus.BAD_REQUEST)
    lines = units_with_issues(found, known, clock.today())
    code = request.GET.get("unit", "")
    if not code:
        return render(request, "issues/documents.html", {"lines": lines, "wanted": wanted})
    line = next((one for one in lines if one.code == code), None)
    if line is None:
        raise Http404("没有这个单位，或者它没有问题。")
    return _of_unit(request, line, wanted.with_(holder=code), known)


def _of_unit(request: HttpRequest, line: UnitLine, wanted: IssueFilter, known: Choices) -> HttpResponseBase:
    """The page of one unit, and its file once a purpose is given and nothing is lacking."""
    ids = list(issues_of_unit(request.user, wanted, known).order_by("number").values_list("pk", flat=True))
    problems = problems_of(ids, known, clock.today()) if len(ids) <= MOST else []
    missing = lacking(problems)
    context: dict[str, Any] = {
        "line": line,
        "wanted": wanted,
        "count": len(ids),
        "most": MOST,
        "is_too_long": len(ids) > MOST,
        "missing": missing,
        "lists": [one for one in known.lists.values() if one.campaign == request.frame.campaign.pk],
        "crumbs": [("问题清单", "/issues/"), ("单位文书", "/issues/documents/")],
    }
    if request.method != "POST":
        return render(request, "issues/documents_unit.html", context)
    kind = next((one for one in Document if one.value == request.POST.get("document")), None)
    reason = request.POST.get("reason", "").replace("\x00", "").strip()[:200]
    context |= {"reason": reason}
    if kind is None or not reason:
        context["error"] = "请选择文书。" if kind is None else "请写明用途。"
        return _refused(request, context, HTTPStatus.UNPROCESSABLE_ENTITY)
    if context["is_too_long"] or not ids:
        context["error"] = "没有问题可写。" if not ids else f"问题多于{MOST}个，请先选一张清单。"
        return _refused(request, context, HTTPStatus.CONFLICT)
    if kind is Document.REPORT and missing:
        context["error"] = f"还有{len(missing)}个问题缺责任人、整改时限或整改措施，补齐以后才能出整改报告。"
        return _refused(request, context, HTTPStatus.CONFLICT)
    return _file(request, line, wanted, known, kind, problems, reason)


def _refused(request: HttpRequest, context: dict[str, Any], status: HTTPStatus) -> HttpResponse:
    return render(request, "issues/documents_unit.html", context, status=status)


def _file(
    request: HttpRequest,
    line: UnitLine,
    wanted: IssueFilter,
    known: Choices,
    kind: Document,
    problems: list[Problem],
    reason: str,
) -> FileResponse:
    now, user, campaign = clock.now(), request.user, request.frame.campaign
    listed = next((one for one in known.lists.values() if one.code == wanted.list), None)
    first = Issue.objects.visible_to(user).filter(number=problems[0].facts.number).get()
    is_signed = line.handed and line.signed == line.handed and line.signed_at
    content = unit_document(
        kind,
        unit=line.name,
        subject=listed.short_name if listed else campaign.name,
        problems=problems,
        note=export_note(user, first.list_id, reason, now),
        by=f"{user.unit.short_name}{user.name}",
        now=now,
        signed=clock.beijing_date(line.signed_at).isoformat() if is_signed else "",
    )
    exports.record_document(
        by=user, name=f"{line.name}{kind.label}", reason=reason, rows=len(problems), query=wanted.to_query()
    )
    name = f"{line.name}{kind.label}{now.strftime('%Y%m%d')}.docx"
    return FileResponse(BytesIO(content), as_attachment=True, filename=name, content_type=DOCX)
