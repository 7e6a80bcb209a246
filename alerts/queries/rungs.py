"""The rules in force: a campaign's newest set that has begun, else the default."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from alerts.models import RuleSet, Rung
from alerts.rules.ladder import LADDER, Colour, Subject
from alerts.rules.presets import DEFAULT, presets
from alerts.rules.rungs import RungSpec
from townships.rules.roles import Duty


@dataclass(frozen=True, slots=True)
class InForce:
    """``rules`` is empty for the default set."""

    rules: RuleSet | None
    name: str
    from_on: date | None
    rungs: tuple[RungSpec, ...]

    def of(self, subject: Subject) -> tuple[RungSpec, ...]:
        """The subject's rungs, lowest first."""
        own = (rung for rung in self.rungs if rung.subject is subject)
        return tuple(sorted(own, key=lambda rung: rung.height))


def rules_in_force(campaign_id: int, on: date) -> InForce:
    """The rules of the campaign on ``on``. Two queries at most."""
    found = RuleSet.objects.filter(campaign=campaign_id, from_on__lte=on).order_by("-from_on").first()
    if found is None:
        default = presets()[DEFAULT]
        return InForce(None, default.name, None, default.rungs)
    return InForce(found, found.name, found.from_on, specs(found.rungs.all()))


def specs(rungs: Iterable[Rung]) -> tuple[RungSpec, ...]:
    """Stored rungs as values."""
    return tuple(
        RungSpec(
            subject=Subject(rung.subject),
            level=LADDER[rung.height - 1],
            days=rung.days,
            colour=Colour(rung.colour),
            word=rung.word,
            duties=tuple(Duty(duty) for duty in rung.duties),
            repeats=tuple(rung.repeats),
            points=None if rung.points is None else int(rung.points),
            is_urgent=rung.is_urgent,
        )
        for rung in rungs
    )


def versions(campaign_id: int) -> list[RuleSet]:
    """Every set the campaign has made, the newest first."""
    return list(RuleSet.objects.filter(campaign=campaign_id).select_related("made_by").order_by("-from_on"))
