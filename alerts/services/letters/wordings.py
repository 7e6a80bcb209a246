"""The county's own words for a kind of letter: kept only where every field in them is known."""

from __future__ import annotations

from django.db import transaction

from alerts.models import LetterWording
from alerts.rules.letter_words import Wording, problems
from alerts.rules.letters import KINDS, LetterKind
from alerts.services.letters.door import LetterRefused
from issues.services.words import words_given
from projects.models import Campaign
from rectify.lib import clock
from townships.access import allowed
from townships.models import User
from townships.rules.permissions import Permission
from townships.services import events


class WordingRefused(LetterRefused):
    """The words were not kept; ``problems``: field of the form → a Chinese sentence."""

    def __init__(self, found: dict[str, str]) -> None:
        super().__init__("".join(found.values()))
        self.problems = found


@transaction.atomic
def keep_wording(campaign: Campaign, kind: LetterKind, wording: Wording, *, by: User) -> LetterWording:
    """From now on drafts of ``kind`` in the campaign are written so; letters already drafted stay."""
    _may_set(campaign, by)
    wrong = problems(kind, wording)
    if wrong:
        raise WordingRefused(wrong)
    for name in ("title", "body", "demands", "organ"):
        words_given(getattr(wording, name), most=10_000, field=name)  # a 密级 mark is refused
    kept, _ = LetterWording.objects.update_or_create(
        campaign=campaign,
        kind=kind.value,
        defaults={
            **{name: getattr(wording, name) for name in Wording.__slots__},
            "changed_by": by,
            "changed_at": clock.now(),
        },
    )
    _tell(campaign, "word_letters", f"修改{KINDS[kind].label}用语", by)
    return kept


@transaction.atomic
def drop_wording(campaign: Campaign, kind: LetterKind, *, by: User) -> bool:
    """Back to the words that ship; whether there were others."""
    _may_set(campaign, by)
    dropped, _ = LetterWording.objects.filter(campaign=campaign, kind=kind.value).delete()
    if dropped:
        _tell(campaign, "word_letters", f"{KINDS[kind].label}恢复系统自带的用语", by)
    return bool(dropped)


def _may_set(campaign: Campaign, by: User) -> None:
    verdict = allowed(by, Permission.WRITE_LETTERS, campaign)
    if not verdict:
        raise LetterRefused(verdict.reason)


def _tell(campaign: Campaign, action: str, summary: str, by: User) -> None:
    events.record(subject_type="campaign", subject_id=campaign.pk, action=action, summary=summary, by=by)
