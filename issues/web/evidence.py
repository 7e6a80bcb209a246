"""One file of evidence, for those who see its issue; striking it with a reason."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from issues.models import Evidence
from issues.queries.evidence import evidence_one
from issues.services.life import evidence
from issues.services.workflow import Missing, Refused
from townships.rules.permissions import Permission
from townships.web.requires import requires


def _found(request: HttpRequest, number: str, evidence_id: int) -> Evidence:
    file = evidence_one(request.user, number, evidence_id)
    if file is None:
        raise Http404("没有这份佐证")
    return file


@require_GET
@requires(Permission.SEE_ISSUES)
def file(request: HttpRequest, number: str, evidence_id: int) -> HttpResponseBase:
    """The file as it lies there, pictures to be looked at, everything else to be kept; ``?size=small``: a
    picture's small copy."""
    found = _found(request, number, evidence_id)
    is_picture = found.media_type.startswith("image/")
    path = evidence.path_of(found, small=is_picture and request.GET.get("size") == "small")
    if not path.is_file():
        raise Http404("文件不在了，请告诉管理员从备份中恢复。")
    answer = FileResponse(
        path.open("rb"), as_attachment=not is_picture, filename=found.name, content_type=found.media_type
    )
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


@require_http_methods(["GET", "POST"])
@requires(Permission.REPORT)
def strike(request: HttpRequest, number: str, evidence_id: int) -> HttpResponse:
    """Ask for the reason, then declare the file void."""
    found = _found(request, number, evidence_id)
    reason, refused = request.POST.get("reason", ""), ""
    if request.method == "POST":
        try:
            evidence.strike(request.user, found.issue_id, found.pk, reason)
        except Missing as missing:
            raise Http404(str(missing)) from missing
        except Refused as error:
            refused = str(error)
        else:
            messages.success(request, "已作废，原文件仍保留。")
            return redirect("issues:detail", number=number)
    context = {
        "file": found,
        "reason": reason.replace("\x00", ""),
        "refused": refused,
        "crumbs": [("问题清单", "/issues/"), (number, f"/issues/{number}/")],
    }
    status = HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    return render(request, "issues/strike.html", context, status=status)
