"""Imports and rows left out (待处理), as far as a person may see them."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from issues.models import Import, IssueList, PendingRow
from issues.rules.report import Kind
from projects.models import Campaign
from townships.access import acting_root
from townships.models import SYSTEM_USERNAME, Unit, User
from townships.rules.roles import Role

LARGEST_KEY = 2**63 - 1
SOURCE = "sheet__source"


def imports_of(user: User) -> QuerySet[Import]:
    """Imports into campaigns under the unit one acts for; without a campaign, only one's own."""
    seen = Q(campaign__unit__path__startswith=acting_root(user)) | Q(campaign=None, uploaded_by=user)
    return Import.objects.filter(seen).select_related("campaign", "list", "uploaded_by", "withdrawn_by")


def listed_imports(user: User) -> QuerySet[Import]:
    """The same with ``pending``, the number of rows still left out; without what only one page needs."""
    pending = Count("sheets__pending_rows", filter=Q(sheets__pending_rows__status="pending"))
    return imports_of(user).defer("report", "decisions").annotate(pending=pending).order_by("-pk")


def import_of(user: User, import_id: int) -> Import | None:
    """One import in sight of the person."""
    return imports_of(user).filter(pk=import_id).first() if import_id <= LARGEST_KEY else None


def same_file(user: User, source: Import) -> Import | None:
    """The last import of the very same file, by its hash."""
    others = imports_of(user).filter(sha256=source.sha256, status="done").exclude(pk=source.pk)
    return others.defer("report", "decisions").order_by("-pk").first()


def is_open_to(user: User, kind: str, uploaded_by_id: int) -> bool:
    """Whether a person may read the cells of a sheet: leads are for who brought them (design, section 7)."""
    return kind != Kind.LEADS or uploaded_by_id == user.pk


def campaigns_for(user: User) -> QuerySet[Campaign]:
    """Campaigns that the person may import into."""
    return Campaign.objects.filter(unit__path__startswith=acting_root(user)).order_by("-start_on", "-pk")


def lists_into(campaigns: list[Campaign]) -> QuerySet[IssueList]:
    """The lists of these campaigns that a file may be brought into."""
    return IssueList.objects.filter(campaign__in=campaigns).order_by("campaign", "code")


def acting_unit(user: User) -> Unit | None:
    """The unit under which somebody of an office makes new ones."""
    return Unit.objects.filter(path=acting_root(user)).first()


def pending_of(user: User) -> QuerySet[PendingRow]:
    """Rows waiting to be mended or dropped, those of leads for who brought them; the leads that 系统 brought,
    which is nobody, for the discipline organ and it alone."""
    leads = Q(kind=Kind.LEADS.value)
    if Role(user.role) is Role.DISCIPLINE:
        open_to = leads & Q(sheet__source__uploaded_by__username=SYSTEM_USERNAME)
    else:
        open_to = ~leads | Q(sheet__source__uploaded_by=user)
    return (
        PendingRow.objects.filter(open_to, sheet__source__in=imports_of(user).values("pk"))
        .select_related("sheet__source", "list", "campaign", "settled_by")
        .order_by(SOURCE, "sheet__position", "row")
    )


def pending_row_of(user: User, pending_id: int) -> PendingRow | None:
    """One such row, whatever its status."""
    return pending_of(user).filter(pk=pending_id).first() if pending_id <= LARGEST_KEY else None


def hidden_leads(user: User) -> int:
    """Rows of leads left out that the person may not see: counted, never shown."""
    everybodys = PendingRow.objects.filter(
        kind=Kind.LEADS.value, status="pending", sheet__source__in=imports_of(user).values("pk")
    )
    return everybodys.exclude(pk__in=pending_of(user).order_by().values("pk")).count()
