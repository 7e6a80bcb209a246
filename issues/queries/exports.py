"""The exports of one person; nobody sees another's."""

from __future__ import annotations

from issues.models import Export
from townships.models import User

LATEST = 10


def latest_exports(user: User) -> list[Export]:
    """The last ten, newest first."""
    return list(Export.objects.filter(owner=user)[:LATEST])


def export_of(user: User, export_id: int) -> Export | None:
    """The export of that id, if it is the user's own."""
    return Export.objects.filter(owner=user, pk=export_id).first()
