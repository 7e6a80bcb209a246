"""重点和节点目标: what stands at the head of the board, and by which day which share is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.forms import BaseFormSet, formset_factory
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from dashboards.queries.focus import goals as goals_of
from dashboards.queries.focus import kinds_of, marked
from dashboards.rules.pace import Goal
from dashboards.services.goals import MOST_GOALS, MOST_MARKS, GoalError, NewMark, set_head
from dashboards.web.setup_forms import PlainCharField
from issues.models import Category
from projects.models import Campaign, Programme
from rectify.lib.day_field import DayField
from townships.access import allowed
from townships.rules.permissions import Permission
from townships.web.requires import requires

Kinds = Mapping[str, Category | Programme]


class MarkForm(forms.Form):
    """One line: the field's name and the category or programme in it; an empty line says nothing."""

    field = PlainCharField(label="重点领域", max_length=40, required=False)
    kind = forms.ChoiceField(label="类别或专项", required=False)

    def __init__(self, *args: Any, kinds: Kinds, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = (("问题类别", Category), ("专项", Programme))
        choices: list[Any] = [("", "")]
        for label, model in groups:
            inside = [(key, kind.full_name) for key, kind in kinds.items() if isinstance(kind, model)]
            choices += [(label, inside)] if inside else []
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("field") and not given.get("kind"):
            self.add_error("kind", "写了重点领域，还要选一个类别或专项。")
        return given


class GoalForm(forms.Form):
    """One line: by which day, how much, called what; an empty line says nothing."""

    on = DayField(label="到哪一天", required=False)
    share = forms.IntegerField(label="应完成（%）", required=False, min_value=1, max_value=100)
    name = PlainCharField(label="名称", max_length=40, required=False)

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        day, share = given.get("on"), given.get("share")
        if bool(day) != bool(share) and not self.errors:
            self.add_error("share" if day else "on", "日期和应完成的比例要一起写。")
        return given


MarkSet = formset_factory(MarkForm, extra=0, max_num=MOST_MARKS, absolute_max=MOST_MARKS)
GoalSet = formset_factory(GoalForm, extra=0, max_num=MOST_GOALS, absolute_max=MOST_GOALS)


@require_http_methods(["GET", "POST"])
@requires(Permission.SET_UP)
def page(request: HttpRequest) -> HttpResponse:
    """Both lists as forms; saved together or not at all."""
    campaign = request.frame.campaign
    if campaign is None or not allowed(request.user, Permission.SET_UP, campaign).ok:
        raise Http404("没有这项工作")
    kinds = kinds_of(campaign)
    mark_set, goal_set = _forms(request, campaign, kinds)
    if request.method == "POST" and mark_set.is_valid() and goal_set.is_valid():
        try:
            changed = _save(request, campaign, kinds, mark_set, goal_set)
        except GoalError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "重点和节点目标已保存。" if changed else "内容没有变化。")
            return redirect(f"/dashboard/?campaign={campaign.code}")
    context = {"campaign": campaign, "marks": mark_set, "goals": goal_set}
    return render(request, "dashboards/goals.html", context)


def _forms(
    request: HttpRequest, campaign: Campaign, kinds: Kinds
) -> tuple[BaseFormSet[MarkForm], BaseFormSet[GoalForm]]:
    data = request.POST if request.method == "POST" else None
    marks: list[dict[str, Any]] = [{"kind": key, "field": field} for key, field in marked(campaign)]
    goals: list[dict[str, Any]] = [
        {"on": goal.on, "share": int(goal.share), "name": goal.name} for goal in goals_of(campaign)
    ]
    marks += [{}] * _blank(len(marks), MOST_MARKS)
    goals += [{}] * _blank(len(goals), MOST_GOALS)
    return (
        MarkSet(data, prefix="marks", initial=marks, form_kwargs={"kinds": kinds}),
        GoalSet(data, prefix="goals", initial=goals),
    )


def _blank(filled: int, most: int) -> int:
    """How many empty lines a list of forms ends with: four lines at first, two more than are filled later."""
    return min(max(4 - filled, 2), most - filled)


def _save(
    request: HttpRequest,
    campaign: Campaign,
    kinds: Kinds,
    mark_set: BaseFormSet[MarkForm],
    goal_set: BaseFormSet[GoalForm],
) -> bool:
    marks = [
        NewMark(kinds[given["kind"]], given["field"])
        for given in (form.cleaned_data for form in mark_set)
        if given.get("kind")
    ]
    goals = [
        Goal(given["on"], Decimal(given["share"]), given["name"])
        for given in (form.cleaned_data for form in goal_set)
        if given.get("on")
    ]
    return set_head(campaign, marks, goals, by=request.user)
