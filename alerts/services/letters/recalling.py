"""Taking a letter back: a new letter that names the old one, drafted here, in force once it is signed."""

from __future__ import annotations

from django.db import transaction

from alerts.models import Letter
from alerts.queries.letter_wordings import wording_of
from alerts.rules.letter_words import filled
from alerts.rules.letters import LONGEST_TITLE, LetterKind, LetterVerb
from alerts.services.letters.door import begin, tell
from alerts.services.letters.drafting import put_copies
from issues.rules.history import cn_day
from issues.services.words import words_given
from rectify.lib import clock
from townships.models import User


@transaction.atomic
def draft_recall(pk: int, reason: str, *, by: User) -> Letter:
    """The draft of the letter that takes ``pk`` back, to the same unit, copied to the same."""
    old = begin(pk, LetterVerb.RECALL, by)
    why = words_given(reason, most=200, field="words", missing="请写明撤回的理由。").rstrip("。")
    words, _ = wording_of(old.campaign, LetterKind.RECALL)
    values = {
        "单位": old.unit.name,
        "工作": old.campaign.name,
        "机关": old.organ,
        "截至日": cn_day(clock.today()),
        "原文号": old.number,
        "原标题": old.title,
        "原日期": cn_day(old.signed_on) if old.signed_on else "",
        "理由": why,
    }
    recall = Letter.objects.create(
        campaign=old.campaign,
        issuer=old.issuer,
        kind=LetterKind.RECALL.value,
        unit=old.unit,
        organ=old.organ,
        mark=words.mark,
        title=filled(words.title, values)[:LONGEST_TITLE],
        body=filled(words.body, values),
        demands=filled(words.demands, values),
        facts_on=clock.today(),
        drafted_by=by,
        drafted_at=clock.now(),
        updated_at=clock.now(),
        recalls=old,
    )
    put_copies(recall, [(copy.name, copy.unit) for copy in old.copies.select_related("unit")])
    tell(old, LetterVerb.RECALL.value, by, f"起草撤回{old.number}的函，理由：{why}")
    tell(recall, "draft", by, f"起草“{recall.title}”，主送{recall.unit.name}")
    return recall
