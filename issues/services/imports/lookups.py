"""Names to ids while an import runs: units, people, categories, programmes. Loaded once, created once."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

from issues.models import Category
from projects.models import Campaign, Programme
from townships.models import Unit, User
from townships.rules.roles import Level

Branch = TypeVar("Branch", Category, Programme)


class UnitLookup:
    """Official names to units; a village only within its township (two villages may share a name)."""

    def __init__(self) -> None:
        self._units: dict[str, Unit] = {}
        self._villages: dict[tuple[int, str], Unit] = {}
        for unit in Unit.objects.only("id", "name", "level", "parent_id", "path", "code"):
            if unit.level == Level.VILLAGE and unit.parent_id is not None:
                self._villages[unit.parent_id, unit.name] = unit
            else:
                self._units[unit.name] = unit
        self._people: dict[tuple[int, str], int] = {
            (unit_id, name): pk
            for pk, unit_id, name in User.objects.filter(is_active=True, unit__isnull=False).values_list(
                "id", "unit_id", "name"
            )
        }

    def unit(self, name: str | None) -> Unit | None:
        """The unit of that official name; None for a 县外单位 kept as text."""
        return self._units.get(name or "")

    def village(self, township: Unit | None, name: str | None) -> Unit | None:
        return self._villages.get((township.id, name)) if township and name else None

    def person(self, units: list[Unit | None], name: str) -> int | None:
        """The account of the person called ``name`` at the first of ``units`` that has one."""
        for unit in units:
            if unit is not None and (unit.id, name) in self._people:
                return self._people[unit.id, name]
        return None


class Branches(Generic[Branch]):
    """A tree of categories or programmes of a campaign, by full name ("a / b"); missing ones are made."""

    def __init__(self, model: type[Branch], campaign: Campaign, prefix: str) -> None:
        self._model: type[Branch] = model
        self._campaign = campaign
        self._prefix = prefix
        stored = list(model.objects.filter(campaign=campaign))
        # A ledger may still use a name that a branch bore before it was renamed or moved.
        former = {name: branch for branch in stored for name in getattr(branch, "former_names", ())}
        self._known: dict[str, Branch] = {**former, **{branch.full_name: branch for branch in stored}}
        self._last = max((int(branch.code[len(prefix) :]) for branch in stored), default=0)

    def get(self, full_name: str | None) -> Branch | None:
        return self._known.get(full_name or "")

    def make(self, full_name: str) -> Branch:
        """The branch of that full name, with every branch above it."""
        found = self._known.get(full_name)
        if found is not None:
            return found
        above, _, name = full_name.rpartition(" / ")
        parent = self.make(above) if above else None
        self._last += 1
        code = f"{self._prefix}{self._last:03d}"
        values: dict[str, Any] = {
            "campaign": self._campaign,
            "parent": parent,
            "code": code,
            "name": name[:100],
            "full_name": full_name[:255],
            "path": f"{parent.path if parent else ''}{code}/",
        }
        if self._model is Programme:  # last among its siblings, as one added by hand
            values["position"] = self._last
        branch: Branch = self._model.objects.create(**values)
        self._known[full_name] = branch
        return branch
