"""All issues with what their measures follow from, streamed: for proving roll-ups and making them anew."""

from __future__ import annotations

from collections.abc import Iterator

from issues.models import Issue, IssueBalance, IssueDay, IssueEntry, IssueMonth, PastDeadline
from issues.rules.measures import DeadlineFact, ItemFacts
from rectify.lib.livesums import grouped, millionths
from rectify.lib.measures import EntryFact
from rectify.lib.rollups import Key

CHUNK = 2_000
Part = tuple[int, int]


def parts() -> list[Part]:
    """Every (campaign, list) that has issues or roll-ups, as ids."""
    found: set[Part] = set(Issue.objects.order_by().values_list("campaign_id", "list_id").distinct())
    for model in (IssueBalance, IssueDay, IssueMonth):
        found |= set(model.objects.order_by().values_list("campaign_key", "list_key").distinct())
    return sorted(found)


def stream(part: Part) -> Iterator[tuple[Key, ItemFacts]]:
    """Roll-up key and facts of each present issue of a (campaign, list), a few thousand in memory."""
    campaign_id, list_id = part
    issues = Issue.objects.present().filter(campaign_id=campaign_id, list_id=list_id).order_by("pk")
    of_part = {"item__campaign_id": campaign_id, "item__list_id": list_id}
    lines = IssueEntry.objects.filter(**of_part).order_by("item_id", "happened_on")
    entries = grouped(
        lines.values_list("item_id", "stage", millionths("quantity"), millionths("amount"), "happened_on")
    )
    superseded = PastDeadline.objects.filter(issue__campaign_id=campaign_id, issue__list_id=list_id)
    past = grouped(
        superseded.order_by("issue_id", "from_on").values_list(
            "issue_id", "until_on", "deadline_class", "due_on", "confirmed"
        )
    )
    rows = issues.values_list(
        "pk",
        "category_id",
        "township_id",
        "counted_in",
        "deadline_class",
        "due_on",
        "deadline_confirmed",
        "stated_on",
        "closed_on",
    )
    for (
        pk,
        category_id,
        township_id,
        counted_in,
        kind,
        due_on,
        confirmed,
        stated_on,
        closed_on,
    ) in rows.iterator(CHUNK):
        facts = ItemFacts(
            tuple(
                EntryFact(stage, quantity, amount or 0, day) for stage, quantity, amount, day in entries(pk)
            ),
            (
                *(DeadlineFact(*fact) for fact in past(pk)),
                DeadlineFact(None, kind, due_on, confirmed),
            ),
            stated_on,
            closed_on,
        )
        yield (campaign_id, list_id, category_id or 0, township_id or 0, counted_in), facts
