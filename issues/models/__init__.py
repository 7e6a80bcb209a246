"""What must be put right: lists, categories, issues, leads, imports, their ledger and roll-ups."""

from issues.models.answering import Milestone, Part, Plan, Refusal, Share
from issues.models.closing import CheckLine, CheckSheet, Closure, Extension, Proposal, Verification
from issues.models.exports import Export
from issues.models.imports import Import, ImportSheet, LayoutMemory, PendingRow
from issues.models.issues import (
    Action,
    FieldChange,
    Issue,
    IssueEntry,
    IssueUnit,
    PastDeadline,
    SavedView,
)
from issues.models.leads import Lead
from issues.models.lists import Category, IssueList, ListTemplate, Supplement
from issues.models.omissions import Omission
from issues.models.pauses import Pause
from issues.models.reports import Evidence, Report
from issues.models.rollups import IssueBalance, IssueDay, IssueMonth, IssueRoll

__all__ = [
    "Action",
    "Category",
    "CheckLine",
    "CheckSheet",
    "Closure",
    "Evidence",
    "Export",
    "Extension",
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
    "ListTemplate",
    "Milestone",
    "Omission",
    "Part",
    "PastDeadline",
    "Pause",
    "PendingRow",
    "Plan",
    "Proposal",
    "Refusal",
    "Report",
    "SavedView",
    "Share",
    "Supplement",
    "Verification",
]
