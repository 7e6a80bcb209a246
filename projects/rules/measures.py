"""What a project or a fund counts for on every day: works in what it is counted in, money in 万元."""

from __future__ import annotations

from datetime import date

from projects.rules.stages import MEASURES, MONEY_STAGES, WORK_STAGES, Stage
from rectify.lib.measures import EntryFact, Steps, Vector, differences, running

WIDTH = len(MEASURES)
MONEY = "万元"


def over_issued(due: int, funded: int, *, is_fund: bool) -> int:
    """超额下达 of one item: what was issued beyond what is due. A fund is a norm (people × standard), be it
    0; a project of which no ledger says what is due has no norm that it could exceed."""
    return max(0, funded - due) if is_fund or due > 0 else 0


def steps(entries: tuple[EntryFact, ...], counted_in: str, *, is_fund: bool) -> dict[str, Steps]:
    """What is counted → day → change of every measure, in the order of MEASURES.

    Works stand under ``counted_in`` by quantity, money under 万元 by amount; ``items`` counts an
    item once in each of the two where it has anything; ``over``: ``over_issued`` of the item.
    """
    days = {entry.happened_on for entry in entries}
    works: dict[date, Vector] = {}
    money: dict[date, Vector] = {}
    both: dict[date, Vector] = {}
    for day, quantities, amounts in running(entries, days):
        worked = tuple(quantities.get(stage, 0) for stage in WORK_STAGES)
        paid = tuple(amounts.get(stage, 0) for stage in MONEY_STAGES)
        over = over_issued(amounts.get(Stage.DUE, 0), amounts.get(Stage.FUNDED, 0), is_fund=is_fund)
        has_work, has_money = int(worked[0] > 0), int(paid[0] > 0 or paid[1] > 0)
        works[day] = (has_work, *worked, 0, 0, 0, 0)
        money[day] = (has_money, 0, 0, 0, 0, 0, *paid, over)
        both[day] = (max(has_work, has_money), *worked, *paid, over)
    parts = {MONEY: both} if counted_in == MONEY else {counted_in: works, MONEY: money}
    stepped = {name: differences(values.__getitem__, values, WIDTH) for name, values in parts.items()}
    return {name: part for name, part in stepped.items() if part}
