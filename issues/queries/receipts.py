"""What was acknowledged to a sender before."""

from __future__ import annotations

from uuid import UUID

from issues.models import Report
from townships.models import User


def receipt_of(user: User, client_id: UUID) -> str:
    """The receipt of the report that ``user`` sent as ``client_id``; "" where there is none. One query."""
    return (
        Report.objects.filter(reported_by=user, client_id=client_id).values_list("receipt", flat=True).first()
        or ""
    )
