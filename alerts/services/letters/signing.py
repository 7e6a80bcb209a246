"""Signing: a leader who did not draft it; then the letter has its number and is never changed again."""

from __future__ import annotations

from django.db import transaction

from alerts.models import Letter
from alerts.queries.letter_papers import FULL, MASKED, composed, items_of
from alerts.rules.letters import LetterState, LetterVerb
from alerts.services.letters import printing
from alerts.services.letters.door import LetterRefused, begin, finish, tell
from alerts.services.letters.editing import refuse_unfit
from issues.services.life.evidence import keeping
from issues.services.words import words_given
from rectify.lib import clock
from rectify.lib.official import written_number
from townships.models import User
from townships.services import sequences

RECALLABLE = (LetterState.SIGNED.value, LetterState.RECEIVED.value, LetterState.ANSWERED.value)


@transaction.atomic
def sign(pk: int, *, by: User, version: int | None = None) -> Letter:
    """Number, freeze and send the letter; a recall takes the older letter back at the same moment.

    The number is the next of the organ's 代字 in the year of the day; a signature that fails gives it back.
    LetterRefused also where the reply would be due in the past or an issue is open no longer."""
    letter = begin(pk, LetterVerb.SIGN, by, version=version)
    refuse_unfit(letter)
    old = _recallable(letter.recalls.pk) if letter.recalls else None
    today = clock.today()
    key = f"{letter.issuer_id}/{letter.mark}/{today.year}"
    letter.year, letter.serial = today.year, sequences.take(key)[0]
    letter.number = written_number(letter.mark, letter.year, letter.serial)
    letter.signed_by, letter.signed_at, letter.signed_on = by, clock.now(), today
    with keeping() as written:
        items = items_of(letter, today)
        papers = {FULL: composed(letter, items, is_full=True)}
        masked = composed(letter, items, is_full=False)
        if masked != papers[FULL]:
            papers[MASKED] = masked
        files = [
            file
            for edition, paper in papers.items()
            for file in printing.keep(letter, edition, paper, written)
        ]
        if old is not None:
            _take_back(old, letter.title, by)
        return finish(
            letter,
            LetterVerb.SIGN.value,
            by,
            f"签发{letter.number}“{letter.title}”，主送{letter.unit.name}",
            state=LetterState.SIGNED,
            facts={"files": {f"{file.edition}.{file.format}": file.sha256 for file in files}},
            year=letter.year,
            serial=letter.serial,
            number=letter.number,
            signed_by=by,
            signed_at=letter.signed_at,
            signed_on=today,
            frozen={edition: paper.frozen() for edition, paper in papers.items()},
        )


@transaction.atomic
def send_back(pk: int, words: str, *, by: User, version: int | None = None) -> Letter:
    """The leader does not sign it as it is, and says why."""
    letter = begin(pk, LetterVerb.SEND_BACK, by, version=version)
    why = words_given(words, most=300, field="words", missing="请写明退回修改的意见。")
    summary = f"退回“{letter.title}”修改：{why}"
    return finish(
        letter, LetterVerb.SEND_BACK.value, by, summary, state=LetterState.DRAFT, sent_back_words=why
    )


def _recallable(pk: int) -> Letter:
    """The older letter, its row held; LetterRefused where it is done with."""
    old = Letter.objects.select_for_update(no_key=True).get(pk=pk)
    if old.state not in RECALLABLE:
        raise LetterRefused(f"{old.number}已是“{old.get_state_display()}”，不能再撤回。")
    return old


def _take_back(old: Letter, title: str, by: User) -> None:
    """It is in force no longer; its issues are free for another notice. Counters are raised after the number
    was taken, so that no two signatures wait for each other."""
    old.items.update(binds=False)
    old.state, old.version, old.updated_at = LetterState.RECALLED.value, old.version + 1, clock.now()
    old.save(update_fields=["state", "version", "updated_at"])
    tell(old, "recalled", by, f"{old.number}由“{title}”撤回")
