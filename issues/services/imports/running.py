"""Running an import: read, plan, write everything in one transaction, or write nothing and say why."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction

from issues.models import Import, ImportSheet, IssueList, LayoutMemory, PendingRow
from issues.rules.reading import ReadingContext, read_workbook
from issues.rules.report import SheetReport, WorkbookReport
from issues.rules.titles import short_title
from issues.services.imports import files, progress
from issues.services.imports.planning import SheetPlan, plan
from projects.models import Campaign
from rectify.lib import clock
from rectify.lib.sheets.reader import read_book
from townships.models import Unit, User
from townships.queries.calendar import workdays
from townships.queries.units import unit_index
from townships.services import events, revisions
