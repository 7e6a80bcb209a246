"""核查单: made from a filter of the issue list, filled in row by row, printed, taken out as a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from issues.access import household_sight, may
from issues.exchange.checks import check_workbook
from issues.models import CheckSheet, Issue
from issues.queries.checks import MOST_LINES, Row, candidates, rows_of, sheet_of, sheets_of
from issues.queries.closings import paper_hint
from issues.queries.hints import hints_of
from issues.queries.issues import filtered
from issues.queries.listing import ordered
from issues.rules.filters import IssueFilter
from issues.rules.history import plain
from issues.rules.records import Method, ReturnReason, choices
from issues.rules.workflow import Verb
from issues.services.life import checking
from issues.services.workflow import Refused
from issues.web.acts.fields import day_field
from issues.web.acts.verifying import check_of, quantity_field, return_reasons
from issues.web.exports import XLSX
from rectify.lib import clock
from rectify.lib.criteria import FilterRefused
from rectify.lib.words_field import WordsField
from townships.access import allowed
from townships.models import User
from townships.rules.permissions import Permission
from townships.web.paging import paged
from townships.web.requires import requires

CRUMBS = [("核查单", "/checks/")]


class SheetForm(forms.Form):
    title = WordsField(label="标题", max_length=100, help_text="如 6月第一批入户核查。")
    method = forms.TypedChoiceField(label="方式", choices=choices(Method), coerce=Method, initial="site")
    planned_on = day_field("计划核查日期", required=False)


class DayForm(forms.Form):
    method = forms.ChoiceField(label="方式", choices=choices(Method))
    verified_on = day_field("核查日期")


class RowForm(forms.Form):
    """What was found of one issue; a row left blank waits."""

    examined = quantity_field("核查数量", required=False)
    found_true = quantity_field("属实数量", required=False)
    adds = forms.BooleanField(label="补记", required=False)
    reason = forms.ChoiceField(label="退回理由", required=False)
    words = WordsField(label="核查意见", required=False, max_length=2000)

    def __init__(self, *args: Any, row: Row, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].choices = [("", "没有核减"), *return_reasons(row.issue)]
        self.fields["examined"].widget.attrs["placeholder"] = plain(row.unverified).replace(",", "")
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = f"{row.issue.number} {field.label}"

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if self.has_changed():
            for name in ("examined", "found_true"):
                if name not in self.errors and given.get(name) is None:
                    self.add_error(name, f"请填写{self.fields[name].label}。")
        return given


@dataclass(slots=True)
class Line:
    """A row of the page: its form where it can be filled in, why not, what came of it."""

    row: Row
    form: RowForm | None
    barred: str = ""
    refused: str = ""
    hints: tuple[str, ...] = ()


@require_GET
@requires(Permission.VERIFY)
def sheet_list(request: HttpRequest) -> HttpResponse:
    """The sheets of the campaign on top of the page."""
    campaign = request.frame.campaign
    pager = paged(request, sheets_of(request.user, campaign))
    return render(request, "checks/list.html", {"pager": pager, "campaign": campaign})


@require_http_methods(["GET", "POST"])
@requires(Permission.VERIFY)
def sheet_new(request: HttpRequest) -> HttpResponse:
    """The issues that the filter finds, as far as this person may verify them: chosen, then one sheet."""
    try:
        wanted = IssueFilter.from_params(request.GET.dict(), today=clock.today())
    except FilterRefused as refused:
        return render(request, "issues/refused.html", {"refused": refused.reasons}, status=400)
    campaign = request.frame.campaign
    form = SheetForm(request.POST or None)
    error, chosen = "", set(request.POST.getlist("issue"))
    if request.method == "POST" and form.is_valid():
        if campaign is None:
            raise Http404
        try:
            sheet = checking.make_sheet(
                campaign, request.POST.getlist("issue"), request.user, **form.cleaned_data
            )
        except Refused as refused:
            error = str(refused)
        else:
            messages.success(request, f"核查单{sheet.number}已制成。")
            return redirect("issues:check_sheet", pk=sheet.pk)
    try:
        rows = _found(request, wanted)
    except FilterRefused as refused:
        return render(request, "issues/refused.html", {"refused": refused.reasons}, status=400)
    open_rows = [row for row in rows if not row.barred]
    context = {
        "form": form,
        "error": error,
        "rows": open_rows,
        "barred": [row for row in rows if row.barred],
        "chosen": chosen if request.method == "POST" else {line.row.issue.number for line in open_rows},
        "query": wanted.without("page").to_query(),
        "most": MOST_LINES,
        "crumbs": [*CRUMBS, ("问题清单", f"/issues/?{wanted.without('page').to_query()}")],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if error or form.errors else HTTPStatus.OK
    return render(request, "checks/new.html", context, status=status)


def _found(request: HttpRequest, wanted: IssueFilter) -> list[Line]:
    """The first issues the filter finds, a sheet's worth, each with why it cannot be verified."""
    campaign, sight = request.frame.campaign, household_sight(request.user)
    wanted = wanted.with_(campaign=campaign.code if campaign else "", page=1)
    found = ordered(filtered(Issue.objects.visible_to(request.user), wanted, sight=sight), wanted)
    ids = list(found.values_list("pk", flat=True)[:MOST_LINES])
    rows = candidates(ids, request.user, sight=sight, on=clock.today())
    return [Line(row, None, may(request.user, Verb.VERIFY, row.situation).reason) for row in rows]


@require_http_methods(["GET", "POST"])
@requires(Permission.VERIFY)
def sheet_page(request: HttpRequest, pk: int) -> HttpResponse:
    """One sheet: each row its own verdict; those accepted are done, those refused stay as typed."""
    sheet = _sheet(request, pk)
    day = DayForm(request.POST or None, initial={"method": sheet.method, "verified_on": clock.today()})
    lines = _lines(request, sheet)
    if request.method == "POST":
        accepted, refused = _record(request.user, lines, day)
        if accepted and not refused:
            messages.success(request, f"已登记{accepted}项核查。")
            return redirect("issues:check_sheet", pk=sheet.pk)
        kept = {line.row.issue.pk: line for line in lines}
        lines = [_kept(line, kept[line.row.issue.pk]) for line in _lines(request, sheet)]
        told = f"登记{accepted}项，{refused}项没有登记，原因写在各行。" if refused else ""
        return _page(
            request, sheet, lines, day, told or "还没有填写任何一行。", HTTPStatus.UNPROCESSABLE_ENTITY
        )
    return _page(request, sheet, lines, day, "", HTTPStatus.OK)


def _record(user: User, lines: list[Line], day: DayForm) -> tuple[int, int]:
    """How many rows were accepted and refused; each stands for itself."""
    filled = [line for line in lines if line.form is not None and line.form.has_changed()]
    if not day.is_valid():
        return 0, len(filled)
    accepted = 0
    for line in filled:
        if line.form is None or not line.form.is_valid() or line.row.line is None:
            continue
        try:
            checking.verify_line(
                line.row.line, user, check_of({**day.cleaned_data, **line.form.cleaned_data})
            )
        except Refused as refused:
            line.refused = str(refused)
        else:
            accepted += 1
    return accepted, len(filled) - accepted


def _kept(now: Line, before: Line) -> Line:
    """The row as it now stands, with what was typed where it was refused."""
    if now.form is None:
        return now
    return Line(now.row, before.form, now.barred, before.refused, now.hints)


def _lines(request: HttpRequest, sheet: CheckSheet) -> list[Line]:
    user = request.user
    rows = rows_of(sheet, user, sight=household_sight(user), on=clock.today())
    waiting = [row.issue.pk for row in rows if not row.done]
    hints = hints_of(waiting, user) if waiting else {}
    lines = []
    for row in rows:
        barred = "" if row.done else may(user, Verb.VERIFY, row.situation).reason
        form = None
        if not row.done and not barred and row.line is not None:
            form = RowForm(request.POST or None, prefix=f"row{row.line.pk}", row=row)
        said = (paper_hint(list(row.situation.evidence)), *hints.get(row.issue.pk, [])) if form else ()
        lines.append(Line(row, form, barred, hints=tuple(hint for hint in said if hint)))
    return lines


def _page(
    request: HttpRequest, sheet: CheckSheet, lines: list[Line], day: DayForm, told: str, status: HTTPStatus
) -> HttpResponse:
    context = {
        "sheet": sheet,
        "method": Method(sheet.method).label,
        "lines": lines,
        "done": sum(bool(line.row.done) for line in lines),
        "is_open": any(line.form is not None for line in lines),
        "day": day,
        "told": told,
        "may_export": allowed(request.user, Permission.EXPORT).ok,
        "reasons": [reason.label.partition("（")[0] for reason in ReturnReason],
        "crumbs": CRUMBS,
    }
    return render(request, "checks/sheet.html", context, status=status)


@require_POST
@requires(Permission.VERIFY)
def sheet_file(request: HttpRequest, pk: int) -> HttpResponse:
    """The sheet as a workbook; who took it and what for is kept."""
    sheet = _sheet(request, pk)
    verdict = allowed(request.user, Permission.EXPORT)
    if not verdict.ok:
        messages.error(request, verdict.reason)
        return redirect("issues:check_sheet", pk=sheet.pk)
    rows = rows_of(sheet, request.user, sight=household_sight(request.user), on=clock.today())
    reason = request.POST.get("reason", "").replace("\x00", "")[:200]
    try:
        checking.note_taken_out(sheet, request.user, reason=reason, rows=len(rows))
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("issues:check_sheet", pk=sheet.pk)
    content = check_workbook(sheet, rows, request.user, reason=reason, now=clock.now())
    answer = HttpResponse(content, content_type=XLSX)
    answer["Content-Disposition"] = f'attachment; filename="{sheet.number}.xlsx"'
    return answer


def _sheet(request: HttpRequest, pk: int) -> CheckSheet:
    sheet = sheet_of(request.user, pk)
    if sheet is None:
        raise Http404("没有这张核查单")
    return sheet
