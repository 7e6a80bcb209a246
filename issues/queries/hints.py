"""Facts for the hints against paper rectification; for the verifier of an issue alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from issues.models import Evidence, Issue, IssueEntry, Report, Verification
from issues.rules.hints import Facts, Sentence, Shot, hints
from issues.rules.records import EvidenceKind, Method
from issues.rules.stages import Cause, Stage, State
from rectify.lib.masking import mask_text
from townships.models import User

MOST_SENTENCES = 3
"""The last of an issue that are compared."""
MOST_OTHERS = 500
"""The latest of other issues on the same lists that they are compared with."""
MOST_NAMED = 5


def hints_of(issue_ids: Iterable[int], user: User) -> dict[int, list[str]]:
    """Issue id → what its verifier ``user`` should look at, one sentence each; without any: left out.

    A constant number of queries. Show it to who may verify the issue, and count it nowhere; what it names
    besides the issue itself, ``user`` sees as well."""
    ids = list(issue_ids)
    issues = Issue.objects.filter(pk__in=ids).select_related("list__template").order_by("pk")
    shots, written = _shots(ids, user), _sentences(ids)
    claims = defaultdict(list)
    reported = IssueEntry.objects.filter(item__in=ids, stage=Stage.CLAIMED, cause=Cause.REPORT)
    for pk, quantity in reported.order_by("pk").values_list("item_id", "quantity"):
        claims[pk].append(quantity)
    visits = Verification.objects.filter(issue__in=ids, method=Method.SITE.value).order_by()
    visited = set(visits.values_list("issue_id", flat=True))
    rows = list(issues)
    others = _others({issue.list_id for issue in rows}, user) if any(written.values()) else []
    found = {}
    for issue in rows:
        template = issue.list.template
        facts = Facts(
            found_on=issue.found_on,
            counted_in=issue.counted_in,
            due=issue.found - issue.removed,
            claimed=issue.claimed,
            amount_claimed=issue.amount_claimed,
            claims=claims[issue.pk],
            shots=shots[issue.pk],
            sentences=written[issue.pk],
            asks_evidence=template is not None and bool(template.evidence),
            was_visited=issue.pk in visited,
        )
        if said := hints(facts, others):
            found[issue.pk] = said
    return found


def _shots(ids: list[int], user: User) -> dict[int, list[Shot]]:
    """Standing evidence, pictures with the other issues that hold the same one; "" for one out of sight."""
    rows = list(Evidence.objects.filter(issue__in=ids, struck_at__isnull=True).order_by("pk"))
    pictures = {row.source_sha256 for row in rows if row.media_type.startswith("image/")}
    same = Evidence.objects.filter(source_sha256__in=pictures, struck_at__isnull=True).exclude(
        issue__state=State.WITHDRAWN
    )
    held = list(same.order_by("pk").values_list("source_sha256", "issue_id"))
    seen = Issue.objects.visible_to(user).filter(pk__in={pk for _, pk in held})
    numbers = dict(seen.values_list("pk", "number"))
    holders: dict[str, list[int]] = defaultdict(list)
    for sha256, pk in held:
        holders[sha256].append(pk)
    found: dict[int, list[Shot]] = defaultdict(list)
    for row in rows:
        elsewhere = (numbers.get(pk, "") for pk in holders[row.source_sha256] if pk != row.issue_id)
        also_on = tuple(dict.fromkeys(elsewhere))[:MOST_NAMED]
        found[row.issue_id].append(Shot(EvidenceKind(row.kind), mask_text(row.name), row.taken_on, also_on))
    return found


def _sentences(ids: list[int]) -> dict[int, list[Sentence]]:
    """The last sentences of each issue, but those taken over with the product's own button."""
    rows = Report.objects.filter(issue__in=ids, corrects=None).exclude(narrative="")
    found: dict[int, list[Sentence]] = defaultdict(list)
    for row in rows.select_related("unit", "copied_from").order_by("-pk"):
        source = row.copied_from
        is_taken_over = source is not None and mask_text(source.narrative) == mask_text(row.narrative)
        if not is_taken_over and len(found[row.issue_id]) < MOST_SENTENCES:
            found[row.issue_id].append(Sentence(row.pk, row.unit.name, mask_text(row.narrative)))
    return found


def _others(list_ids: set[int], user: User) -> list[Sentence]:
    """The latest sentences on the same lists that ``user`` sees."""
    seen = Issue.objects.visible_to(user).filter(list__in=list_ids)
    rows = Report.objects.filter(issue__in=seen, corrects=None).exclude(narrative="")
    latest = rows.order_by("-pk").values_list("pk", "unit__name", "narrative")[:MOST_OTHERS]
    return [Sentence(pk, unit, text) for pk, unit, text in latest]


__all__ = ["hints_of"]
