"""Pages of a change: ask for it with the values wanted, record what the 领导小组 decided."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from projects.access import may_ask, may_decide
from projects.models import Project, ProjectChange
from projects.queries.changes import changes_of
from projects.rules.changes import FIELD_LABELS, FIELDS, ChangeKind
from projects.services import changes
from projects.services.changes import ChangeRefused
from projects.web.change_forms import ASK_FORMS, AskForm, DecideForm
from projects.web.projects import project_in_sight
from rectify.lib import clock
from rectify.lib.masking import mask_text
from townships.access import allowed
from townships.queries.units import directory
from townships.rules.permissions import Permission
from townships.web.requires import must, requires


@require_http_methods(["GET", "POST"])
@requires(Permission.SEE_PROJECTS)
def ask(request: HttpRequest, number: str) -> HttpResponse:
    """Which kind of change, then its form; a refusal keeps what was typed. Nothing of the project moves."""
    project = project_in_sight(request, number)
    must(request.user, Permission.ASK_PROJECT_CHANGE)
    verdict = may_ask(request.user, project)
    if not verdict.ok:
        return _ask_page(request, project, None, verdict.reason, HTTPStatus.CONFLICT)
    asked = request.GET.get("kind", "")
    if asked not in set(ChangeKind):
        reason = f"没有“{mask_text(asked[:20])}”这类变更，请从下面选一类。" if asked else ""
        status = HTTPStatus.BAD_REQUEST if asked else HTTPStatus.OK
        return _ask_page(request, project, None, reason, status)
    kind = ChangeKind(asked)
    data = request.POST if request.method == "POST" else None
    form = ASK_FORMS[kind](data, project=project, user=request.user)
    if data is None:
        return _ask_page(request, project, form, "", HTTPStatus.OK, kind)
    if not form.is_valid():
        return _ask_page(request, project, form, "", HTTPStatus.UNPROCESSABLE_ENTITY, kind)
    try:
        change = changes.ask(
            project,
            kind,
            wanted=form.wanted(),
            reason=form.cleaned_data["reason"],
            by=request.user,
            version=form.cleaned_data["version"],
        )
    except ChangeRefused as refused:
        return _ask_page(request, project, form, str(refused), HTTPStatus.CONFLICT, kind)
    messages.success(request, "已提出变更申请；领导小组决定以前，项目的内容不变。")
    return redirect("projects:change", number=project.number, pk=change.pk)


def _ask_page(
    request: HttpRequest,
    project: Project,
    form: AskForm | None,
    reason: str,
    status: HTTPStatus,
    kind: ChangeKind | None = None,
) -> HttpResponse:
    kinds = [(one, "、".join(FIELD_LABELS[name] for name in FIELDS[one])) for one in ChangeKind]
    context = {
        "project": project,
        "form": form,
        "kind": kind,
        "kinds": kinds if may_ask(request.user, project).ok else [],
        "reason": reason,
        "units": directory(request.user).filter(level__in=["township", "village"], closed_on=None)
        if kind is ChangeKind.PLACE
        else [],
        "crumbs": _crumbs(project),
    }
    return render(request, "projects/change.html", context, status=status)


@require_http_methods(["GET", "POST"])
@requires(Permission.SEE_PROJECTS)
def one(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """One request: both values, who asked, the meeting; for who may record the decision, its form."""
    project = project_in_sight(request, number)
    change = project.changes.filter(pk=pk).select_related("project").first()
    if change is None:
        raise Http404("没有这份变更申请")
    if request.method == "POST":
        return _record(request, project, change)
    form = DecideForm() if may_decide(request.user, change).ok else None
    return _one_page(request, project, change, form, "", HTTPStatus.OK)


def _record(request: HttpRequest, project: Project, change: ProjectChange) -> HttpResponse:
    verdict = may_decide(request.user, change)
    if not allowed(request.user, Permission.DECIDE_PROJECT_CHANGE):
        raise PermissionDenied(verdict.reason)
    if not verdict.ok:
        return _one_page(request, project, change, None, verdict.reason, HTTPStatus.CONFLICT)
    form = DecideForm(request.POST)
    if not form.is_valid():
        return _one_page(request, project, change, form, "", HTTPStatus.UNPROCESSABLE_ENTITY)
    given = dict(form.cleaned_data)
    does = changes.approve if given.pop("decision") == "approve" else changes.decline
    try:
        does(change.pk, by=request.user, **given)
    except ChangeRefused as refused:
        return _one_page(request, project, change, form, str(refused), HTTPStatus.CONFLICT)
    messages.success(request, "已登记决定。")
    return redirect("projects:detail", number=project.number)


def _one_page(
    request: HttpRequest,
    project: Project,
    change: ProjectChange,
    form: DecideForm | None,
    reason: str,
    status: HTTPStatus,
) -> HttpResponse:
    shown = next(told for told in changes_of(project, on=clock.today()) if told.change.pk == change.pk)
    waits = "" if form or shown.is_ended else may_decide(request.user, change).reason
    context = {
        "project": project,
        "shown": shown,
        "form": form,
        "reason": reason,
        "waits": waits,
        "crumbs": _crumbs(project),
    }
    return render(request, "projects/change_one.html", context, status=status)


def _crumbs(project: Project) -> list[tuple[str, str]]:
    return [("项目", "/projects/"), (project.number, f"/projects/{project.number}/")]
