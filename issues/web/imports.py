"""The files: upload, the list of earlier ones, taking one back, the file as it was brought."""

from __future__ import annotations

import mimetypes
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from issues.models import Import
from issues.models.imports import STATUSES
from issues.queries.imports import campaigns_for, import_of, is_open_to, listed_imports, pending_of
from issues.rules.report import Kind
from issues.services.imports import files, recognition, withdrawal
from issues.services.imports.keeping import FileRefused, hand_out
from issues.web.import_forms import UploadForm, plain, whole
from rectify.lib.sheets.types import UnreadableFile
from townships.rules.permissions import Permission
from townships.web.paging import paged, told
from townships.web.requires import requires

importing = requires(Permission.IMPORT_LEDGERS)


def found_import(request: HttpRequest, import_id: int) -> Import:
    """The import of the address, if it is in the person's sight; else there is no such page."""
    source = import_of(request.user, import_id)
    if source is None:
        raise Http404("没有这次导入")
    return source


def holds_hidden_leads(request: HttpRequest, source: Import) -> bool:
    """Whether the file holds leads that the person may not read."""
    kinds = {sheet["kind"] for sheet in source.report.get("sheets", ())}
    kinds |= set(source.sheets.values_list("kind", flat=True))
    return Kind.LEADS.value in kinds and not is_open_to(request.user, Kind.LEADS, source.uploaded_by_id)


@require_http_methods(["GET", "HEAD", "POST"])
@importing
def listing(request: HttpRequest) -> HttpResponse:
    """Bring a file in; below, what was brought before."""
    if request.GET.get("status") == "pending":
        return redirect("issues:pending")
    campaigns = campaigns_for(request.user)
    in_view = request.frame.campaign
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        campaigns=campaigns,
        initial={"campaign": in_view.pk if in_view else None},
    )
    if request.method == "POST" and form.is_valid():
        source = _received(request, form)
        if source is not None:
            return redirect("issues:import", import_id=source.pk)
    return _list_page(request, form, has_campaign=campaigns.exists())


def _received(request: HttpRequest, form: UploadForm) -> Import | None:
    given = form.cleaned_data
    options = {name: given[name].isoformat() if given[name] else None for name in ("ref_date", "found_on")}
    try:
        source = files.receive(
            stream=given["file"],
            file_name=plain(given["file"].name, 255),
            by=request.user,
            campaign=given["campaign"],
            issue_list=given["list"] or None,
            options=options,
        )
    except UnreadableFile as error:
        form.add_error("file", str(error))
        return None
    recognition.start(source.pk)
    return source


def _list_page(request: HttpRequest, form: UploadForm, *, has_campaign: bool) -> HttpResponse:
    found = listed_imports(request.user)
    wanted = {"status": told(request, "status"), "q": told(request, "q")}
    if wanted["status"] in dict(STATUSES):
        found = found.filter(status=wanted["status"])
    if wanted["q"]:
        found = found.filter(file_name__icontains=wanted["q"])
    context = {
        "form": form,
        "has_campaign": has_campaign,
        "pager": paged(request, found),
        "wanted": wanted,
        "statuses": STATUSES,
        "pending": pending_of(request.user).filter(status="pending").count(),
    }
    return render(request, "imports/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@importing
def withdraw(request: HttpRequest, import_id: int) -> HttpResponse:
    """Take back all that an import brought; the page says first what goes, or why it cannot."""
    source = found_import(request, import_id)
    if request.method == "POST":
        try:
            withdrawal.withdraw(import_id=source.pk, by=request.user)
        except withdrawal.WithdrawalRefused as refused:
            messages.error(request, str(refused))
            return redirect("issues:import_withdraw", import_id=source.pk)
        messages.success(request, f"《{source.file_name}》的导入已整份撤回，各项数字已随之还原。")
        return redirect("issues:import", import_id=source.pk)
    sheets = list(source.sheets.select_related("list"))
    created, updated = (sum(getattr(sheet, name) for sheet in sheets) for name in ("created", "updated"))
    context: dict[str, Any] = {
        "source": source,
        "objection": withdrawal.objection(source),
        "sheets": sheets,
        "created": created,
        "updated": updated,
        "touched": created + updated,
        "pending": pending_of(request.user).filter(sheet__source=source, status="pending").count(),
    }
    return render(request, "imports/withdraw.html", context)


@require_POST
@importing
def abandon(request: HttpRequest, import_id: int) -> HttpResponse:
    """Give up a file that was not written."""
    source = found_import(request, import_id)
    try:
        withdrawal.abandon(import_id=source.pk, by=request.user)
    except withdrawal.WithdrawalRefused as refused:
        messages.error(request, str(refused))
        return redirect("issues:import", import_id=source.pk)
    messages.success(request, f"已放弃导入《{source.file_name}》，没有写入任何内容。")
    return redirect("issues:imports")


@require_http_methods(["GET", "HEAD", "POST"])
@importing
def download(request: HttpRequest, import_id: int) -> HttpResponseBase:
    """The file as it was brought: unmasked, so it takes a reason, which is logged."""
    source = found_import(request, import_id)
    if holds_hidden_leads(request, source):
        messages.error(request, "文件里有线索，只有经手导入的人可以下载。")
        return redirect("issues:import", import_id=source.pk)
    problem = ""
    reason = plain(request.POST.get("reason"))
    if request.method == "POST":
        try:
            path = hand_out(import_id=source.pk, by=request.user, reason=reason)
        except FileRefused as refused:
            problem = str(refused)
        else:
            kind = mimetypes.guess_type(source.file_name)[0] or "application/octet-stream"
            return FileResponse(
                path.open("rb"), as_attachment=True, filename=source.file_name, content_type=kind
            )
    return render(request, "imports/file.html", {"source": source, "problem": problem, "reason": reason})


def position(request: HttpRequest, count: int) -> int:
    """The sheet that an address is about, from 0; the first for nonsense."""
    at = whole(request.POST.get("at") or request.GET.get("at"))
    return at if at < count else 0
