"""通报: the list, a new one, one with every figure linked to its list, its words, its files."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from dashboards.access import bulletin_verdicts, sees_whole
from dashboards.models import Bulletin
from dashboards.queries.bulletins import IN_HAND, bulletin_of, bulletins_for, scopes_of
from dashboards.rules.bulletin_figures import unknown_figures
from dashboards.rules.bulletin_templates import Part
from dashboards.rules.bulletins import BulletinKind, BulletinState, BulletinVerb, last_over, period_name
from dashboards.rules.bulletins import Period as Days
from dashboards.services.bulletins import drafting, editing, printing, signing
from dashboards.services.bulletins.composing import Composed, composed
from dashboards.services.bulletins.door import BulletinRefused, BulletinStale
from dashboards.web.asking import address
from dashboards.web.bulletin_forms import ActForm, DraftForm, EditForm, WordsForm
from projects.models import Campaign
from rectify.lib import clock
from townships.access import allowed
from townships.rules.permissions import Permission
from townships.web.paging import paged
from townships.web.requires import requires

reading = requires(Permission.SEE_DASHBOARD)
writing = requires(Permission.PUBLISH_BULLETINS)
acting = requires(Permission.PUBLISH_BULLETINS, Permission.SIGN_BULLETINS)


@never_cache
@require_safe
@reading
def page(request: HttpRequest) -> HttpResponse:
    """What is in hand, for who writes or signs; below, what was signed."""
    seen = bulletins_for(request.user, request.frame.campaign)
    context = {
        "add_url": _of_campaign("dashboards:bulletin-add", request.frame.campaign),
        "in_hand": [_line(one) for one in seen.filter(state__in=IN_HAND)],
        "pager": paged(request, seen.filter(state=BulletinState.SIGNED.value)),
        "may_write": allowed(request.user, Permission.PUBLISH_BULLETINS).ok,
        "may_sign": allowed(request.user, Permission.SIGN_BULLETINS).ok,
    }
    context["signed"] = [_line(one) for one in context["pager"].rows]
    return render(request, "bulletins/list.html", context)


def _of_campaign(name: str, campaign: Campaign | None) -> str:
    """The address of a page of bulletins that stays with the campaign in view."""
    return address(reverse(name), {"campaign": campaign.code} if campaign else {})


def _crumbs(campaign: Campaign) -> list[tuple[str, str]]:
    return [("通报", _of_campaign("dashboards:bulletins", campaign))]


def _line(bulletin: Bulletin) -> dict[str, Any]:
    newer = next((one for one in bulletin.corrections.all() if one.state == BulletinState.SIGNED.value), None)
    return {
        "bulletin": bulletin,
        "period": _period_name(bulletin),
        "corrected_by": newer,
    }


def _period_name(bulletin: Bulletin) -> str:
    return period_name(BulletinKind(bulletin.kind), Days(bulletin.first_on, bulletin.last_on))


def _found(request: HttpRequest, pk: int) -> Bulletin:
    found = bulletin_of(request.user, pk)
    if found is None:
        raise Http404("没有这份通报")
    return found


@never_cache
@require_http_methods(["GET", "POST"])
@writing
def add(request: HttpRequest) -> HttpResponse:
    """Which period of which kind; the figures are taken at once, of the campaign that the form names."""
    campaign = request.frame.campaign
    if campaign is None:
        messages.error(request, "还没有工作，请先建立一项工作。")
        return redirect("dashboards:bulletins")
    usual = {"kind": BulletinKind.MONTHLY.value, "basis": "claimed"}
    usual["last_on"] = last_over(BulletinKind.MONTHLY, clock.today()).last
    form = DraftForm(request.POST or None, scopes=scopes_of(campaign), initial=usual)
    if request.method == "POST" and form.is_valid():
        try:
            made = drafting.draft(campaign, by=request.user, **form.told())
        except BulletinRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, "已取数并写成草稿；数字来自快照，文字可以修改。")
            return redirect("dashboards:bulletin", pk=made.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {
        "form": form,
        "campaign": campaign,
        "crumbs": _crumbs(campaign),
        "add_url": _of_campaign("dashboards:bulletin-add", campaign),
        "list_url": _of_campaign("dashboards:bulletins", campaign),
    }
    return render(request, "bulletins/add.html", context, status=status)


@never_cache
@require_safe
@gzip_page
@reading
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """The bulletin as it is printed, each figure a link to its list as it was known when it was taken."""
    return _one_page(request, _found(request, pk))


def _one_page(
    request: HttpRequest,
    bulletin: Bulletin,
    *,
    words: WordsForm | None = None,
    asking: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    made = composed(bulletin)
    verdicts = bulletin_verdicts(request.user, bulletin)
    is_open = bulletin.state in IN_HAND
    context = {
        "bulletin": bulletin,
        "made": made,
        "period": _period_name(bulletin),
        "may": {verb.value: verdict.ok for verb, verdict in verdicts.items()},
        "why": {verb.value: verdict.reason for verb, verdict in verdicts.items()},
        "signs": allowed(request.user, Permission.SIGN_BULLETINS).ok and bulletin.state == "pending",
        "linked": sees_whole(request.user, bulletin.campaign),
        "corrected_by": _line(bulletin)["corrected_by"],
        "unknown": _unknown(bulletin, made) if is_open else (),
        "form": ActForm(initial={"version": bulletin.version}),
        "words": words or WordsForm(initial={"version": bulletin.version}),
        "asking": asking,
        "crumbs": _crumbs(bulletin.campaign),
    }
    return render(request, "bulletins/one.html", context, status=status)


def _unknown(bulletin: Bulletin, made: Composed) -> list[str]:
    return unknown_figures(bulletin.prose.values(), made.sections)


@never_cache
@require_http_methods(["GET", "POST"])
@writing
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The words and the choice of parts; the figures stand beside them and cannot be typed over."""
    bulletin = _found(request, pk)
    verdict = bulletin_verdicts(request.user, bulletin, (BulletinVerb.EDIT,))[BulletinVerb.EDIT]
    if not verdict.ok:
        messages.error(request, verdict.reason)
        return redirect("dashboards:bulletin", pk=pk)
    form = EditForm(request.POST if request.method == "POST" else None, bulletin=bulletin)
    if request.method == "POST" and form.is_valid():
        try:
            editing.edit(pk, form.told(), by=request.user, version=form.cleaned_data["version"])
        except BulletinStale as stale:
            form.add_error(None, str(stale))
            form.data = form.data.copy()
            form.data["version"] = stale.bulletin.version
            bulletin = stale.bulletin
        except BulletinRefused as refused:
            form.add_error(refused.field if refused.field in form.fields else None, str(refused))
        else:
            messages.success(request, "已保存。")
            return redirect("dashboards:bulletin", pk=pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "bulletin": bulletin, "parts": _prose_rows(bulletin, form)}
    context["crumbs"] = [*_crumbs(bulletin.campaign), (bulletin.title, f"/bulletins/{pk}/")]
    return render(request, "bulletins/edit.html", context, status=status)


def _prose_rows(bulletin: Bulletin, form: EditForm) -> list[dict[str, Any]]:
    """Each part offered: its field, and the sentences from the snapshot that stand above what is typed."""
    shown = {section.part.value: section for section in composed(bulletin).sections}
    return [
        {"field": field, "section": shown.get(name), "label": Part(name).label}
        for name, field in form.prose_by_part.items()
    ]


SIMPLE: dict[str, tuple[Callable[..., Bulletin], str]] = {
    "refresh": (editing.refresh, "已按现在登记的记录重新取数。"),
    "submit": (editing.submit, "已送县领导签发。"),
    "take_back": (editing.take_back, "已取回，可以修改。"),
    "drop": (editing.drop, "草稿已作废。"),
    "sign": (signing.sign, "已签发，文号、文档和 PDF 已经定稿。"),
}
WORDED: dict[str, tuple[Callable[..., Bulletin], str]] = {
    "send_back": (editing.send_back, "已退回修改。"),
    "correct": (drafting.correct, "已起草更正通报，数字按现在登记的记录取。"),
}


@require_POST
@acting
def act(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Do one verb of the table; a refusal keeps what was typed."""
    if verb not in SIMPLE and verb not in WORDED:
        raise Http404("没有这个操作")
    bulletin = _found(request, pk)
    form = (WordsForm if verb in WORDED else ActForm)(request.POST)
    if not form.is_valid():
        words = form if isinstance(form, WordsForm) else None
        return _one_page(request, bulletin, words=words, asking=verb, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    does, told = (WORDED if verb in WORDED else SIMPLE)[verb]
    said = [form.cleaned_data["words"]] if verb in WORDED else []
    try:
        done = does(pk, *said, by=request.user, version=form.cleaned_data["version"])
    except BulletinRefused as refused:
        messages.error(request, str(refused))
        words = WordsForm(request.POST) if verb in WORDED else None
        return _one_page(request, _found(request, pk), words=words, asking=verb, status=HTTPStatus.CONFLICT)
    messages.success(request, told)
    return redirect("dashboards:bulletins") if verb == "drop" else redirect("dashboards:bulletin", pk=done.pk)


@require_safe
@reading
def file(request: HttpRequest, pk: int, form: str) -> HttpResponse:
    """The bulletin as a file: the bytes kept at the signature; of a draft, as it would now be printed."""
    bulletin = _found(request, pk)
    if form not in printing.WRITERS:
        raise Http404("没有这种格式")
    if bulletin.state == BulletinState.SIGNED.value:
        kept = next((one for one in bulletin.files.all() if one.format == form), None)
        content = printing.content_of(kept) if kept else None
        if content is None:
            raise Http404("文件不在了，或者和签发时不一致，请告诉管理员从备份中恢复。")
    else:
        content = printing.printed(bulletin, form, made_at=bulletin.updated_at)
    answer = HttpResponse(content, content_type=printing.MEDIA[form])
    name = printing.file_name(bulletin, form)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-cache"
    return answer
