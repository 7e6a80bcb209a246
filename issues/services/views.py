"""Keeping and dropping a person's named views of the lists of issues and of projects."""

from __future__ import annotations

from django.db import transaction

from issues.models import SavedView
from rectify.lib.criteria import FilterRefused
from townships.models import User
from townships.services import events

MOST = 30
LONGEST = 60


@transaction.atomic
def save_view(*, by: User, name: str, query: str, of: str = "issues") -> SavedView:
    """Keep ``query`` (a canonical query string) of the list ``of`` (issues, projects) under ``name``.

    A view of that name is replaced.

    FilterRefused without a name, with one too long, or beyond 30 views."""
    name = " ".join(name.split())
    if not name:
        raise FilterRefused("请给这个视图起个名字。")
    if len(name) > LONGEST:
        raise FilterRefused(f"名字最多{LONGEST}个字。")
    others = SavedView.objects.filter(owner=by, of=of).exclude(name=name)
    if others.count() >= MOST:
        raise FilterRefused(f"最多保存{MOST}个视图，请先删去不用的。")
    view, _ = SavedView.objects.update_or_create(owner=by, of=of, name=name, defaults={"query": query})
    events.record(
        subject_type="saved_view",
        subject_id=view.pk,
        action="save_view",
        summary=f"保存视图“{name}”",
        by=by,
        facts={"query": query},
    )
    return view


@transaction.atomic
def drop_view(*, by: User, view_id: int, of: str = "issues") -> str:
    """Delete one's own view; returns its name, empty where there is none."""
    view = SavedView.objects.select_for_update().filter(owner=by, of=of, pk=view_id).first()
    if view is None:
        return ""
    events.record(
        subject_type="saved_view",
        subject_id=view.pk,
        action="drop_view",
        summary=f"删除视图“{view.name}”",
        by=by,
    )
    view.delete()
    return view.name
