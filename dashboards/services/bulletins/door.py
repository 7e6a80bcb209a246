"""The door every act on a bulletin goes through, and what it raises."""

from __future__ import annotations

from django.db.models import QuerySet

from dashboards.access import may_bulletin
from dashboards.models import Bulletin
from dashboards.rules.bulletins import BulletinVerb
from townships.models import User
from townships.services.papers import Door, PaperMissing, PaperRefused, PaperStale

JOINED = ("campaign__unit", "issuer", "corrects", "drafted_by")

BulletinRefused = PaperRefused
BulletinMissing = PaperMissing


class BulletinStale(PaperStale[Bulletin]):
    """``bulletin``: as it now stands."""

    @property
    def bulletin(self) -> Bulletin:
        return self.paper


def _seen(by: User) -> QuerySet[Bulletin]:
    return Bulletin.objects.visible_to(by).select_related(*JOINED)


def _shown_to(bulletin: Bulletin) -> list[int]:
    """The county that it is about: everybody may read what is signed."""
    return [bulletin.campaign.unit_id]


door: Door[Bulletin, BulletinVerb] = Door("bulletin", "通报", _seen, may_bulletin, _shown_to, BulletinStale)
begin = door.begin
finish = door.finish
tell = door.tell
