"""线索: the ledger of leads, the page of one, one reported by hand."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from issues.models import Lead
from issues.models.leads import LeadQuerySet
from issues.queries import leads as queries
from issues.queries.lead_sources import labelled, source_named, sources_of
from issues.queries.lead_tallies import Reporter, kinds_of, reported_by, reporting, sentence
from issues.rules.leads import LeadView
from issues.services import leads
from issues.services.workflow import Refused
from issues.web.acts.fields import unit_names
from issues.web.lead_forms import CorrectForm, HandForm, JudgeForm, LeadForm, ReportForm, ResultForm
from issues.web.list_access import posted
from projects.models import Campaign
from rectify.lib import clock
from townships.access import allowed
from townships.rules.permissions import Permission
from townships.web.paging import paged, told
from townships.web.requires import requires

reading = requires(Permission.READ_LEADS)


@never_cache
@require_safe
@reading
def page(request: HttpRequest) -> HttpResponse:
    """The leads in sight by how far they have come; for who sees all of them, the tallies above."""
    campaign, user = request.frame.campaign, request.user
    view = _of(LeadView, told(request, "view")) or LeadView.ALL
    seen = queries.ledger(user, campaign)
    tallies: dict[str, Any] = {"sources": []}
    if campaign is not None and queries.sees_all(user):
        seen, tallies = _tallied(request, seen, campaign)
    pager = paged(request, queries.viewed(seen, view, user))
    context = {
        **tallies,
        "campaign": campaign,
        "view": view,
        "counts": queries.counts(seen, user),
        "pager": pager,
        "lines": queries.lines(pager.rows, user),
        "knows": any(queries.sees_source(user, lead) for lead in pager.rows),
        "may_report": campaign is not None and allowed(user, Permission.REPORT_LEAD).ok,
    }
    return render(request, "leads/list.html", context)


def _tallied(
    request: HttpRequest, seen: LeadQuerySet, campaign: Campaign
) -> tuple[LeadQuerySet, dict[str, Any]]:
    """Those of ``seen`` that the address narrows them to, and the tallies: by reporting unit of all of them,
    by source of those of the chosen kind of units."""
    on = clock.today()
    kinds = kinds_of(campaign, on)
    rows = reporting(seen, kinds, on)
    kind = _of(Reporter, told(request, "by"))
    if kind is not None:
        seen = reported_by(seen, kind, kinds, on)
    sources, key = sources_of(seen), told(request, "source")
    source = source_named(seen, key) if key else None
    if source is not None:
        seen = seen.filter(source=source)
    return seen, {
        "rows": rows,
        "sentence": sentence(rows),
        "by": next((one for one in kinds if one.reporter is kind), None),
        "sources": sources,
        "source": None if source is None else labelled(source),
        "source_key": "" if source is None else key,
    }


def _of(words: Any, wanted: str) -> Any:
    return words(wanted) if wanted in list(words) else None


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.REPORT_LEAD)
def add(request: HttpRequest) -> HttpResponse:
    """Report a lead; who reports it sees it, unless it is about the own unit."""
    campaign = request.frame.campaign
    if campaign is None:
        messages.error(request, "还没有工作，请先由整改办建立一项工作。")
        return redirect("issues:leads")
    form = ReportForm(posted(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            lead = leads.register(campaign, form.lead(), request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            if queries.one(request.user, lead.number) is not None:
                messages.success(request, f"线索已登记，编号{lead.number}。")
                return redirect("issues:lead", number=lead.number)
            messages.success(
                request, f"线索已登记，编号{lead.number}。线索涉及本单位，登记后由纪委办理，不在这里显示。"
            )
            return redirect("issues:leads")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "campaign": campaign, "names": unit_names(request.user)}
    return render(request, "leads/add.html", context, status=status)


@never_cache
@require_safe
@reading
def one(request: HttpRequest, number: str) -> HttpResponse:
    """One lead: what it says, how far it has come, what the reader may do."""
    return show(request, found(request, number))


def found(request: HttpRequest, number: str) -> Lead:
    """The lead in the reader's sight; else there is none."""
    lead = queries.one(request.user, number)
    if lead is None:
        raise Http404("没有这条线索")
    return lead


def show(request: HttpRequest, lead: Lead, wrong: LeadForm | None = None) -> HttpResponse:
    """The page of the lead; ``wrong``: the form that was refused, with what was typed."""
    user = request.user
    offered = [form for form in _forms(user, lead) if not isinstance(wrong, form)]
    shown = {_name(form): form(lead=lead, user=user) for form in offered}
    if wrong is not None:
        shown[_name(type(wrong))] = wrong
    context = {
        "story": queries.story_of(lead, user),
        "campaign": lead.campaign,
        "forms": shown,
        "wrong": wrong,
        "may_turn": lead.issue_id is None and lead.valid is True and _may_turn(user),
        "names": unit_names(user) if "hand" in shown else [],
    }
    status = HTTPStatus.OK if wrong is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "leads/one.html", context, status=status)


def _forms(user: Any, lead: Lead) -> list[type[LeadForm]]:
    """What the reader may do to the lead as it stands."""
    offered: list[type[LeadForm]] = []
    if allowed(user, Permission.JUDGE_LEADS) and not lead.result:
        offered += [JudgeForm] if lead.valid is False else [JudgeForm, HandForm]
    if allowed(user, Permission.RECORD_RESULT):
        if lead.result:
            offered.append(CorrectForm)
        elif lead.valid is True:
            offered.append(ResultForm)
    return offered


def _name(form: type[LeadForm]) -> str:
    return form.__name__.removesuffix("Form").lower()


def _may_turn(user: Any) -> bool:
    needed = (Permission.JUDGE_LEADS, Permission.REGISTER_ISSUE, Permission.MANAGE_LISTS)
    return all(allowed(user, permission) for permission in needed)
