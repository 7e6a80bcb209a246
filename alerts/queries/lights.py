"""Lights that turned since they were last written, put as SELECTs: on another rung than before, or on none.

The light itself is derived (``rules.lights``); what is stored is each change, with its cause.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.db.models.expressions import RawSQL

from alerts.models import LightChange
from alerts.queries import statements
from alerts.queries.asked import Asked, Span
from alerts.queries.days import number_of, number_sql
from alerts.queries.items import ids_of
from alerts.queries.statements import Statement
from alerts.queries.stretch import STANDING
from alerts.queries.voids import EXTENDED, MOVED, beside, ended
from alerts.rules.ladder import ItemKind, Subject
from alerts.rules.lights import CALM, TurnCause
from issues.models import Issue, PastDeadline
from issues.rules.stages import Cause

COLUMNS = (
    "item_kind", "item_id", "subject", "before", "after", "colour", "on", "cause", "rules_id", "recorded_at",
)  # fmt: skip
"""Of a change; with it comes ``last_id``, the change that was the latest until now, if any."""
CHANGED = "scan_lights"
TABLE = f'"{LightChange._meta.db_table}"'


def changed(asked: Asked, span: Span) -> Statement:
    """SELECT of ``item_key``, ``height``, ``elapsed`` and ``last_id``: items of a stretch that stand on a
    rung whose word is not the one last written; and, without ``item_key``, lights that burned, as last
    written, and whose item stands on no rung of this campaign any more."""
    subject = asked.source.subject
    cases = " ".join(f"WHEN {rung.height:d} THEN %s" for rung in asked.rungs)
    word = Statement(
        f"CASE now.height {cases} END" if cases else "''", tuple(rung.word for rung in asked.rungs)
    )
    latest = Statement(
        f"SELECT id, item_id, after FROM {TABLE} WHERE subject = %s AND item_kind = %s AND is_latest "  # noqa: S608
        f"AND item_id BETWEEN {span.first:d} AND {span.last:d}",
        (subject.value, subject.item.value),
    )
    return _BY_ENGINE[connection.vendor](word, latest)


def _at_once(word: Statement, latest: Statement) -> Statement:
    """Both tables are read once."""
    sql = f"""
        SELECT now.item_key AS item_key, now.height AS height, now.elapsed AS elapsed, last.id AS last_id
        FROM (SELECT item_key, height, elapsed FROM {STANDING} WHERE nth = 1) AS now
        FULL JOIN ({latest.sql}) AS last ON last.item_id = now.item_key
        WHERE COALESCE(last.after, '') <> COALESCE({word.sql}, %s)
    """  # noqa: S608
    return Statement(sql, (*latest.params, *word.params, CALM.word))


def _by_halves(word: Statement, latest: Statement) -> Statement:
    """For SQLite, which finds no index for a FULL JOIN, or knows none (before 3.39)."""
    sql = f"""
        SELECT now.item_key AS item_key, now.height AS height, now.elapsed AS elapsed, last.id AS last_id
        FROM {STANDING} AS now LEFT JOIN ({latest.sql}) AS last ON last.item_id = now.item_key
        WHERE now.nth = 1 AND COALESCE(last.after, '') <> {word.sql}
        UNION ALL
        SELECT NULL, NULL, NULL, last.id FROM ({latest.sql}) AS last
        WHERE last.after <> %s
        AND NOT EXISTS (SELECT 1 FROM {STANDING} AS one WHERE one.item_key = last.item_id)
    """  # noqa: S608
    return Statement(sql, (*latest.params, *word.params, *latest.params, CALM.word))


_BY_ENGINE = {"postgresql": _at_once, "sqlite": _by_halves}


def turned(asked: Asked) -> Statement:
    """SELECT of COLUMNS and last_id of those among ``CHANGED`` that burn."""
    words = statements.constants(
        "words",
        ("height", "word", "colour", "days"),
        [(rung.height, rung.word, rung.colour.value, rung.days) for rung in asked.rungs],
    )
    subject = asked.source.subject
    why, why_params = _turn_cause(asked)
    sql = f"""
        WITH {words.sql}
        SELECT %s AS item_kind, now.item_key AS item_id, %s AS subject, COALESCE(last.after, '') AS before,
          words.word AS after, words.colour AS colour, {statements.typed("%s", "date")} AS "on",
          {why} AS cause,
          {statements.typed("%s", "bigint")} AS rules_id,
          {statements.typed("%s", "timestamp with time zone")} AS recorded_at, last.id AS last_id
        FROM {CHANGED} AS now
        JOIN words ON words.height = now.height
        LEFT JOIN {TABLE} AS last ON last.id = now.last_id
    """  # noqa: S608
    at = connection.ops.adapt_datetimefield_value(asked.made_at)
    key = (subject.item.value, subject.value)
    params = (*words.params, *key, statements.on(asked.on), *why_params, asked.rules_id, at)
    return Statement(sql, params)


def _turn_cause(asked: Asked) -> tuple[str, tuple[Any, ...]]:
    """SQL of why a light turned, from ``now`` and ``last``."""
    whens, params = ["WHEN last.id IS NULL THEN %s"], [TurnCause.TIME.value]
    if asked.source.subject is Subject.DUE:
        changed = (
            f'SELECT 1 FROM "{PastDeadline._meta.db_table}" AS past '  # noqa: S608
            "WHERE past.issue_id = now.item_key AND past.changed_at > last.recorded_at"
        )
        whens += [f"WHEN EXISTS ({changed} AND past.cause = %s) THEN %s", f"WHEN EXISTS ({changed}) THEN %s"]
        params += [Cause.EXTENSION.value, TurnCause.EXTENSION.value, TurnCause.DEADLINE.value]
    ruled = f"COALESCE(last.rules_id, 0) <> {asked.rules_id or 0:d}"
    if not asked.source.has_points:  # a rung that was reached since the last turn was reached by time
        ruled += f""" AND now.elapsed - words.days >= {number_of(asked.on)} - {number_sql('last."on"')}"""
    whens.append(f"WHEN {ruled} THEN %s")
    params.append(TurnCause.RULES.value)
    rest = TurnCause.PROGRESS if asked.source.has_points else TurnCause.TIME
    return f"CASE {' '.join(whens)} ELSE %s END", (*params, rest.value)


def calmed(asked: Asked) -> Statement:
    """SELECT of COLUMNS and last_id of the lights of this campaign among ``CHANGED`` that went out."""
    out = LightChange.objects.filter(
        pk__in=RawSQL(f"SELECT last_id FROM {CHANGED} WHERE item_key IS NULL", ()),  # noqa: S608, S611
        item_id__in=ids_of(asked.source.subject.item, asked.campaign_id),
    ).annotate(why=_calm_cause(asked))
    found = statements.of(out.order_by().values("item_kind", "item_id", "subject", "after", "why", "id"))
    sql = f"""
        SELECT was.item_kind AS item_kind, was.item_id AS item_id, was.subject AS subject,
          was.after AS before, %s AS after, %s AS colour, {statements.typed("%s", "date")} AS "on",
          was.why AS cause, {statements.typed("%s", "bigint")} AS rules_id,
          {statements.typed("%s", "timestamp with time zone")} AS recorded_at, was.id AS last_id
        FROM ({found.sql}) AS was WHERE TRUE
    """  # noqa: S608
    at = connection.ops.adapt_datetimefield_value(asked.made_at)
    params = (CALM.word, CALM.colour.value, statements.on(asked.on), asked.rules_id, at)
    return Statement(sql, (*params, *found.params))


def _calm_cause(asked: Asked) -> Case | Value:
    source = asked.source
    if source.subject.item is not ItemKind.ISSUE:
        return Value(source.over)
    whens = ended()
    if source.subject is Subject.DUE:
        changed = PastDeadline.objects.filter(
            issue=OuterRef("item_id"), changed_at__gt=OuterRef("recorded_at")
        )
        whens.append(When(Exists(changed.filter(cause=Cause.EXTENSION.value)), then=Value(EXTENDED)))
        whens.append(When(Q(Exists(changed)), then=Value(MOVED)))
    whens += beside(source.subject, asked.on)
    if source.subject is Subject.DUE:  # something is left, by the same date: the rungs are others
        left = Issue.objects.filter(pk=OuterRef("item_id"), claimed__lt=F("found") - F("removed"))
        whens.append(When(Exists(left.filter(deadline_confirmed=True)), then=Value(TurnCause.RULES.value)))
    return Case(*whens, default=Value(source.over))
