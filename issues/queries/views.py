"""A person's saved views of the issue list."""

from __future__ import annotations

from issues.models import SavedView
from townships.models import User


def saved_views(owner: User) -> list[SavedView]:
    """The owner's views by name; nobody else's."""
    return list(SavedView.objects.filter(owner=owner))
