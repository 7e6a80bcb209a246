"""What an import brings into a locked list is 增量: recorded with its reason, flagged, given to its units."""

from __future__ import annotations

from collections.abc import Sequence

from issues.models import Import, ImportSheet, Issue
from issues.services.imports.planning import SheetPlan
from issues.services.life.handing import hand_out
from issues.services.life.locking import supplement
from townships.models import User
from townships.services import revisions


def add(
    one: SheetPlan,
    sheet: ImportSheet,
    source: Import,
    reason: str,
    by: User,
    rows: Sequence[int] | None = None,
) -> None:
    """Mark the issues just made from ``sheet`` (from its ``rows`` alone, where given) if the list is locked.

    Nobody has acted on them yet: the import can still be withdrawn whole."""
    listed = one.context.issue_list
    if str(one.report.kind) != "issues" or listed is None or listed.locked_at is None:
        return
    made = Issue.objects.present().filter(sheet=sheet, supplement__isnull=True)
    if rows is not None:
        made = made.filter(row__in=rows)
    ids = list(made.order_by("pk").values_list("pk", flat=True))
    if not ids:
        return
    why = supplement(listed, reason, f"《{source.file_name}》", by)
    made.update(supplement=why)
    handed = hand_out(listed, ids, why="锁定后增补", at=one.context.now, by=by, is_import=True)
    revisions.bump(handed.shown_to)
