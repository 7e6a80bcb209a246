"""The page where a step of a project is recorded with its date: by the office, or by a unit of the works."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from projects.access import recordable
from projects.models import Project
from projects.queries.changes import plain
from projects.rules.measures import MONEY
from projects.rules.progress import BEFORE, rest
from projects.rules.stages import MONEY_STAGES, WORK_STAGES, Stage
from projects.services import ahead, progress
from projects.services.ahead import AheadRefused, Entering
from projects.services.progress import ProgressRefused
from projects.web.change_forms import quantity_field
from projects.web.projects import project_in_sight
from rectify.lib import clock
from rectify.lib.day_field import DayField
from rectify.lib.words_field import WordsField
from townships.access import allowed
from townships.rules.permissions import Permission
from townships.web.requires import must, requires

WORDS = "例：路基完成，正在铺水稳层。"


class ProgressForm(forms.Form):
    """Three questions; what is told of it may be left out."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    stage = forms.ChoiceField(label="环节")
    quantity = quantity_field("本次数量")
    happened_on = DayField(label="发生日期")
    words = WordsField(
        label="一句话说明", max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, project: Project, stages: tuple[Stage, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        totals = {stage: getattr(project, stage.value) for stage in Stage}
        self.fields["version"].initial = project.version
        self.fields["happened_on"].initial = clock.today()
        self.fields["stage"].choices = [
            ("", "请选择"),
            *((stage.value, _offered(stage, project, totals)) for stage in stages),
        ]
        next_one = next((stage for stage in stages if stage in WORK_STAGES and rest(stage, totals)), None)
        if next_one is not None:
            self.fields["stage"].initial = next_one.value
            self.fields["quantity"].initial = plain(rest(next_one, totals)).replace(",", "")
        unit = f"工程按{project.counted_in}，资金按{MONEY}" if Stage.PAID in stages else project.counted_in
        self.fields["quantity"].help_text = f"在已有的数量上增加多少（{unit}）。"
        self.fields["words"].help_text = WORDS


def _offered(stage: Stage, project: Project, totals: dict[Stage, Any]) -> str:
    """开工（已下达还没有开工3公里）."""
    counted_in = MONEY if stage in MONEY_STAGES else project.counted_in
    left = rest(stage, totals)
    said = f"{plain(left)}{counted_in}已{BEFORE[stage].label}" if left else "没有剩余"
    return f"{stage.label}（{said}）"


@require_http_methods(["GET", "POST"])
@requires(Permission.SEE_PROJECTS)
def record(request: HttpRequest, number: str) -> HttpResponse:
    """What stands so far, and the form of one more step; a refusal keeps what was typed. A start that no 下达
    covers is refused, and may be noted as running ahead with a second button."""
    project = project_in_sight(request, number)
    stages = recordable(request.user, project)
    if not stages:
        raise PermissionDenied(allowed(request.user, Permission.MANAGE_PROJECTS).reason)
    if request.method != "POST":
        return _page(request, project, ProgressForm(project=project, stages=stages), "", HTTPStatus.OK)
    form = ProgressForm(request.POST, project=project, stages=stages)
    if not form.is_valid():
        return _page(request, project, form, "", HTTPStatus.UNPROCESSABLE_ENTITY)
    stage = Stage(form.cleaned_data["stage"])
    try:
        if stage is Stage.STARTED and request.POST.get("ahead"):
            said = _note(request, project, form)
        else:
            said = _record(request, project, stage, form)
    except ProgressRefused as refused:
        return _page(request, project, form, str(refused), HTTPStatus.CONFLICT, runs_ahead=refused.runs_ahead)
    except AheadRefused as refused:
        return _page(request, project, form, str(refused), HTTPStatus.CONFLICT)
    messages.success(request, said)
    return redirect("projects:detail", number=project.number)


def _record(request: HttpRequest, project: Project, stage: Stage, form: ProgressForm) -> str:
    entered = progress.record(project, stage, by=request.user, **_given(form))
    return f"已登记{stage.label}。{''.join(_entered(one, project) for one in entered)}"


def _given(form: ProgressForm) -> dict[str, Any]:
    return {name: form.cleaned_data[name] for name in ("quantity", "happened_on", "version", "words")}


def _entered(one: Entering, project: Project) -> str:
    return (
        f"{one.flag.started_on.isoformat()}先行动工的{plain(one.quantity)}{project.counted_in}"
        f"已按{one.on.isoformat()}入账。"
    )


def _note(request: HttpRequest, project: Project, form: ProgressForm) -> str:
    given = _given(form)
    started_on = given.pop("happened_on")
    ahead.note(project, started_on=started_on, by=request.user, **given)
    return f"已记为先行动工（{started_on.isoformat()}）；登记下达以后自动入账。"


@require_POST
@requires(Permission.SEE_PROJECTS)
def strike(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """The office takes back a note of running ahead that was wrong."""
    project = project_in_sight(request, number)
    must(request.user, Permission.MANAGE_PROJECTS)
    if not project.ahead.filter(pk=pk).exists():
        raise Http404("没有这笔登记")
    try:
        ahead.strike(pk, words=request.POST.get("words", "").replace("\x00", ""), by=request.user)
    except AheadRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, "已撤销先行动工的登记，理由留在经过里。")
    return redirect("projects:detail", number=number)


def _page(
    request: HttpRequest,
    project: Project,
    form: ProgressForm,
    reason: str,
    status: HTTPStatus,
    *,
    runs_ahead: bool = False,
) -> HttpResponse:
    context = {
        "project": project,
        "form": form,
        "asked": [form["stage"], form["quantity"], form["happened_on"]],
        "reason": reason,
        "runs_ahead": runs_ahead,
        "nothing_allotted": project.programme.has_allotment and not project.allotted,
        "works": [(stage.label, getattr(project, stage.value)) for stage in WORK_STAGES],
        "monies": [(stage.label, getattr(project, stage.value)) for stage in MONEY_STAGES],
        "crumbs": [("项目", "/projects/"), (project.number, f"/projects/{project.number}/")],
    }
    return render(request, "projects/progress.html", context, status=status)
