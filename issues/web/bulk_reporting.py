"""All open issues of one's unit on one page: each row by itself, those refused keep what was typed."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from issues.models import Issue
from issues.queries.choices import choices
from issues.queries.reporting import last_own_words, to_report
from issues.rules.lights import issue_light
from issues.rules.reporting import WORDS_LENGTH
from issues.services.life import reports
from issues.services.workflow import Refused, Stale
from issues.web.acts.fields import day_field
from issues.web.acts.files import QuantityField
from rectify.lib import clock
from rectify.lib.lights import Light
from rectify.lib.words_field import WordsField
from townships.models import User
from townships.rules.permissions import Permission
from townships.web.paging import SIZE, paged
from townships.web.requires import requires


class RowForm(forms.Form):
    """One issue's report; a row with neither quantity nor words is not sent."""

    quantity = QuantityField(min_value=0, required=False)
    happened_on = day_field("完成日期")
    narrative = WordsField(
        max_length=WORDS_LENGTH, required=False, widget=forms.TextInput(attrs={"placeholder": "一句话进展"})
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(widget=forms.HiddenInput)
    copied_from = forms.IntegerField(widget=forms.HiddenInput, required=False)


@dataclass(slots=True)
class Row:
    """One line of the page. ``words``: (report, text) of the own unit's last; ``receipt`` once it is taken,
    ``refused`` why it was not."""

    issue: Issue
    form: RowForm
    place: str
    light: Light
    words: tuple[int, str] | None = None
    receipt: str = ""
    refused: list[str] = field(default_factory=list)


@require_http_methods(["GET", "POST"])
@requires(Permission.REPORT)
def page(request: HttpRequest) -> HttpResponse:
    """GET: fifty a page, the most urgent first. POST: the rows that were filled in, each by itself."""
    status = HTTPStatus.OK
    if request.method == "POST":
        rows = _rows(_asked(request), request.user, request.POST)
        if not _copied(rows, request.POST):
            _send(rows, request.user)
            status = _told(request, rows)
    pager = paged(request, to_report(request.user))
    if request.method == "GET":
        rows = _rows(pager.rows, request.user, None)
    return render(request, "issues/report.html", {"rows": rows, "pager": pager}, status=status)


def _asked(request: HttpRequest) -> list[Issue]:
    """The issues whose rows were sent, in the order of the page; those out of sight are left out."""
    ending = "-client_id"
    names = [name.removesuffix(ending) for name in request.POST if name.endswith(ending)][:SIZE]
    wanted = [int(name) for name in names if name.isascii() and name.isdigit() and len(name) < 19]
    seen = Issue.objects.visible_to(request.user).in_bulk(wanted)
    return [seen[pk] for pk in dict.fromkeys(wanted) if pk in seen]


def _rows(issues: list[Issue], user: User, data: QueryDict | None) -> list[Row]:
    words = last_own_words([issue.pk for issue in issues], user)
    units, today = choices().units, clock.today()
    bounds = {"max": today.isoformat()}
    rows = []
    for issue in issues:
        start = {"client_id": uuid4(), "version": issue.version, "happened_on": today}
        form = RowForm(data.copy() if data else None, prefix=str(issue.pk), initial=start)
        form.fields["happened_on"].widget.attrs |= bounds | {"min": issue.found_on.isoformat()}
        form.fields["quantity"].widget.attrs |= {
            "aria-label": f"{issue.number}完成数量",
            "placeholder": "数量",
        }
        form.fields["happened_on"].widget.attrs["aria-label"] = f"{issue.number}完成日期"
        form.fields["narrative"].widget.attrs["aria-label"] = f"{issue.number}一句话进展"
        names = (units.label(issue.township_id, today), units.label(issue.village_id, today))
        light = issue_light(
            left=issue.left,
            deadline_class=issue.deadline_class,
            due_on=issue.due_on,
            is_confirmed=issue.deadline_confirmed,
            on=today,
        )
        place = " ".join(name for name in names if name)
        rows.append(Row(issue, form, place, light, words.get(issue.pk)))
    return rows


def _copied(rows: list[Row], data: QueryDict) -> bool:
    """Whether only an earlier sentence was asked for; it then stands in its row."""
    asked = data.get("copy")
    if asked is None:
        return False
    for row in rows:
        if row.words and asked == str(row.issue.pk):
            values: Any = row.form.data
            values[row.form.add_prefix("narrative")] = row.words[1]
            values[row.form.add_prefix("copied_from")] = str(row.words[0])
    return True


def _send(rows: list[Row], user: User) -> None:
    """Report every row that was filled in."""
    for row in rows:
        if _is_blank(row.form):
            continue
        if not row.form.is_valid():
            row.refused = [str(error) for errors in row.form.errors.values() for error in errors]
            continue
        given: dict[str, Any] = dict(row.form.cleaned_data)
        if given["quantity"] is None:
            given["quantity"] = Decimal(0)
        try:
            row.receipt = reports.submit(user, row.issue.number, **given).report.receipt
        except Stale as stale:
            row.refused, row.issue = [str(stale)], stale.issue
            values: Any = row.form.data
            values[row.form.add_prefix("version")] = str(stale.issue.version)
        except Refused as refused:
            row.refused = [str(refused)]


def _is_blank(form: RowForm) -> bool:
    return not any(
        str(form.data.get(form.add_prefix(name), "")).strip() for name in ("quantity", "narrative")
    )


def _told(request: HttpRequest, rows: list[Row]) -> HTTPStatus:
    """Say how many were taken and how many were not; nothing filled in is no error."""
    taken = sum(bool(row.receipt) for row in rows)
    refused = sum(bool(row.refused) for row in rows)
    if taken:
        messages.success(request, f"已收到{taken}件，回执见各行。")
    if refused:
        messages.error(request, f"有{refused}件没有保存，原因见各行，填写的内容都还在。")
    if not taken and not refused:
        messages.warning(request, "没有填写任何一行。")
    return HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
