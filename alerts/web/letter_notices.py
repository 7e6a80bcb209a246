"""整改任务通知书 by list: what waits for one, what needs none (W-081)."""

from __future__ import annotations

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from alerts.queries.letter_candidates import candidates
from alerts.queries.letter_notices import standing_by_list, waived, without_notice
from alerts.services.letters import notices
from alerts.services.letters.door import LetterRefused
from alerts.web.letter_forms import WaiverForm
from alerts.web.letters import CRUMBS
from rectify.lib import clock
from rectify.lib.masking import mask_text
from townships.rules.permissions import Permission
from townships.web.paging import told
from townships.web.requires import requires


@require_http_methods(["GET", "POST"])
@requires(Permission.WRITE_LETTERS)
def notice_page(request: HttpRequest) -> HttpResponse:
    """Every list with its counts; with ``list``, the issues that wait, to be drafted from or marked."""
    campaign = request.frame.campaign
    if campaign is None:
        return render(request, "letters/notices.html", {"lines": [], "crumbs": CRUMBS})
    form = WaiverForm(request.POST or None)
    if request.method == "POST":
        if "draft" in request.POST:
            return _to_draft(request)
        if "unwaive" in request.POST:
            return _unwaive(request)
        if form.is_valid() and _waive(request, form):
            return redirect(request.get_full_path())
    lines = standing_by_list(campaign, request.user)
    code = told(request, "list")
    line = next((one for one in lines if one.code == code), None)
    if code and line is None:
        raise Http404("没有这张清单")
    context = {
        "lines": lines,
        "line": line,
        "form": form,
        "rows": candidates(without_notice(campaign, request.user, code), clock.today()) if line else [],
        "marked": [
            (issue.number, mask_text(issue.description)[:60], mask_text(issue.notice_waiver.reason))
            for issue in (waived(campaign, request.user, code) if line else [])
        ],
        "ticked": set(request.POST.getlist("issue")),
        "crumbs": [*CRUMBS, ("整改任务通知书", reverse("alerts:letter-notices"))] if line else CRUMBS,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "letters/notices.html", context, status=status)


def _to_draft(request: HttpRequest) -> HttpResponse:
    """The drafting page with what was ticked."""
    query = urlencode({"kind": "notice", "issue": request.POST.getlist("issue")}, doseq=True)
    return redirect(f"{reverse('alerts:letter-draft')}?{query}")


def _waive(request: HttpRequest, form: WaiverForm) -> bool:
    try:
        count = notices.waive(
            request.frame.campaign,
            request.POST.getlist("issue"),
            form.cleaned_data["reason"],
            by=request.user,
        )
    except LetterRefused as refused:
        form.add_error("reason" if refused.field == "reason" else None, str(refused))
        return False
    messages.success(request, f"已标明{count}个问题无须通知。")
    return True


def _unwaive(request: HttpRequest) -> HttpResponse:
    try:
        notices.unwaive(request.frame.campaign, [request.POST["unwaive"]], by=request.user)
    except LetterRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "已取消，这个问题回到待通知的问题里。")
    return redirect(request.get_full_path())
