"""The words of warning: what runs out, of which kind of item, and the ladder climbed until someone acts."""

from __future__ import annotations

from enum import StrEnum


class ItemKind(StrEnum):
    """What an alert is about; with its id it names one row of another table."""

    ISSUE = "issue"
    PROJECT = "project"
    PART = "part"
    REFUSAL = "refusal"
    CLOSURE = "closure"
    LETTER = "letter"
    FILING = "filing"

    @property
    def label(self) -> str:
        return ITEM_LABELS[self]


ITEM_LABELS: dict[ItemKind, str] = {
    ItemKind.ISSUE: "问题",
    ItemKind.PROJECT: "项目",
    ItemKind.PART: "清单分工",
    ItemKind.REFUSAL: "退回签收",
    ItemKind.CLOSURE: "销号申请",
    ItemKind.LETTER: "函件",
    ItemKind.FILING: "填报",
}


class Subject(StrEnum):
    """Which deadline of an item it is. The office's own are among them: it is measured too."""

    DUE = "due"
    REVIEW = "review"
    STALLED = "stalled"
    BEHIND = "behind"
    UNSIGNED = "unsigned"
    UNPLANNED = "unplanned"
    START = "start"
    FINISH = "finish"
    UNLISTED = "unlisted"
    UNANSWERED = "unanswered"
    UNCHECKED = "unchecked"
    REPLY = "reply"
    FILING = "filing"
    NUDGED = "nudged"

    @property
    def label(self) -> str:
        return SUBJECT_LABELS[self]

    @property
    def item(self) -> ItemKind:
        return SUBJECT_ITEMS[self]


SUBJECT_LABELS: dict[Subject, str] = {
    Subject.DUE: "整改期限",
    Subject.REVIEW: "下次复核",
    Subject.STALLED: "停滞",
    Subject.BEHIND: "滞后序时进度",
    Subject.UNSIGNED: "未签收",
    Subject.UNPLANNED: "未制定整改计划",
    Subject.START: "动工期限",
    Subject.FINISH: "完工期限",
    Subject.UNLISTED: "清单未签报",
    Subject.UNANSWERED: "退回未答复",
    Subject.UNCHECKED: "核查销号超时",
    Subject.REPLY: "函件未回复",
    Subject.FILING: "未填报",
    Subject.NUDGED: "催报",
}
SUBJECT_ITEMS: dict[Subject, ItemKind] = {
    Subject.DUE: ItemKind.ISSUE,
    Subject.REVIEW: ItemKind.ISSUE,
    Subject.STALLED: ItemKind.ISSUE,
    Subject.BEHIND: ItemKind.ISSUE,
    Subject.UNSIGNED: ItemKind.ISSUE,
    Subject.UNPLANNED: ItemKind.ISSUE,
    Subject.START: ItemKind.PROJECT,
    Subject.FINISH: ItemKind.PROJECT,
    Subject.UNLISTED: ItemKind.PART,
    Subject.UNANSWERED: ItemKind.REFUSAL,
    Subject.UNCHECKED: ItemKind.CLOSURE,
    Subject.REPLY: ItemKind.LETTER,
    Subject.FILING: ItemKind.FILING,
    Subject.NUDGED: ItemKind.FILING,
}


class Level(StrEnum):
    """The ladder, lowest rung first. 约谈 and 移交 are decided and recorded by people; the system only says
    that they are due."""

    REMINDER = "reminder"
    WARNING = "warning"
    SUPERVISION = "supervision"
    CIRCULAR = "circular"
    TALK = "talk"
    HANDOVER = "handover"

    @property
    def label(self) -> str:
        return LEVEL_LABELS[self]

    @property
    def height(self) -> int:
        """1 for the lowest rung."""
        return LADDER.index(self) + 1


LEVEL_LABELS: dict[Level, str] = {
    Level.REMINDER: "提醒",
    Level.WARNING: "预警",
    Level.SUPERVISION: "督办",
    Level.CIRCULAR: "通报",
    Level.TALK: "约谈",
    Level.HANDOVER: "移交",
}
LADDER = tuple(Level)


class Colour(StrEnum):
    """The colour of a light; never without its word, whose meaning each campaign sets."""

    GREEN = "green"
    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"
    GREY = "grey"

    @property
    def label(self) -> str:
        return {"green": "绿", "blue": "蓝", "yellow": "黄", "orange": "橙", "red": "红", "grey": "灰"}[
            self.value
        ]
