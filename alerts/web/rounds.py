"""填报制度: what is collected, the matrix of units × periods, "nothing" by the unit, late entry, chasing."""

from __future__ import annotations

from datetime import date, timedelta
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alerts.exchange.rounds import matrix_workbook
from alerts.models import Collection, Filing, Round
from alerts.queries import round_pages
from alerts.queries.rounds import stand
from alerts.rules.rounds import Matter, Period, Rhythm
from alerts.services import rounds
from alerts.services.rounds import RoundRefused
from alerts.web.round_forms import AskForm, LateForm, NothingForm
from rectify.lib import clock
from townships.access import allowed
from townships.rules.permissions import Permission
from townships.web.paging import told
from townships.web.requires import must, requires

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
seeing = requires(Permission.SEE_DASHBOARD)
managing = requires(Permission.MANAGE_ROUNDS)
UNPROCESSABLE = 422


@never_cache
@require_safe
@seeing
def page(request: HttpRequest) -> HttpResponse:
    """What the own unit still owes; what is collected, with the newest period of each."""
    today = clock.today()
    context = {
        "owed": [(one, _period(one.filing.round)) for one in round_pages.owed(request.user, today)],
        "form": NothingForm(),
        "lines": round_pages.lines(request.user, request.frame.campaign, today),
        "may_manage": allowed(request.user, Permission.MANAGE_ROUNDS).ok,
        "may_file": allowed(request.user, Permission.FILE_ROUNDS).ok,
    }
    return render(request, "rounds/list.html", context)


def _period(one: Round) -> Period:
    return Period(one.first_on, one.last_on)


@never_cache
@require_http_methods(["GET", "POST"])
@managing
def add(request: HttpRequest) -> HttpResponse:
    """Begin a collection: on what ground, on whose word, until when."""
    campaign = request.frame.campaign
    if campaign is None:
        messages.error(request, "还没有工作，请先建立一项工作。")
        return redirect("alerts:rounds")
    today = clock.today()
    usual = {
        "rhythm": Rhythm.WEEKLY.value,
        "matter": Matter.PROGRESS.value,
        "levels": ["township", "department"],
        "from_on": today - timedelta(days=today.weekday()),
        "until_on": campaign.end_on,
        "due_days": 0,
        "grace_days": 1,
        "door_days": 3,
    }
    form = AskForm(request.POST) if request.method == "POST" else AskForm(initial=usual)
    if request.method == "POST" and form.is_valid():
        try:
            made = rounds.ask(campaign, by=request.user, **form.told())
        except RoundRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"已发起{made.title}。")
            return redirect("alerts:round", pk=made.pk)
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "rounds/add.html", {"form": form, "campaign": campaign}, status=status)


def _collection(request: HttpRequest, pk: int) -> Collection:
    found = round_pages.collections_in_sight(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404("没有这项报送")
    return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _matrix(request: HttpRequest, collection: Collection) -> round_pages.Matrix | None:
    """As the address asks; a period that there is none of does not exist."""
    asked = told(request, "period")
    shown = round_pages.matrix(collection, request.user, clock.today(), first_on=_day(asked))
    if asked and (shown is None or shown.looked_at.first_on != _day(asked)):
        raise Http404("没有这一期")
    return shown


@never_cache
@require_safe
@seeing
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One collection: its three dates in words, who answered, who did not by name, earlier periods."""
    collection = _collection(request, pk)
    shown = _matrix(request, collection)
    may_manage = allowed(request.user, Permission.MANAGE_ROUNDS, collection.campaign).ok
    context = {
        "collection": collection,
        "rhythm": Rhythm(collection.rhythm),
        "matter": Matter(collection.matter),
        "shown": shown,
        "period": _period(shown.looked_at) if shown else None,
        "periods": [(each, _period(each)) for each in shown.rounds] if shown else [],
        "other_periods": [_period(each) for each in shown.others] if shown else [],
        "may_manage": may_manage,
        "may_chase": may_manage and shown is not None and clock.today() <= shown.looked_at.closes_on,
        "crumbs": [("调度", "/rounds/")],
    }
    return render(request, "rounds/one.html", context)


@require_safe
@requires(Permission.EXPORT)
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """The same matrix as a workbook."""
    collection = _collection(request, pk)
    shown = _matrix(request, collection)
    if shown is None:
        raise Http404("还没有开始")
    content = matrix_workbook(collection, shown, user=request.user, now=clock.now())
    name = f"{collection.title}_{shown.looked_at.first_on}.xlsx"
    return FileResponse(BytesIO(content), as_attachment=True, filename=name, content_type=XLSX)


def _managed_round(request: HttpRequest, pk: int) -> Round:
    chosen = round_pages.rounds_in_sight(request.user).filter(pk=pk).first()
    if chosen is None:
        raise Http404("没有这一期")
    return chosen


@require_POST
@managing
def chase(request: HttpRequest, pk: int) -> HttpResponse:
    """催报, all that are still to answer at once."""
    chosen = _managed_round(request, pk)
    try:
        number = rounds.chase(chosen, by=request.user)
    except RoundRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"已向{number}个单位的经办岗位催报。")
    return _back(chosen)


@require_POST
@managing
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask no more."""
    collection = _collection(request, pk)
    must(request.user, Permission.MANAGE_ROUNDS, collection.campaign)
    try:
        rounds.stop(collection, by=request.user)
    except RoundRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{collection.title}已停止；已经开始的一期照常收。")
    return redirect("alerts:round", pk=pk)


def _filing(request: HttpRequest, pk: int) -> Filing:
    seen = Filing.objects.visible_to(request.user).filter(pk=pk)
    found = seen.select_related("unit", "round__collection__campaign__unit").first()
    if found is None:
        raise Http404("没有这项填报")
    return found


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.FILE_ROUNDS)
def nothing(request: HttpRequest, pk: int) -> HttpResponse:
    """零报告: one sentence."""
    filing = _filing(request, pk)
    form = NothingForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            rounds.say_nothing(filing, words=form.cleaned_data["words"], by=request.user)
        except RoundRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{filing.round.collection.title}已零报告。")
            return redirect("alerts:rounds")
    return _filing_page(request, filing, form, "rounds/nothing.html")


@never_cache
@require_http_methods(["GET", "POST"])
@managing
def late(request: HttpRequest, pk: int) -> HttpResponse:
    """补报: let one unit answer after the door closed."""
    filing = _filing(request, pk)
    form = LateForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            rounds.let_in(filing, by=request.user, **form.cleaned_data)
        except RoundRefused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"{filing.unit.name}可以补报至{form.cleaned_data['until']}。")
            return _back(filing.round)
    return _filing_page(request, filing, form, "rounds/late.html")


def _filing_page(request: HttpRequest, filing: Filing, form: Any, template: str) -> HttpResponse:
    context = {
        "form": form,
        "stood": stand(filing.round, [filing], clock.today())[0],
        "period": _period(filing.round),
        "crumbs": [("调度", "/rounds/")],
    }
    return render(request, template, context, status=UNPROCESSABLE if form.errors else 200)


def _back(chosen: Round) -> HttpResponse:
    return redirect(f"/rounds/{chosen.collection_id}/?period={chosen.first_on}")
