"""A person's saved views of the lists of issues and of projects."""

from __future__ import annotations

from issues.models import SavedView
from townships.models import User


def saved_views(owner: User, of: str = "issues") -> list[SavedView]:
    """The owner's views of the list ``of`` by name; nobody else's."""
    return list(SavedView.objects.filter(owner=owner, of=of))
