"""Who is to be told of what today and was not yet: the scan's one question, put as a SELECT.

For each open item of a source and each unit that answers: the newest rung reached and its newest planned day
(missed ones collapse into it), for every seat of that rung that was told neither of this nor of anything
newer. ``rules.rungs.standing`` says the same of one item; properties hold the two together. Where the items
stand was judged before (``stretch``).
"""

from __future__ import annotations

from typing import Any

from django.db import connection

from alerts.models import Alert, LightChange
from alerts.queries import statements
from alerts.queries.asked import Asked, Span
from alerts.queries.statements import Statement
from alerts.queries.stretch import STANDING, latest_anchor
from alerts.rules.ladder import Subject
from townships.rules.roles import Duty

COLUMNS = (
    "campaign_id", "item_kind", "item_id", "number", "subject", "anchor_on", "height", "step", "unit_id",
    "duty", "colour", "word", "is_urgent", "is_backlog", "planned_on", "made_on", "made_at", "void_cause",
)  # fmt: skip
OWN_OFFICE = (Duty.STAFF.value, Duty.HEAD.value)
"""Where the county itself is the one that answers, 督查室 is its seat: it has no 经办 of its own."""
TABLE = f'"{Alert._meta.db_table}"'
LIGHTS = f'"{LightChange._meta.db_table}"'


def known_subjects() -> set[str]:
    """Subjects that anything was ever told of, or whose light ever turned."""
    subjects = [(subject.item.value, subject.value) for subject in Subject]
    asked = statements.constants("asked", ("kind", "subject"), subjects)
    of_it = "it.item_kind = asked.kind AND it.subject = asked.subject"
    # The least of each: an index gives it at once, where an EXISTS of what is not there reads the table.
    sql = f"""
        WITH {asked.sql} SELECT subject FROM asked
        WHERE (SELECT MIN(it.item_id) FROM {TABLE} AS it WHERE {of_it}) IS NOT NULL
        OR (SELECT MIN(it.item_id) FROM {LIGHTS} AS it WHERE {of_it} AND it.is_latest) IS NOT NULL
    """  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, asked.params)
        return {subject for (subject,) in cursor.fetchall()}


def was_told(asked: Asked, span: Span) -> bool:
    """Whether anything of the subject was ever told in the stretch: else there is nothing to compare with."""
    subject = asked.source.subject
    found = Alert.objects.filter(item_kind=subject.item.value, subject=subject.value)
    return found.filter(item_id__range=(span.first, span.last)).exists()


def new_alerts(asked: Asked, span: Span, *, is_first: bool) -> Statement:
    """SELECT of the alerts to be made of what stands in a stretch, in the order of COLUMNS; each once.

    ``is_first``: nothing was told of the subject there (``was_told``)."""
    seats = _seats(asked)
    number, ago = "CAST(SUBSTR(n.item_number, 1, 40) AS varchar(40))", statements.ago_sql(asked.rungs)
    untold, backlog, held = _untold(asked, span, is_first), _backlog(asked, is_first), _held(asked)
    sql = f"""
        WITH {seats.sql}
        SELECT CAST(%s AS bigint), %s, n.item_key, {number}, %s, n.anchor_day,
          n.height, n.step, n.unit_key, n.duty, n.colour, n.word, n.is_urgent,
          {backlog.sql}, {statements.days_before("%s", f"({ago})")}, {statements.typed("%s", "date")},
          {statements.typed("%s", "timestamp with time zone")}, ''
        FROM (
          SELECT one.*, COALESCE(seats.unit_id, one.seat_key) AS unit_key, seats.duty, seats.colour,
            seats.word, seats.is_urgent
          FROM {STANDING} AS one JOIN seats ON seats.height = one.height
          WHERE one.seat_key IS NOT NULL AND (seats.unit_id IS NULL OR one.nth = 1)
          AND NOT (one.seat_key = %s AND seats.duty IN (%s, %s))
        ) AS n
        WHERE TRUE {untold.sql} {held.sql}
    """  # noqa: S608
    subject = asked.source.subject
    day = statements.on(asked.on)
    return Statement(
        sql,
        (
            *seats.params,
            asked.campaign_id, subject.item.value, subject.value,
            *backlog.params,
            day, day, connection.ops.adapt_datetimefield_value(asked.made_at),
            asked.campaign_unit, *OWN_OFFICE,
            *untold.params,
            *held.params,
        ),
    )  # fmt: skip


def _same(asked: Asked, name: str) -> Statement:
    """Alerts of the same deadline of the item."""
    subject = asked.source.subject
    sql = (
        f"{name}.item_kind = %s AND {name}.subject = %s AND {name}.item_id = n.item_key "
        f"AND {name}.anchor_on = n.anchor_day"
    )
    return Statement(sql, (subject.item.value, subject.value))


def _seats(asked: Asked) -> Statement:
    """The seats of each rung, with the light that is told; ``unit_id`` is null for the unit's own seats."""
    rows = [
        (rung.height, duty.value, unit, rung.colour.value, rung.word, rung.is_urgent)
        for rung in asked.rungs
        for duty in rung.duties
        for unit in (asked.offices if duty is Duty.SUPERVISION else (None,))
    ]
    made = statements.constants("given", ("height", "duty", "unit_id", "colour", "word", "is_urgent"), rows)
    typed = (
        "seats AS (SELECT height, CAST(duty AS varchar(20)) AS duty, CAST(unit_id AS bigint) AS unit_id, "
        "CAST(colour AS varchar(8)) AS colour, CAST(word AS varchar(20)) AS word, is_urgent "
        "FROM given)"
    )
    return Statement(f"{made.sql}, {typed}", made.params)


def _untold(asked: Asked, span: Span, is_first: bool) -> Statement:
    """Neither this nor anything newer was told to the seat."""
    if is_first:
        return Statement("")
    same = _same(asked, "told")
    sql = f"""
        AND NOT EXISTS (
          SELECT 1 FROM {TABLE} AS told WHERE {same.sql}
          {statements.within("told.item_id", span.first, span.last)} AND told.unit_id = n.unit_key
          AND ((told.height > n.height AND told.voided_at IS NULL)
            OR (told.height = n.height AND told.duty = n.duty AND told.step >= n.step)))
    """  # noqa: S608
    return Statement(sql, same.params)


def _backlog(asked: Asked, is_first: bool) -> Statement:
    """存量: never told of this deadline, and its rung was reached before anybody looked."""
    days = " ".join(f"WHEN {rung.height:d} THEN {rung.days:d}" for rung in asked.rungs)
    missed = f"n.elapsed - (CASE n.height {days} END) > {(asked.on - asked.unseen_before).days:d}"
    if is_first:
        return Statement(f"({missed})")
    same = _same(asked, "earlier")
    told = f"SELECT 1 FROM {TABLE} AS earlier WHERE {same.sql} AND earlier.unit_id + 0 = n.seat_key"  # noqa: S608
    return Statement(f"({missed} AND NOT EXISTS ({told}))", same.params)


def _held(asked: Asked) -> Statement:
    """Where an answer is awaited, only what was told already is told again: no next rung."""
    if asked.source.held is None:
        return Statement("")
    waits = statements.of(asked.source.held(asked.campaign_id))
    same = _same(asked, "now")
    sql = f"""
        AND (n.item_key NOT IN ({waits.sql}) OR EXISTS (
          SELECT 1 FROM {TABLE} AS now WHERE {same.sql} AND now.height = n.height))
    """  # noqa: S608
    return Statement(sql, (*waits.params, *same.params))


def unheard(asked: Asked) -> list[str]:
    """Numbers of the items that stand on a rung and that nobody answers for; a thousand at most."""
    if asked.source.nobody is None or not asked.rungs:
        return []
    lost: Any = asked.source.nobody(asked.campaign_id, asked.on).filter(anchor_day__lte=latest_anchor(asked))
    return list(lost.order_by("item_number").values_list("item_number", flat=True)[:1000])
