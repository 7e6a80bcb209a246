"""How a campaign writes its letters: its own words where they can be used, else those that ship."""

from __future__ import annotations

from alerts.models import LetterWording
from alerts.rules.letter_words import SHIPPED, Wording, problems
from alerts.rules.letters import KINDS, LetterKind
from projects.models import Campaign


def wording_of(campaign: Campaign, kind: LetterKind) -> tuple[Wording, str]:
    """The words, and "" or why the campaign's own were passed over: a broken field never breaks a draft."""
    own = LetterWording.objects.filter(campaign=campaign, kind=kind.value).first()
    if own is None:
        return SHIPPED[kind], ""
    said = as_wording(own)
    wrong = problems(kind, said)
    if wrong:
        reason = "".join(wrong.values())
        return SHIPPED[kind], f"本县的{KINDS[kind].label}用语不能用，这一稿用了系统自带的用语：{reason}"
    return said, ""


def as_wording(own: LetterWording) -> Wording:
    return Wording(own.title, own.body, own.demands, own.mark, own.days, own.organ)


def wordings(campaign: Campaign) -> list[tuple[LetterKind, Wording, LetterWording | None]]:
    """Every kind with the words it has now, and the campaign's own row where there is one. One query."""
    own = {LetterKind(row.kind): row for row in LetterWording.objects.filter(campaign=campaign)}
    return [
        (kind, as_wording(own[kind]) if kind in own else SHIPPED[kind], own.get(kind)) for kind in LetterKind
    ]
