"""What must be put right: lists, categories, issues, leads, imports, their ledger and roll-ups."""

from issues.models.exports import Export
from issues.models.imports import Import, ImportSheet, LayoutMemory, PendingRow
from issues.models.issues import (
    Action,
    FieldChange,
    Issue,
    IssueEntry,
    IssueUnit,
    Lead,
    PastDeadline,
    SavedView,
)
from issues.models.lists import Category, IssueList
from issues.models.rollups import IssueBalance, IssueDay, IssueMonth, IssueRoll

__all__ = [
    "Action",
    "Category",
    "Export",
    "FieldChange",
    "Import",
    "ImportSheet",
    "Issue",
    "IssueBalance",
    "IssueDay",
    "IssueEntry",
    "IssueList",
    "IssueMonth",
    "IssueRoll",
    "IssueUnit",
    "LayoutMemory",
    "Lead",
    "PastDeadline",
    "PendingRow",
    "SavedView",
]
