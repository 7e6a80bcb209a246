"""One stretch of one subject: what stands there is judged once, then told, voided and lit."""

from __future__ import annotations

from dataclasses import dataclass

from alerts.queries.asked import Asked, Span
from alerts.queries.lights import CHANGED, calmed, changed, turned
from alerts.queries.standing import new_alerts, was_told
from alerts.queries.stretch import STANDING, forget, holds, judge, keep, nobody
from alerts.queries.voids import SUSPECTS, cause, returned, stale, suspects
from alerts.services.scan_writing import Seats, by_hashing, counted, insert, write


@dataclass(frozen=True, slots=True)
class Done:
    """What was made, or would be, voided, and stands again after it had been voided."""

    made: Seats
    voided: int = 0
    returned: int = 0


def look_at(asked: Asked, span: Span, *, is_preview: bool) -> Done:
    """Tell, void and light a stretch of a subject, in a turn; a preview only counts."""
    if not asked.rungs:
        return Done(Seats()) if is_preview else end(asked, span)
    judge(asked, span)
    if asked.is_new and not holds(STANDING):
        forget(STANDING)
        return Done(Seats())
    is_first = not was_told(asked, span)
    wanted = new_alerts(asked, span, is_first=is_first)
    if is_preview:
        with by_hashing():
            done = Done(counted(wanted))
    else:
        voided = 0 if is_first else _void(asked, span)
        again = 0 if is_first else returned(asked, span).update(voided_at=None, void_cause="")
        with by_hashing():
            done = Done(insert(wanted), voided, again)
        _light(asked, span)
    forget(STANDING)
    return done


def end(asked: Asked, span: Span) -> Done:
    """Of a subject that the rules have no rung of any more: void what is over, put the lights out."""
    forget(STANDING)
    keep(STANDING, nobody())
    voided = _void(asked, span)
    _light(asked, span)
    forget(STANDING)
    return Done(Seats(), voided)


def _void(asked: Asked, span: Span) -> int:
    """Void the alerts whose reason is gone; how many."""
    with by_hashing():
        keep(SUSPECTS, suspects(asked, span))
    voided = 0
    if holds(SUSPECTS):
        rows = asked.source.rows(asked.campaign_id, asked.on)
        for gone in stale(asked, rows):
            voided += gone.update(voided_at=asked.made_at, void_cause=cause(asked.source, asked.on))
    forget(SUSPECTS)
    return voided


def _light(asked: Asked, span: Span) -> None:
    """Write down which lights turned, where the subject has one."""
    if asked.source.items is None:
        return
    with by_hashing():
        keep(CHANGED, changed(asked, span))
    if holds(CHANGED):
        write(calmed(asked))
        if asked.rungs:
            write(turned(asked))
    forget(CHANGED)
