"""Letters (函件): their kinds and states, and the one table of what may be done to one, when, by whom."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from alerts.rules.ladder import Level
from townships.rules.permissions import Permission

LONGEST_BODY, LONGEST_TITLE, LONGEST_WORDS = 4000, 100, 4000
"""Characters; 4000 is what 整治形式主义为基层减负若干规定 (2024) allows a document of this sort."""
MOST_ITEMS = 100
"""Issues in one letter: more nobody answers in one reply."""


class Table(StrEnum):
    """Where the table of the issues stands: in the text, on a page of its own as 附件, or nowhere."""

    IN_TEXT = "in_text"
    ATTACHED = "attached"
    NONE = "none"


class LetterKind(StrEnum):
    REMINDER = "reminder"
    SUPERVISION = "supervision"
    NOTICE = "notice"
    ORDER = "order"
    SELF_CRITICISM = "self_criticism"
    RECALL = "recall"

    @property
    def label(self) -> str:
        return KINDS[self].label


@dataclass(frozen=True, slots=True)
class Kind:
    """``mark``: 机关代字 unless the campaign has its own; ``days``: working days to the reply (0: none);
    ``needs_items``: without issues it says nothing; ``prints_demands``: the table says of each issue what is
    asked; ``binds``: an issue stands in one of this kind at most
    (W-081); ``has_receipt``: boxes for both hands and a 回执 to tear off."""

    label: str
    mark: str
    days: int
    table: Table
    needs_items: bool = True
    prints_demands: bool = False
    binds: bool = False
    has_receipt: bool = False


KINDS: dict[LetterKind, Kind] = {
    LetterKind.REMINDER: Kind("提醒函", "整提函", 5, Table.ATTACHED),
    LetterKind.SUPERVISION: Kind("督办函", "整督函", 5, Table.ATTACHED),
    LetterKind.NOTICE: Kind(
        "整改任务通知书", "整通", 5, Table.IN_TEXT, prints_demands=True, binds=True, has_receipt=True
    ),
    LetterKind.ORDER: Kind("限期整改通知", "整限", 10, Table.IN_TEXT),
    LetterKind.SELF_CRITICISM: Kind("书面检查", "整检", 7, Table.ATTACHED, needs_items=False),
    LetterKind.RECALL: Kind("撤回函", "整撤函", 0, Table.NONE, needs_items=False),
}
DRAFTED = tuple(kind for kind in LetterKind if kind is not LetterKind.RECALL)
"""What somebody may start; a recall starts at the letter that it takes back."""


KIND_OF_RUNG: dict[Level, LetterKind] = {
    Level.REMINDER: LetterKind.REMINDER,
    Level.WARNING: LetterKind.REMINDER,
    Level.SUPERVISION: LetterKind.SUPERVISION,
    Level.CIRCULAR: LetterKind.ORDER,
    Level.TALK: LetterKind.ORDER,
    Level.HANDOVER: LetterKind.ORDER,
}
"""What is drafted for an issue on a rung of the ladder; 约谈 and 移交 themselves are only recorded."""


class LetterState(StrEnum):
    DRAFT = "draft"
    PENDING = "pending"
    SIGNED = "signed"
    RECEIVED = "received"
    ANSWERED = "answered"
    CLOSED = "closed"
    DROPPED = "dropped"
    RECALLED = "recalled"

    @property
    def label(self) -> str:
        return STATE_LABELS[self]


STATE_LABELS: dict[LetterState, str] = {
    LetterState.DRAFT: "草稿",
    LetterState.PENDING: "待签发",
    LetterState.SIGNED: "待签收",
    LetterState.RECEIVED: "待回复",
    LetterState.ANSWERED: "待审回复",
    LetterState.CLOSED: "已办结",
    LetterState.DROPPED: "已作废",
    LetterState.RECALLED: "已撤回",
}
UNSENT = (LetterState.DRAFT, LetterState.PENDING, LetterState.DROPPED)
"""Never left the office: no number, and nobody else knows of it."""
OWING = (LetterState.SIGNED, LetterState.RECEIVED)
"""A reply that was asked for is still owed."""
BINDING = (
    LetterState.DRAFT,
    LetterState.PENDING,
    LetterState.SIGNED,
    LetterState.RECEIVED,
    LetterState.ANSWERED,
    LetterState.CLOSED,
)
"""In these a notice holds its issues: they may stand in no second one."""


class LetterVerb(StrEnum):
    EDIT = "edit"
    SUBMIT = "submit"
    TAKE_BACK = "take_back"
    DROP = "drop"
    SIGN = "sign"
    SEND_BACK = "send_back"
    RECEIVE = "receive"
    ANSWER = "answer"
    ACCEPT = "accept"
    RETURN = "return"
    RECALL = "recall"

    @property
    def label(self) -> str:
        return STEPS[self].label


class Side(StrEnum):
    """Who stands where to a letter."""

    WRITER = "writer"
    AUTHOR = "author"
    SIGNER = "signer"
    ADDRESSEE = "addressee"


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    permission: Permission
    side: Side
    at: tuple[LetterState, ...]


S, W, P = LetterState, Side, Permission
STEPS: Mapping[LetterVerb, Step] = {
    LetterVerb.EDIT: Step("修改", P.WRITE_LETTERS, W.WRITER, (S.DRAFT,)),
    LetterVerb.SUBMIT: Step("送签", P.WRITE_LETTERS, W.WRITER, (S.DRAFT,)),
    LetterVerb.TAKE_BACK: Step("取回修改", P.WRITE_LETTERS, W.AUTHOR, (S.PENDING,)),
    LetterVerb.DROP: Step("作废草稿", P.WRITE_LETTERS, W.AUTHOR, (S.DRAFT,)),
    LetterVerb.SIGN: Step("签发", P.SIGN_LETTERS, W.SIGNER, (S.PENDING,)),
    LetterVerb.SEND_BACK: Step("退回修改", P.SIGN_LETTERS, W.SIGNER, (S.PENDING,)),
    LetterVerb.RECEIVE: Step("签收", P.ANSWER_LETTERS, W.ADDRESSEE, (S.SIGNED,)),
    LetterVerb.ANSWER: Step("回复", P.ANSWER_LETTERS, W.ADDRESSEE, (S.RECEIVED,)),
    LetterVerb.ACCEPT: Step("同意办结", P.WRITE_LETTERS, W.WRITER, (S.ANSWERED,)),
    LetterVerb.RETURN: Step("退回重报", P.WRITE_LETTERS, W.WRITER, (S.ANSWERED,)),
    LetterVerb.RECALL: Step("起草撤回函", P.WRITE_LETTERS, W.WRITER, (S.SIGNED, S.RECEIVED, S.ANSWERED)),
}
WAITING_FOR: dict[LetterState, str] = {
    S.DRAFT: "送签",
    S.PENDING: "县领导签发",
    S.SIGNED: "主送单位签收",
    S.RECEIVED: "主送单位回复",
    S.ANSWERED: "整改办审回复",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """A letter as one person meets it. ``has_author``: who drafted it still has an account in use;
    ``is_addressee``: the person acts for the unit that it is sent to."""

    state: LetterState
    kind: LetterKind
    is_author: bool = False
    has_author: bool = True
    is_addressee: bool = False
    has_recall: bool = False


def refusal(verb: LetterVerb, now: Standing) -> str:
    """Why the verb cannot be done now, one sentence; "" where it can. The permission is asked elsewhere."""
    step = STEPS[verb]
    if now.state not in step.at:
        wait = WAITING_FOR.get(now.state)
        return f"这份函件现在是“{now.state.label}”{f'，等{wait}' if wait else ''}，不能{step.label}。"
    if step.side is Side.AUTHOR and now.has_author and not now.is_author:
        return f"只有起草人能{step.label}。"
    if step.side is Side.SIGNER and now.is_author:
        return f"起草人不能{step.label}自己起草的函件，请由另一位领导办理。"
    if step.side is Side.ADDRESSEE and not now.is_addressee:
        return f"这份函件不是发给您单位的，不能由您{step.label}。"
    if verb is LetterVerb.RECALL:
        return _recall_refusal(now)
    return ""


def _recall_refusal(now: Standing) -> str:
    if now.kind is LetterKind.RECALL:
        return "撤回函不能再撤回；需要恢复原来的要求，请重新发函。"
    return "这份函件已经有一份撤回函在办。" if now.has_recall else ""


def is_overdue(state: LetterState, reply_due_on: date | None, today: date) -> bool:
    """Whether a reply is owed and its day has passed."""
    return reply_due_on is not None and state in OWING and reply_due_on < today


def light_word(state: LetterState, reply_due_on: date | None, today: date) -> str:
    """逾期3天, 今天到期, 还有4天; "" where no reply is owed."""
    if reply_due_on is None or state not in OWING:
        return ""
    days = (reply_due_on - today).days
    if days < 0:
        return f"逾期{-days}天"
    return "今天到期" if days == 0 else f"还有{days}天"


__all__ = [
    "BINDING",
    "DRAFTED",
    "KINDS",
    "KIND_OF_RUNG",
    "OWING",
    "STEPS",
    "UNSENT",
    "Kind",
    "LetterKind",
    "LetterState",
    "LetterVerb",
    "Side",
    "Standing",
    "Step",
    "Table",
    "is_overdue",
    "light_word",
    "refusal",
]
