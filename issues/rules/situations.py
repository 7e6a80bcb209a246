"""The facts of one issue and one person that the workflow's guards look at."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from issues.rules.records import ClosureState, EvidenceKind, PlanState, ProposalKind, ShareState
from issues.rules.stages import State


@dataclass(frozen=True, slots=True)
class Person:
    """How one person stands to one issue. ``answers``: an answering unit (``rules.answering``) is the own one
    or under it; ``supports``: a supporting unit is; ``stands_under``: the own unit lies under an answering
    one; ``leads_field``: the own unit is the category's 主管部门, or leads beside those that answer."""

    answers: bool = False
    supports: bool = False
    stands_under: bool = False
    leads_field: bool = False
    is_department: bool = False
    is_office: bool = False
    share: ShareState | None = None
    signs_as_head: bool = False
    """主要负责人 of an answering unit, or delegated by one in writing."""
    has_reported: bool = False
    """Reported on it, or the own unit did, when the issue was still theirs."""
    has_verified: bool = False
    has_proposed: bool = False
    """Made the proposal or asked for the extension that waits."""


@dataclass(frozen=True, slots=True)
class Situation:
    """One issue as the guards see it, on the Beijing date ``today``; quantities in what it is counted in."""

    state: State
    today: date
    person: Person = field(default_factory=Person)
    found: Decimal = Decimal(0)
    removed: Decimal = Decimal(0)
    claimed: Decimal = Decimal(0)
    confirmed: Decimal = Decimal(0)
    deadline_class: str = "undetermined"
    due_on: date | None = None
    plan: PlanState | None = None
    """State of the plan in hand: a draft, one that waits, one returned."""
    has_plan: bool = False
    """An approved plan is in force."""
    open_actions: int = 0
    shares: tuple[ShareState, ...] = ()
    evidence: frozenset[EvidenceKind] = frozenset()
    required_evidence: tuple[tuple[EvidenceKind, str], ...] = ()
    needs_site_visit: bool = False
    was_visited: bool = False
    times_verified: int = 0
    has_reviewer: bool = False
    """A 主管部门 that does not itself answer for the issue reviews its closing."""
    closure: ClosureState | None = None
    proposal: ProposalKind | None = None
    extension_pending: bool = False
    paused_until: date | None = None
    """The day from which days count again; None: they count."""
    reports: int = 0
    merged: int = 0
    needs_file_number: bool = False
    is_filed: bool = False

    @property
    def due(self) -> Decimal:
        """What is to be put right: found − removed."""
        return self.found - self.removed
