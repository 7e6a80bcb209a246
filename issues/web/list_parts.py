"""A unit's part of a list: what it found itself, its self-check, its words, its head's signature."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from issues.access import household_sight
from issues.models import Part
from issues.queries.omissions import omitted_from
from issues.queries.parts import own_lines, part_seen, self_check_of
from issues.rules.records import PartState
from issues.rules.self_check_items import unanswered
from issues.services.life import parts, registering
from issues.services.workflow import Missing, Refused
from issues.web.self_check import SelfCheckForm
from rectify.lib import clock
from rectify.lib.words_field import WordsField
from townships.queries.delegations import signs_for
from townships.rules.permissions import Permission, holds
from townships.rules.roles import Role
from townships.web.requires import requires


class SignForm(forms.Form):
    answer = forms.ChoiceField(
        label="报送",
        choices=[("reported", "上列问题，属实、完整"), ("zero", "零问题：已经排查，没有发现问题")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选“上列问题”或“零问题”。"},
    )
    words = WordsField(
        label="说明",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="如 排查的范围和方法。",
    )


@require_GET
@requires(Permission.SEE_ISSUES)
def one_part(request: HttpRequest, pk: int) -> HttpResponse:
    """What the unit has registered so far; who may, signs it."""
    part = _part(request, pk)
    return _page(request, part, SignForm(initial=_initial(part)))


@require_POST
@requires(Permission.REGISTER_ISSUE)
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit says item by item what its self-check found; a refusal keeps what was typed."""
    part = _part(request, pk, own=True)
    form = SelfCheckForm(request.POST, items=self_check_of(part))
    if form.is_valid():
        try:
            silent = parts.check(part.pk, form.answers, request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            rest = f"，还有{len(silent)}项没有回答" if silent else "，已逐项回答"
            messages.success(request, f"自查结果已保存{rest}。")
            return redirect("issues:part", pk=part.pk)
    return _page(
        request, part, SignForm(initial=_initial(part)), form, status=HTTPStatus.UNPROCESSABLE_ENTITY
    )


@require_POST
@requires(Permission.SEE_ISSUES)
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """The head signs 已报 or 零问题; a refusal keeps what was typed."""
    part = _part(request, pk, own=True)
    form = SignForm(request.POST)
    if form.is_valid():
        is_zero = form.cleaned_data["answer"] == PartState.ZERO
        try:
            parts.sign(part.pk, request.user, is_zero=is_zero, words=form.cleaned_data["words"])
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, "已签字报送，本单位的清单到此锁定。")
            return redirect("issues:part", pk=part.pk)
    return _page(request, part, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_POST
@requires(Permission.REGISTER_ISSUE)
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    """The unit takes out what it had registered, while the part is its own draft."""
    part = _part(request, pk, own=True)
    number = request.POST.get("number", "")
    try:
        registering.take_back(part.pk, number, request.user)
    except Missing as missing:
        raise Http404(str(missing)) from missing
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, f"{number}已撤去。")
    return redirect("issues:part", pk=part.pk)


def _part(request: HttpRequest, pk: int, *, own: bool = False) -> Part:
    part = part_seen(request.user, pk, own=own)
    if part is None:
        raise Http404("没有这份分工")
    return part


def _initial(part: Part) -> dict[str, Any]:
    return {"words": part.words}


def _page(
    request: HttpRequest,
    part: Part,
    form: SignForm,
    check: SelfCheckForm | None = None,
    *,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    is_open = part.state == PartState.DRAFT and part.list.locked_at is None
    is_own = part_seen(request.user, part.pk, own=True) is not None
    heads = signs_for(request.user, clock.today())
    may_register = is_open and is_own and holds(Role(request.user.role), Permission.REGISTER_ISSUE)
    items = self_check_of(part)
    context = {
        "part": part,
        "listed": part.list,
        "lines": own_lines(part, household_sight(request.user)),
        "form": form,
        "omitted": omitted_from(part, request.user),
        "is_open": is_open,
        "may_register": may_register,
        "items": items,
        "unanswered": unanswered(items),
        "may_check": may_register or (check is not None and check.errors),
        "check": check or SelfCheckForm(items=items),
        "may_sign": is_open and is_own and any(part.unit.path.startswith(head) for head in heads),
        "is_own": is_own,
        "today": clock.today(),
    }
    return render(request, "lists/part.html", context, status=status)
