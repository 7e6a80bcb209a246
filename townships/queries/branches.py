"""Which units count as one on a day: a branch, with what was merged into it, without what left it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from townships.models import Unit


@dataclass(frozen=True)
class Succession:
    """Closed units and who took them over, as of a day; a chain of mergers is followed to its end."""

    successors: dict[int, int]

    def final(self, unit_id: int) -> int:
        """The unit that ``unit_id`` counts as."""
        seen = set()
        while unit_id in self.successors and unit_id not in seen:
            seen.add(unit_id)
            unit_id = self.successors[unit_id]
        return unit_id


def succession(on: date) -> Succession:
    """What closed on or before ``on`` and has a successor. One query of few rows."""
    closed = Unit.objects.filter(closed_on__lte=on, successor__isnull=False)
    return Succession({unit_id: heir for unit_id, heir in closed.values_list("id", "successor_id") if heir})


def counting_as(unit: Unit, on: date, *, own: bool = False) -> list[int]:
    """Ids of all units whose items count as ``unit`` or its branch on ``on``; with ``own`` as it alone.

    A closed unit asked for is answered by its successor, for there its items stand."""
    heirs = succession(on)
    final = heirs.final(unit.pk)
    if final != unit.pk:
        unit = Unit.objects.get(pk=final)
    if own:
        return [unit.pk, *(closed for closed in heirs.successors if heirs.final(closed) == unit.pk)]
    branch = {pk for pk, _ in _under([unit.path])}
    if not heirs.successors:
        return sorted(branch)
    paths = dict(Unit.objects.filter(pk__in=heirs.successors).values_list("pk", "path"))
    came = [path for pk, path in paths.items() if heirs.final(pk) in branch]
    left = [path for pk, path in paths.items() if pk in branch and heirs.final(pk) not in branch]
    branch |= {pk for pk, _ in _under(came)}
    return sorted(branch - {pk for pk, path in _under(left)})


def _under(paths: Iterable[str]) -> Iterable[tuple[int, str]]:
    wanted = Q()
    for path in paths:
        wanted |= Q(path__startswith=path)
    return Unit.objects.filter(wanted).values_list("pk", "path") if wanted else ()
