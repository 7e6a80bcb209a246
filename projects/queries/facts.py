"""All projects and funds with their entries, streamed: for proving roll-ups and making them anew."""

from __future__ import annotations

from collections.abc import Iterator

from projects.models import Fund, FundEntry, Project, ProjectBalance, ProjectDay, ProjectEntry, ProjectMonth
from projects.rules.measures import MONEY
from rectify.lib.livesums import grouped, millionths
from rectify.lib.measures import EntryFact
from rectify.lib.rollups import Key

CHUNK = 2_000
Part = tuple[int, int]


def parts() -> list[Part]:
    """Every (campaign, programme) that has projects, funds or roll-ups, as ids."""
    found: set[Part] = set()
    for items in (Project.objects, Fund.objects):
        found |= set(items.order_by().values_list("campaign_id", "programme_id").distinct())
    for model in (ProjectBalance, ProjectDay, ProjectMonth):
        found |= set(model.objects.order_by().values_list("campaign_key", "programme_key").distinct())
    return sorted(found)


def stream(part: Part) -> Iterator[tuple[Key, str, tuple[EntryFact, ...], bool]]:
    """Roll-up key, what is counted, entries and whether it is a fund, of each present project and fund."""
    yield from _stream(part, Project, ProjectEntry)
    yield from _stream(part, Fund, FundEntry)


def _stream(
    part: Part, model: type[Project] | type[Fund], entry: type[ProjectEntry] | type[FundEntry]
) -> Iterator[tuple[Key, str, tuple[EntryFact, ...], bool]]:
    campaign_id, programme_id = part
    items = model._default_manager.filter(
        campaign_id=campaign_id, programme_id=programme_id, withdrawn_at__isnull=True
    ).order_by("pk")
    lines = entry._default_manager.filter(item__campaign_id=campaign_id, item__programme_id=programme_id)
    entries = grouped(
        lines.order_by("item_id", "happened_on").values_list(
            "item_id", "stage", millionths("quantity"), millionths("amount"), "happened_on"
        )
    )
    for item in items.only("pk", "township_id", *(["counted_in"] if model is Project else [])).iterator(
        CHUNK
    ):
        counted_in = item.counted_in if isinstance(item, Project) else MONEY
        facts = (
            EntryFact(stage, quantity, amount or 0, day) for stage, quantity, amount, day in entries(item.pk)
        )
        yield (campaign_id, programme_id, item.township_id or 0), counted_in, tuple(facts), model is Fund
