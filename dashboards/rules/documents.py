"""The tally as the object that command, page, sheet and API share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboards.rules.figures import (
    MONEY,
    issue_amounts,
    issue_quantities,
    issue_rates,
    percent,
    plain,
    project_money,
    project_quantities,
    project_rates,
)
from dashboards.rules.indicators import VERSION
from dashboards.rules.proofs import FUNDS, LISTS, proof
from dashboards.rules.sentences import NO_RECORD, NOTHING_FITS, Telling, block_sentence, pending_sentence
from dashboards.rules.tallies import ISSUES, Block, Member, Row, Worst


@dataclass(frozen=True, slots=True)
class Setting:
    """What surrounds the blocks: identity, filters and what was left out.

    ``pending`` counts the rows left out that may belong to a row, by list code; "" is the whole answer."""

    campaign: str
    county: str
    of: str
    by: tuple[str, ...]
    as_of: date
    known_at: str | None
    basis: str
    filters: Mapping[str, str]
    proof_params: Mapping[str, str]
    pending: Mapping[str, int]
    first_entry: date | None
    generated_at: str
    telling: Telling


def document(setting: Setting, blocks: Sequence[Block]) -> dict[str, Any]:
    """The tally object of design.md section 9: decimals as strings, counts as integers."""
    counted = [block for block in blocks if block.counted_in != MONEY]
    sentences = [
        block_sentence(setting.telling, block, setting.by, several=len(counted) > 1) for block in blocks
    ]
    left_out = pending_sentence(setting.pending.get("", 0))
    told = [_block(setting, block, text + left_out) for block, text in zip(blocks, sentences, strict=True)]
    answer: dict[str, Any] = {
        "campaign": setting.campaign,
        "county": setting.county,
        "of": setting.of,
        "as_of": setting.as_of.isoformat(),
        "known_at": setting.known_at,
        "basis": setting.basis,
        "by": list(setting.by),
        "filters": dict(setting.filters),
        "definition": VERSION,
        "generated_at": setting.generated_at,
        "pending_rows": setting.pending.get("", 0),
        "blocks": told,
        "sentence": ("".join(sentences) or _without_blocks(setting)) + left_out,
    }
    if not told:
        answer["first_entry"] = setting.first_entry.isoformat() if setting.first_entry else None
    return answer


def _without_blocks(setting: Setting) -> str:
    first = setting.first_entry
    return NO_RECORD if first is None or setting.as_of < first else NOTHING_FITS


def _block(setting: Setting, block: Block, sentence: str) -> dict[str, Any]:
    return {
        "counted_in": block.counted_in,
        "rows": [_row(setting, block, row) for row in block.rows],
        "total": _row(setting, block, block.total),
        "sentence": sentence,
    }


def _row(setting: Setting, block: Block, row: Row) -> dict[str, Any]:
    members = dict(zip(setting.by, row.members, strict=False))
    told: dict[str, Any] = {}
    for name, member in members.items():
        told[name] = member.name if member else None
        told[f"{name}_code"] = member.code if member else None
    told |= _figures(setting, block, row)
    if "township" not in setting.by:
        told["worst"] = _worst(row.worst, worst_measure(setting.of, block.counted_in))
    told["pending_rows"] = _pending(setting, members)
    told["proof"] = row_proof(setting, block.counted_in, members)
    return told


def row_proof(setting: Setting, counted_in: str, members: Mapping[str, Member | None]) -> str:
    """The address of the list behind a row; money of works stands apart from what they are counted in."""
    money = setting.of != ISSUES and counted_in == MONEY
    return proof(
        FUNDS if money else LISTS[setting.of], setting.proof_params, members, "" if money else counted_in
    )


def _figures(setting: Setting, block: Block, row: Row) -> dict[str, Any]:
    if setting.of == ISSUES:
        quantities = issue_quantities(row.sums, setting.basis) | issue_amounts(row.sums, setting.basis)
        counts = {"items": int(row.sums["items"]), "closed": int(row.sums["closed"])}
        rates = issue_rates(row.sums)
    else:
        money = block.counted_in == MONEY
        quantities = project_quantities(row.sums) | (project_money(row.sums) if money else {})
        counts = {"items": int(row.sums["items"])}
        rates = project_rates(row.sums)
    return {**{name: plain(value) for name, value in quantities.items()}, **counts, "rates": rates}


def worst_measure(of: str, counted_in: str) -> str:
    """The figure that ``worst`` is about."""
    if of == ISSUES:
        return "left"
    return "over" if counted_in == MONEY else "not_started"


def _worst(worst: Worst | None, measure: str) -> dict[str, Any] | None:
    if worst is None:
        return None
    return {
        "townships": [place.name for place in worst.townships],
        "codes": [place.code for place in worst.townships],
        measure: plain(worst.value),
        "base": plain(worst.base),
        "share": percent(worst.value, worst.base),
    }


def _pending(setting: Setting, members: Mapping[str, Member | None]) -> int:
    if "list" not in members:
        return setting.pending.get("", 0)
    listed = members["list"]
    return setting.pending.get(listed.code, 0) if listed else 0
