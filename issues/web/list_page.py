"""One list: its figures, the units' parts, the lock, its template, the takeover of a finished one."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from issues.models import IssueList
from issues.queries import parts as part_queries
from issues.queries.list_page import askable, open_counts, standing_of
from issues.queries.registering import unit_sets
from issues.queries.templates import template_by_code, templates_all
from issues.rules.records import PartState
from issues.services.life import locking, parts, takeover, templates
from issues.services.life.locking import TooEarly
from issues.services.workflow import Refused
from issues.web.acts.fields import UnitsField, words_field
from issues.web.list_access import managed, posted, seen
from rectify.lib import clock
from rectify.lib.words_field import WordsField
from townships.access import allowed
from townships.rules.permissions import Permission
from townships.web.requires import requires

KINDS = {"townships": "全部乡镇", "departments": "全部部门"}


@require_GET
@requires(Permission.SEE_ISSUES)
def one_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody sees the figures of what they see; the office also who has answered, and what it may do."""
    listed = seen(request, pk)
    manages = allowed(request.user, Permission.MANAGE_LISTS, listed.campaign).ok
    today = clock.today()
    wanted = request.GET.get("part", "")
    state = PartState(wanted) if wanted in set(PartState) else None
    sees_parts = _sees_parts(request, listed)
    sums = part_queries.self_check_sums(listed) if sees_parts else []
    item = next((one for one in sums if one.code == request.GET.get("item")), None)
    context = {
        "listed": listed,
        "campaign": listed.campaign,
        "standing": standing_of(listed, request.user),
        "manages": manages,
        "may_lock": allowed(request.user, Permission.LOCK_LIST, listed.campaign).ok,
        "today": today,
        "is_overdue": part_queries.is_overdue(listed, today),
        "counts": part_queries.counts(listed),
        "state": state,
        "own": part_queries.parts_for(request.user).filter(list=listed),
        "parts": part_queries.parts_of(listed, state=state, item=item.code if item else "")
        if sees_parts
        else [],
        "sums": sums,
        "item": item,
        "templates": templates_all() if manages else [],
    }
    return render(request, "lists/one.html", context)


def _sees_parts(request: HttpRequest, listed: IssueList) -> bool:
    """Who answered is shown to who sees the whole campaign."""
    covers: bool = request.user.scope.covers(listed.campaign.unit.path)
    return covers


class StartForm(forms.Form):
    """Which units to ask: kinds and sets in one go, or by name."""

    groups = forms.MultipleChoiceField(label="成批选", required=False, widget=forms.CheckboxSelectMultiple)
    named = UnitsField(
        label="另外写明的单位",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="一行一个，或用顿号隔开。",
    )

    def __init__(self, *args: Any, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.units = askable(user, unit_sets(user))
        self.fields["groups"].choices = [
            (name, f"{KINDS.get(name, name)}（{len(units)}个）")
            for name, units in self.units.items()
            if units
        ]
        self.fields["named"].user = user

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not self.errors and not given.get("groups") and not given.get("named"):
            raise forms.ValidationError("请至少选一批，或写明一个单位。")
        return given

    def chosen(self) -> list[Any]:
        given = self.cleaned_data
        named = [unit for _, unit in given["named"] if unit is not None]
        return [*(unit for name in given["groups"] for unit in self.units[name]), *named]


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_LISTS)
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """The office asks units for their part."""
    listed = managed(request, pk)
    form = StartForm(posted(request), user=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            added = parts.start(listed.pk, form.chosen(), request.user)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, f"已发起，新增{added}个单位。" if added else "这些单位都已发起过。")
            return redirect("issues:one_list", pk=listed.pk)
    return _form_page(request, "lists/start.html", listed, form)


class LockForm(forms.Form):
    sure = forms.BooleanField(label="已核对，锁定后不能解锁", error_messages={"required": "请先勾选确认。"})
    early = forms.BooleanField(label="锁定日期还没有到，确实要提前锁定", required=False)

    def __init__(self, *args: Any, is_early: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_early:
            del self.fields["early"]


@require_http_methods(["GET", "POST"])
@requires(Permission.LOCK_LIST)
def lock(request: HttpRequest, pk: int) -> HttpResponse:
    """What a lock will do, and the lock."""
    listed = managed(request, pk)
    is_early = listed.lock_on is not None and clock.today() < listed.lock_on
    form = LockForm(posted(request), is_early=is_early)
    if request.method == "POST" and form.is_valid():
        try:
            done = locking.lock_list(listed.pk, request.user, is_early=form.cleaned_data.get("early", False))
        except TooEarly as early:
            form.add_error("early" if is_early else None, str(early))
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            rest = (
                f"；{done.handed.without_unit}项没有责任单位，请逐项分办" if done.handed.without_unit else ""
            )
            messages.success(request, f"清单已锁定，{done.handed.total}项已分到责任单位{rest}。")
            return redirect("issues:one_list", pk=listed.pk)
    more = {"open": open_counts(listed).items(), "counts": part_queries.counts(listed), "is_early": is_early}
    return _form_page(request, "lists/lock.html", listed, form, **more)


class TakeoverForm(forms.Form):
    document = WordsField(label="依据文号", max_length=100)
    reason = words_field("理由")


class DecisionForm(forms.Form):
    decision = forms.ChoiceField(label="决定", choices=[("confirm", "确认接收"), ("decline", "不接收")])
    words = words_field("意见", required=False)


@require_http_methods(["GET", "POST"])
@requires(Permission.TAKE_OVER)
def take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose that a finished list is taken over as history, or decide about the proposal."""
    listed = managed(request, pk)
    standing = standing_of(listed, request.user)
    waiting = standing.takeover
    form = (DecisionForm if waiting else TakeoverForm)(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            said = _decide(request, listed, form.cleaned_data) if waiting else _propose(request, listed, form)
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, said)
            return redirect("issues:one_list", pk=listed.pk)
    is_own = waiting is not None and waiting.proposed_by_id == request.user.pk
    return _form_page(request, "lists/takeover.html", listed, form, standing=standing, is_own=is_own)


def _propose(request: HttpRequest, listed: IssueList, form: forms.Form) -> str:
    takeover.propose(listed.pk, form.cleaned_data["reason"], form.cleaned_data["document"], request.user)
    return "已提请接收，等另一人确认。"


def _decide(request: HttpRequest, listed: IssueList, given: dict[str, Any]) -> str:
    if given["decision"] == "confirm":
        return f"已接收，{takeover.confirm(listed.pk, request.user)}项转为已销号（接收）。"
    takeover.decline(listed.pk, request.user, given["words"])
    return "没有接收，清单不变。"


@require_POST
@requires(Permission.MANAGE_LISTS)
def choose(request: HttpRequest, pk: int) -> HttpResponse:
    """Which template the list follows; "" for none."""
    listed = managed(request, pk)
    code = request.POST.get("template", "")
    template = template_by_code(code)
    if code and template is None:
        raise Http404("没有这份模板")
    changed = templates.choose(listed, template, by=request.user)
    messages.success(request, "模板已更换。" if changed else "模板没有变化。")
    return redirect("issues:one_list", pk=listed.pk)


def _form_page(
    request: HttpRequest, page: str, listed: IssueList, form: forms.Form, **more: Any
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"listed": listed, "campaign": listed.campaign, "form": form, **more}
    return render(request, page, context, status=status)
