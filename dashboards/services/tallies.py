"""The tally: one question, one answer, the same for command, page, sheet and API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from dashboards.access import campaigns_for, items_for, sees_whole
from dashboards.queries import sources
from dashboards.queries.checks import check_rows
from dashboards.queries.members import cells_of
from dashboards.queries.narrowing import Narrowing, narrowing
from dashboards.rules.documents import Setting, document
from dashboards.rules.sentences import Telling
from dashboards.rules.tallies import ISSUES, Block, Cell, TallyError, TallyQuery, assemble, checked
from projects.models import Campaign
from projects.queries.campaigns import campaign_in_view
from rectify.lib import clock
from rectify.lib.measures import Row
from townships.models import User

OWN_UNIT = "本单位范围内，"
PLACES = ("township", "village", "unit", "lead_unit")
MARKS = ("category", "department", "source", "deadline_class")


def tally(query: TallyQuery, user: User | None = None) -> dict[str, Any]:
    """The object of design.md section 9 for ``user`` (None: the commands' built-in account).

    TallyError, one Chinese sentence, for a date after today, an unknown name or dimension."""
    return read(query, user).document(query.by)


@dataclass(frozen=True, slots=True)
class Reading:
    """Sums read once, to be told by any of the dimensions they were read by."""

    query: TallyQuery
    campaign: Campaign
    found: Narrowing
    dimensions: tuple[str, ...]
    cells: list[Cell]
    pending: dict[str, int]
    first_entry: date | None
    is_whole: bool
    generated_at: datetime

    @property
    def as_of(self) -> date:
        assert self.query.as_of is not None  # noqa: S101 - checked() fills it in
        return self.query.as_of

    def blocks(self, by: Sequence[str]) -> list[Block]:
        """The sums by these dimensions."""
        names = sources.MEASURES[self.query.of]
        return assemble(self.cells, by, names=names, of=self.query.of, basis=self.query.basis)

    def document(self, by: Sequence[str]) -> dict[str, Any]:
        """The answer by these dimensions, as every door gives it."""
        return document(self.setting(by), self.blocks(by))

    def setting(self, by: Sequence[str]) -> Setting:
        """What surrounds the blocks of an answer by these dimensions."""
        query = self.query
        return Setting(
            campaign=self.campaign.code,
            county=self.campaign.unit.code,
            of=query.of,
            by=tuple(by),
            as_of=self.as_of,
            known_at=query.known_at.isoformat() if query.known_at else None,
            basis=query.basis,
            filters=self.found.echo,
            proof_params=self._proof_params(),
            pending=self.pending,
            first_entry=self.first_entry,
            generated_at=self.generated_at.isoformat(timespec="seconds"),
            telling=self._telling(),
        )

    def _proof_params(self) -> dict[str, str]:
        query = self.query
        params = {"campaign": self.campaign.code, **self.found.params, "as_of": self.as_of.isoformat()}
        if query.of == ISSUES and query.basis != "claimed":
            params["basis"] = query.basis
        if query.known_at:
            params["known_at"] = query.known_at.isoformat()
        return params

    def _telling(self) -> Telling:
        known_at = self.query.known_at
        return Telling(
            subject=self._subject(),
            of=self.query.of,
            as_of=self.as_of,
            basis=self.query.basis,
            known_at=known_at.astimezone(clock.BEIJING).strftime("%Y-%m-%d %H:%M") if known_at else "",
            names_worst=self._compares_places(),
        )

    def _compares_places(self) -> bool:
        """Whether one of several townships can be named: not within one, nor for who sees only one."""
        if {"township", "village"} & set(self.found.words):
            return False
        return self.is_whole or len({cell.members["township"] for cell in self.cells} - {None}) > 1

    def _subject(self) -> str:
        """The list's short name or the campaign's, with what narrows it."""
        words = self.found.words
        whole = self.campaign.name if self.query.of == ISSUES else f"{self.campaign.name}项目"
        subject = words.get("list") or words.get("programme") or whole
        places = "".join(words[name] for name in PLACES if name in words)
        rest = "、".join(words[name] for name in MARKS if name in words)
        whose = "" if self.is_whole else OWN_UNIT
        return f"{whose}{places}{subject}（{rest}）" if rest else f"{whose}{places}{subject}"


def read(
    query: TallyQuery,
    user: User | None = None,
    *,
    also_by: Sequence[str] = (),
    campaigns: Sequence[Campaign] | None = None,
) -> Reading:
    """Read the sums once for ``query.by`` and ``also_by``; the number of queries does not depend on rows.

    ``campaigns``: those of ``user``, newest first, where the caller has read them already."""
    today = clock.today()
    query = checked(query, today)
    campaign = find_campaign(query.campaign, user, today, campaigns)
    as_of = query.as_of or today
    found = narrowing(campaign, query.filters, as_of)
    dimensions = sources.dimensions_read(query.of, (*query.by, *also_by))
    whole = sees_whole(user, campaign)
    rows = _rows(query, user, campaign, found, dimensions, as_of)
    if query.of == ISSUES and rows:
        items = items_for(user, ISSUES, campaign)
        rows += check_rows(items, found, by=dimensions, as_of=as_of, known_at=query.known_at)
    return Reading(
        query=query,
        campaign=campaign,
        found=found,
        dimensions=dimensions,
        cells=cells_of(campaign, dimensions, rows, as_of),
        pending=sources.pending_rows(query.of, campaign, found) if whole else {},
        first_entry=None if rows else _first_entry(query.of, user, campaign, found),
        is_whole=whole,
        generated_at=clock.now(),
    )


def _rows(
    query: TallyQuery,
    user: User | None,
    campaign: Campaign,
    found: Narrowing,
    dimensions: tuple[str, ...],
    day: date,
) -> list[Row]:
    """Sums as of the end of ``day``: from the roll-ups where they may answer, else from the entries."""
    if sees_whole(user, campaign) and sources.can_roll(query.of, dimensions, found, query.known_at):
        return sources.rolled(query.of, campaign, found, as_of=day, today=clock.today())
    items = items_for(user, query.of, campaign)
    return sources.live(query.of, items, found, by=dimensions, as_of=day, known_at=query.known_at)


def earlier(reading: Reading, day: date, user: User | None) -> list[Cell]:
    """The reading's sums as of the end of an earlier ``day``, under the names of the reading's own, so that
    the two may be compared: what has been merged since stands under its successor in both."""
    rows = _rows(reading.query, user, reading.campaign, reading.found, reading.dimensions, day)
    return cells_of(reading.campaign, reading.dimensions, rows, reading.as_of)


def _first_entry(of: str, user: User | None, campaign: Campaign, found: Narrowing) -> date | None:
    return sources.first_entry(of, items_for(user, of, campaign), found)


def find_campaign(
    code: str, user: User | None, today: date, campaigns: Sequence[Campaign] | None = None
) -> Campaign:
    """The campaign asked for; without a code the commands take the only one, a person the one in view."""
    campaigns = campaigns_for(user) if campaigns is None else campaigns
    if not campaigns:
        raise TallyError(
            "还没有工作，请先用 create_campaign 建立。" if user is None else "您还没有参加的工作。"
        )
    if code:
        named = next((campaign for campaign in campaigns if campaign.code == code), None)
        if named is None:
            raise TallyError(f"没有代号为“{code}”的工作。")
        return named
    if user is None and len(campaigns) > 1:
        names = "、".join(f"{campaign.code}（{campaign.name}）" for campaign in campaigns)
        raise TallyError(f"有多项工作，请用 --campaign 指明：{names}。")
    return campaign_in_view(campaigns, "", today) or campaigns[0]
