"""自查漏报 answered and ruled on (W-003): until a person has decided, a suspicion that counts for nothing.

What raises it is in issues.rules.selfchecks; how long a unit has to answer in issues.rules.terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from issues.rules.records import Labelled
from rectify.lib import secrecy

SHORTEST, LONGEST = 5, 500
"""Characters of an explanation or of a ruling's ground: more than 是 or 属实."""


class Ruling(Labelled):
    """What a person decided about the suspicion."""

    OMITTED = "omitted", "漏报成立"
    NOT_OMITTED = "not_omitted", "不属漏报"
    SAME = "same", "同一问题"


class OmissionStage(Labelled):
    """Whose turn it is."""

    UNEXPLAINED = "unexplained", "待说明"
    UNRULED = "unruled", "待核定"
    RULED = "ruled", "已核定"


@dataclass(frozen=True, slots=True)
class Suspicion:
    """How far one suspicion has come, for one person on the Beijing date ``today``.

    ``stands``: the comparison still raises it; ``due_on``: by when the unit answers; ``explained_for``: the
    unit that has answered, "" while none has; ``is_own_words``: that was the person, or somebody of the same
    unit; ``answers``: the person acts for a unit that answers for the issue."""

    today: date
    due_on: date
    stands: bool = True
    explained_for: str = ""
    is_own_words: bool = False
    ruling: str = ""
    answers: bool = False

    @property
    def is_silent(self) -> bool:
        """The unit has let its working days pass without a word."""
        return not self.explained_for and self.today > self.due_on

    @property
    def stage(self) -> OmissionStage:
        """A unit that let its days pass may still explain; the ruling no longer waits for it."""
        if self.ruling:
            return OmissionStage.RULED
        is_ripe = bool(self.explained_for) or self.is_silent
        return OmissionStage.UNRULED if is_ripe else OmissionStage.UNEXPLAINED


def explaining_refusal(now: Suspicion) -> str:
    """Why the person cannot explain it, one sentence; "" where it can. The unit that said its words may
    replace them until the ruling."""
    if now.ruling:
        return f"已核定为“{Ruling(now.ruling).label}”，不能再说明。"
    if not now.stands:
        return "这个问题没有自查漏报的疑点，无须说明。"
    if not now.answers:
        return "只有对这个问题负责、签过自查清单的单位才能说明。"
    if now.explained_for and not now.is_own_words:
        return f"{now.explained_for}已经说明；本单位另有情况的，请由其一并补充。"
    return ""


def ruling_refusal(now: Suspicion) -> str:
    """Why the person cannot rule on it, one sentence; "" where it can."""
    if now.ruling:
        return f"已核定为“{Ruling(now.ruling).label}”，不能重复核定。"
    if not now.stands:
        return "这个问题没有自查漏报的疑点，无须核定。"
    if now.answers or now.is_own_words:
        return "本单位对这个问题负责或作过说明，须由其他单位的人核定。"
    if now.stage is OmissionStage.UNEXPLAINED:
        return f"责任单位还没有说明，期限是{now.due_on.isoformat()}；过期仍不说明的，可以核定。"
    return ""


def words_refusal(words: str, what: str) -> str:
    """Why the words are not taken; ``what`` they are: 情况说明, 核定理由."""
    if len(words.strip()) < SHORTEST:
        return f"请写明{what}，至少{SHORTEST}个字。"
    if len(words) > LONGEST:
        return f"{what}不能超过{LONGEST}个字。"
    return secrecy.words_refusal(words)
