"""The door every act on an issue goes through: hold the row, ask the table, write the event, move the state.

issue = begin(pk, Verb.SIGN, by)          # locked, allowed, or Refused
…                                          # the verb's own records, the ledger's movements
finish(issue, Verb.SIGN, by, "水务局签收", state=State.PLANNING)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from issues.access import may
from issues.models import FieldChange, Issue
from issues.queries.situations import bare_situation, situation_of
from issues.rules.situations import Situation
from issues.rules.stages import Cause, State
from issues.rules.workflow import TABLE, Verb
from rectify.lib import clock
from rectify.lib.posting import change_rows
from rectify.lib.prepared import Prepared, insert
from townships.models import User
from townships.rules.scope import Reach
from townships.services import events, revisions

JOINED = ("list__template", "category", "campaign")
_BY_PK = Prepared(lambda pk: Issue.objects.select_for_update(no_key=True).filter(pk=pk).order_by())
_BY_NUMBER = Prepared(
    lambda number: Issue.objects.select_for_update(no_key=True).filter(number=number).order_by()
)
_SHOWN_TO = Prepared(
    lambda pk: (
        Issue.objects.filter(pk=pk)
        .order_by()
        .values_list("township_id", "unit_id", "lead_unit_id", "category__department_id", "units__unit_id")
    )
)
"""Ids of the units whose pages show an issue, a row for each that is named."""


class Refused(Exception):
    """The act is refused and nothing was stored; ``str(error)`` says why in Chinese, ``code`` is stable."""

    def __init__(self, reason: str, code: str = "not_allowed") -> None:
        super().__init__(reason)
        self.code = code


class Missing(Refused):
    """The issue is outside the person's sight: for them it does not exist."""

    def __init__(self) -> None:
        super().__init__("没有这个问题，或者不在您的工作范围内。", "not_found")


class Stale(Refused):
    """Somebody changed the issue since the form was opened; ``issue`` is as it now stands."""

    def __init__(self, issue: Issue) -> None:
        super().__init__("这个问题已被他人修改，请看过现在的内容后再提交；您填写的内容都还在。", "stale")
        self.issue = issue


def begin(which: int | str, verb: Verb, by: User, *, version: int | None = None) -> Issue:
    """The issue of the id or number ``which``, its row held until the transaction ends, where ``by`` may do
    ``verb`` to it now.

    Raises Missing, Stale (where ``version`` is given and has passed) or Refused with the table's reason.
    Call it first in a transaction."""
    if not TABLE[verb].asks_who_answers_alone:
        return enter(which, verb, by, version=version)[0]
    issue = _locked(which)
    now = bare_situation(issue, by, clock.today())
    if not (_sees_as_its_own(by, now) or Issue.objects.visible_to(by).filter(pk=issue.pk).exists()):
        raise Missing
    issue.held_at = clock.now()
    _allow(issue, verb, by, now, version)
    return issue


def _sees_as_its_own(by: User, now: Situation) -> bool:
    """Whose unit answers for an issue sees it (``visible_to``): nothing has to be asked."""
    is_local = by.scope.reach in (Reach.UNIT, Reach.FIELD)
    return is_local and now.person.answers and now.state is not State.WITHDRAWN


def enter(which: int | str, verb: Verb, by: User, *, version: int | None = None) -> tuple[Issue, Situation]:
    """As ``begin``, with the whole situation that was found."""
    issue = _held(which, by)
    now = situation_of(issue, by, clock.today())
    _allow(issue, verb, by, now, version)
    return issue, now


def _held(which: int | str, by: User) -> Issue:
    """The issue as it is once its row is held: what another act committed meanwhile is seen."""
    pk = _locked(which).pk
    issue = Issue.objects.visible_to(by).select_related(*JOINED).filter(pk=pk).order_by().first()
    if issue is None:
        raise Missing
    issue.held_at = clock.now()
    return issue


def _locked(which: int | str) -> Issue:
    """The issue's row as it is, held until the transaction ends."""
    rows = (_BY_NUMBER if isinstance(which, str) else _BY_PK).ask(which)
    if not rows:
        raise Missing
    return rows[0]


def _allow(issue: Issue, verb: Verb, by: User, now: Situation, version: int | None) -> None:
    if version is not None and version != issue.version:
        raise Stale(issue)
    verdict = may(by, verb, now)
    if not verdict:
        raise Refused(verdict.reason)


def finish(
    issue: Issue,
    verb: Verb,
    by: User,
    summary: str,
    *,
    state: State | None = None,
    facts: dict[str, Any] | None = None,
    also: Iterable[int | None] = (),
    added: Mapping[str, int] | None = None,
    **fields: Any,
) -> None:
    """Write what the act made of the issue: the new state (none: it stays), other ``fields`` of the row and
    what was ``added`` to its totals (``ledger.Posted``), one event, and the revisions of all whose pages show
    it, ``also`` of other units. Call it last."""
    fields["state"] = (state or State(issue.state)).value
    if fields["state"] != issue.state:
        fields["state_since"] = clock.now()
    totals = added or {}
    row = [issue.pk, *totals.values(), *fields.values()]
    change_rows(Issue, [row], add=tuple(totals), put=tuple(fields), updated_at=clock.now())
    events.record(
        subject_type="issue",
        subject_id=issue.pk,
        action=verb.value,
        summary=summary,
        by=by,
        facts={**({"state": state.value} if state else {}), **_span(issue), **(facts or {})},
    )
    shown_to = {pk for row in _SHOWN_TO.ask(issue.pk) for pk in row}
    revisions.bump({issue.township_id, issue.unit_id, issue.lead_unit_id, *shown_to, *also})


def _span(issue: Issue) -> dict[str, str]:
    """Between which instants the act held the issue: what was written to it then belongs to this act, and the
    history tells it once."""
    return {"from": issue.held_at.isoformat(), "to": clock.now().isoformat()} if issue.held_at else {}


def note_change(
    issue: Issue, field: str, before: str, after: str, *, by: User, cause: Cause, cause_id: int | None = None
) -> None:
    """Keep that one field of the issue changed; nothing where it did not."""
    if before != after:
        change = FieldChange(
            issue=issue,
            field=field,
            before=before,
            after=after,
            changed_at=clock.now(),
            changed_by=by,
            cause=cause.value,
            cause_id=cause_id,
        )
        insert(change)


__all__ = ["Missing", "Refused", "Stale", "begin", "enter", "finish", "note_change"]
