"""What is to be built: campaigns, programmes, projects, funds, their ledger."""

from projects.models.campaigns import Campaign, Programme
from projects.models.projects import (
    Fund,
    FundEntry,
    Project,
    ProjectBalance,
    ProjectDay,
    ProjectEntry,
    ProjectMonth,
    ProjectRoll,
)

__all__ = [
    "Campaign",
    "Fund",
    "FundEntry",
    "Programme",
    "Project",
    "ProjectBalance",
    "ProjectDay",
    "ProjectEntry",
    "ProjectMonth",
    "ProjectRoll",
]
