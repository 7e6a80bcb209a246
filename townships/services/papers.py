"""The door of the county's papers (letters, bulletins): hold the row, ask the table, write the event.

door = Door("letter", "函件", seen, may_letter, shown_to)
paper = door.begin(pk, LetterVerb.SUBMIT, by)      # its row held, permitted now, or PaperRefused
…                                                   # the verb's own records
door.finish(paper, LetterVerb.SUBMIT, by, "送签…", state=LetterState.PENDING)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar, cast

from django.db.models import Model, QuerySet

from rectify.lib import clock
from townships.access import Verdict
from townships.models import User
from townships.services import events, revisions


class Paper(Protocol):
    """What the door has to know of a paper. ``number`` is empty until it is signed; ``version`` is one more
    after every act."""

    number: str
    state: str
    version: int


P = TypeVar("P", bound=Model)
V = TypeVar("V", bound=StrEnum)


class PaperRefused(Exception):
    """Nothing was stored; ``str(error)`` says why in Chinese, ``field`` where on the form."""

    def __init__(self, reason: str, field: str = "") -> None:
        super().__init__(reason)
        self.field = field


class PaperMissing(PaperRefused):
    """The paper is outside the person's sight: for them it does not exist."""

    def __init__(self, called: str) -> None:
        super().__init__(f"没有这份{called}，或者不在您的工作范围内。")


class PaperStale(PaperRefused, Generic[P]):
    """Somebody changed the paper since the form was opened; ``paper`` is as it now stands."""

    def __init__(self, called: str, paper: P) -> None:
        super().__init__(f"这份{called}已被他人修改，请看过现在的内容后再提交；您填写的内容都还在。")
        self.paper = paper


def held(seen: QuerySet[P], pk: int) -> P | None:
    """The row as it is once it is held until the transaction ends, where ``seen`` has it: what another act
    committed meanwhile is seen."""
    rows = seen.model._default_manager.select_for_update(no_key=True).filter(pk=pk).order_by()
    there = list(rows.values_list("pk", flat=True))
    return seen.filter(pk__in=there).order_by().first()


@dataclass(frozen=True, slots=True)
class Door(Generic[P, V]):
    """Every act on a kind of paper (a model with what ``Paper`` names) goes through one.

    ``subject``: what its events are of, and begin with; ``called``: the kind in words; ``seen``: those in a
    person's sight; ``may``: the table's verdict; ``shown_to``: ids of the units whose pages show a paper;
    ``stale``: what is raised where somebody else was faster."""

    subject: str
    called: str
    seen: Callable[[User], QuerySet[P]]
    may: Callable[[User, V, P], Verdict]
    shown_to: Callable[[P], Iterable[int | None]]
    stale: type[PaperStale[P]] = PaperStale

    def begin(self, pk: int, verb: V, by: User, *, version: int | None = None) -> P:
        """The paper, its row held until the transaction ends, where ``by`` may do ``verb`` to it now.

        Raises PaperMissing, PaperStale (where ``version`` is given and has passed) or PaperRefused with the
        table's reason. Call it first in a transaction."""
        paper = held(self.seen(by), pk)
        if paper is None:
            raise PaperMissing(self.called)
        if version is not None and version != _as_paper(paper).version:
            raise self.stale(self.called, paper)
        verdict = self.may(by, verb, paper)
        if not verdict:
            raise PaperRefused(verdict.reason)
        return paper

    def finish(
        self,
        paper: P,
        action: str,
        by: User,
        summary: str,
        *,
        state: StrEnum | None = None,
        facts: dict[str, Any] | None = None,
        **fields: Any,
    ) -> P:
        """Write the new state (none: it stays) and ``fields``, then ``tell``. Call it last."""
        if state is not None:
            fields["state"] = state.value
        fields |= {"version": _as_paper(paper).version + 1, "updated_at": clock.now()}
        for name, value in fields.items():
            setattr(paper, name, value)
        paper.save(update_fields=list(fields))
        self.tell(paper, action, by, summary, facts)
        return paper

    def tell(
        self, paper: P, action: str, by: User, summary: str, facts: dict[str, Any] | None = None
    ) -> None:
        """The event of an act on the paper, and the revisions of the units whose pages show it."""
        known = _as_paper(paper)
        events.record(
            subject_type=self.subject,
            subject_id=paper.pk,
            action=f"{self.subject}_{action}",
            summary=summary,
            by=by,
            facts={"number": known.number, "state": known.state, **(facts or {})},
        )
        revisions.bump(self.shown_to(paper))


def _as_paper(row: Model) -> Paper:
    return cast("Paper", row)
