"""Signing: a leader who did not draft it; then the bulletin has its number and is never changed again."""

from __future__ import annotations

from django.db import transaction

from dashboards.models import Bulletin
from dashboards.rules.bulletins import BulletinState, BulletinVerb
from dashboards.services.bulletins import printing
from dashboards.services.bulletins.door import begin, finish, tell
from issues.services.life.evidence import keeping
from rectify.lib import clock
from rectify.lib.official import written_number
from townships.models import User
from townships.services import sequences


@transaction.atomic
def sign(pk: int, *, by: User, version: int | None = None) -> Bulletin:
    """Number and freeze: .docx and PDF are written, and kept with their SHA-256.

    The number is the next of the organ's 代字 in the year of the day, letters of that 代字 counted in; a
    signature that fails gives it back, one that was given is never given again."""
    bulletin = begin(pk, BulletinVerb.SIGN, by, version=version)
    today = clock.today()
    key = f"{bulletin.issuer_id}/{bulletin.mark}/{today.year}"
    bulletin.year, bulletin.serial = today.year, sequences.take(key)[0]
    bulletin.number = written_number(bulletin.mark, bulletin.year, bulletin.serial)
    bulletin.signed_by, bulletin.signed_at, bulletin.signed_on = by, clock.now(), today
    with keeping() as written:
        files = printing.keep(bulletin, written)
        if bulletin.corrects is not None:
            summary = f"{bulletin.corrects.number}由{bulletin.number}更正"
            tell(bulletin.corrects, "corrected", by, summary)
        return finish(
            bulletin,
            BulletinVerb.SIGN,
            by,
            f"签发{bulletin.number}“{bulletin.title}”",
            state=BulletinState.SIGNED,
            facts={"sha256": {file.format: file.sha256 for file in files}},
            year=bulletin.year,
            serial=bulletin.serial,
            number=bulletin.number,
            signed_by=by,
            signed_at=bulletin.signed_at,
            signed_on=today,
        )
