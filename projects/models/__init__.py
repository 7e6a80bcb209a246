"""What is to be built: campaigns, programmes, projects, funds, their ledger."""

from projects.models.ahead import RunningAhead
from projects.models.campaigns import Campaign, Programme
from projects.models.changes import ProjectChange, ProjectFieldChange
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
    "ProjectChange",
    "ProjectDay",
    "ProjectEntry",
    "ProjectFieldChange",
    "ProjectMonth",
    "ProjectRoll",
    "RunningAhead",
]
