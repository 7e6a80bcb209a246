"""The door every act on a letter goes through, and what it raises."""

from __future__ import annotations

from django.db.models import QuerySet

from alerts.access import may_letter
from alerts.models import Letter
from alerts.rules.letters import LetterVerb
from townships.models import User
from townships.services.papers import Door, PaperMissing, PaperRefused, PaperStale

JOINED = ("campaign__unit", "unit", "drafted_by", "signed_by", "recalls")

LetterRefused = PaperRefused
LetterMissing = PaperMissing


class LetterStale(PaperStale[Letter]):
    """``letter``: as it now stands."""

    @property
    def letter(self) -> Letter:
        return self.paper


def _seen(by: User) -> QuerySet[Letter]:
    return Letter.objects.visible_to(by).select_related(*JOINED)


def _shown_to(letter: Letter) -> set[int | None]:
    """Its addressee and the units it is copied to."""
    copied = letter.copies.exclude(unit=None).values_list("unit_id", flat=True)
    return {letter.unit_id, *copied}


door: Door[Letter, LetterVerb] = Door("letter", "函件", _seen, may_letter, _shown_to, LetterStale)
begin = door.begin
finish = door.finish
tell = door.tell
