"""State words of ledgers as yes, no or not said: booleans, done, started, completed, allotted, valid."""

import re
from decimal import Decimal
from functools import lru_cache
from typing import Final

from rectify.lib.cn_text import fold

_BLANK_MARKS: Final = frozenset(
    (
        "",
        "/",
        "\\",
        "//",
        "|",
        "无",
        "空",
        "暂无",
        "空白",
        "没有",
        "N/A",
        "n/a",
        "NA",
        "null",
        "NULL",
        "None",
        "nan",
        "·",
        ".",
        "。",
        "、",
        "*",
    )
)
_DASHES: Final = re.compile(r"[-—–－―─_~]+")

_YES: Final = frozenset(
    ("是", "√", "✓", "✔", "☑", "对", "Y", "YES", "TRUE", "T", "1", "有", "已", "V", "是的", "√√")
)
_NO: Final = frozenset(
    (
        "否",
        "×",
        "✕",
        "✖",
        "✗",
        "✘",
        "☒",
        "X",
        "N",
        "NO",
        "FALSE",
        "F",
        "0",
        "无",
        "未",
        "没有",
        "没",
        "不是",
        "╳",
    )
)
# A form's boxes stand before their words (□是☑否) where the text begins with one, else behind them (是□否☑).
_BOX_FIRST: Final = re.compile(r"^[□☐☑√■✓✔]")
_TICK_BEFORE: Final = re.compile(r"[☑√■✓✔]([是否])")
_TICK_BEHIND: Final = re.compile(r"([是否])[☑√■✓✔]")

_DATE: Final = r"(?:(?:\d{4}[年./-])?\d{1,2}[月./-]\d{1,2}日?|(?:\d{4}年)?\d{1,2}月份?(?:底|初|[上中下]旬)?)"
_ON_SCHEDULE: Final = re.compile(r"序时")
_BEHIND_SCHEDULE: Final = re.compile(r"(?:未|没有|没|低于|滞后).{0,4}序时")
_DONE: Final = re.compile(
    rf"(?:于?{_DATE}前?)?(?:已|已经|现已|业已|均已|都已|全部已|确已)?(?:于?{_DATE})?"
    r"(?:按要求|按规定)?(?:全部|全面|按期|按时|如期|提前|逾期|超期|均|都|彻底|顺利)?(?:已)?"
    r"(?:(?:问题)?(?:整改|办理|处理|落实|处置|交账|整治|验收|任务|通过|清理|解决|核查)?"
    r"(?:完成|完毕|到位|办结|办毕|销号|清零|解决|完结|合格|整改|关闭|归零|落实|完)"
    r"|通过验收|验收通过|完成率?100%|100%)"
    r"(?:率?100%)?(?:了|整改|整改任务|验收|销号|交账销号|任务|目标任务|清零|到位|验收中|待验收|待销号|并销号|并验收)?"
)
_NOT_DONE: Final = re.compile(
    r"未|没有|没完成|尚|基本|部分|阶段|正在|初步|大部|一半|过半|无法|不能|不到位|不合格|不通过|暂缓|停工|逾期|超期|滞后|缓慢|"
    r"持续(?:整改|推进|进行|办理)|推进|剩余|还有|待(?:整改|办理|处理|签收|落实|启动|开工|下发|认领)|"
    r"[改进理推办查实建行施传展落]中$|进行中|已?(?:启动|开工|动工|制定|部署|安排)|在办|在建|[^\d](?:0|[1-9]?\d(?:\.\d+)?)%$|^(?:0|[1-9]?\d(?:\.\d+)?)%"
)
_NOT_STARTED: Final = re.compile(
    r"未(?!完)|尚|前期|筹备|准备|待|没有|设计|招标|招投标|评审|选址|立项|可研|报批|审批中|暂缓|不实施|取消|否"
)
_STARTED: Final = re.compile(
    r"开工|动工|启动|在建|完工|竣工|完成|施工|建设中|建成|正在建设|正在实施|实施中|收尾|验收|投入使用|停工|主体|进场|是"
)
_NOT_COMPLETED: Final = re.compile(
    r"未|尚|没有|否|在建|正在|前期|中$|部分|基本|主体|待|停工|收尾|即将|预计|\d%$"
)
_COMPLETED: Final = re.compile(r"完工|竣工|完成|建成|验收|投入使用|交付|100%|是")


def is_blank_mark(value: object) -> bool:
    """Whether a cell says that there is nothing: blank, /, —, 无, 空, 暂无."""
    if value is None:
        return True
    if not isinstance(value, str):
        return False
    text = fold(value)
    return text in _BLANK_MARKS or bool(_DASHES.fullmatch(text))


def parse_boolean(value: object) -> bool | None:
    """Yes or no of a 是否 cell (是, √, Y, 有, 已下达; 否, ×, N, 无, 未下达); None where it says neither."""
    if isinstance(value, bool) or value is None:
        return value
    return _boolean(_text(value))


@lru_cache(maxsize=4096)
def _boolean(text: str) -> bool | None:
    word = text.rstrip("。.!;,").upper()
    if word in _YES:
        return True
    if word in _NO:
        return False
    if "是" in word and "否" in word:
        ticked = set((_TICK_BEFORE if _BOX_FIRST.match(word) else _TICK_BEHIND).findall(word))
        return ticked == {"是"} if len(ticked) == 1 else None
    if re.match(r"尚?未|没|不|否[,;。(:]|尚", word):
        return False
    if re.match(r"已(?!.{0,4}(?:部分|基本))|是[,;。(:]|有[,;。(:]", word):
        return True
    return None


def parse_done(value: object) -> bool | None:
    """Whether a state word says that the issue is put right; None where it does not say.

    已完成, 完成整改, 整改到位, 已销号, 已办结 are true. 基本完成, 阶段性完成, 部分完成, 正在整改, 未销号,
    推进中, 未达到序时进度 are false (practice 3.4: 基本完成 is not done). 达到序时进度 says neither.
    Of several clauses the first that says anything decides (已整改，未销号 is put right).
    """
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal):
        return True if value == 1 else False if 0 <= value < 1 else None
    return _done(_text(value))


@lru_cache(maxsize=4096)
def _done(text: str) -> bool | None:
    if text in _YES or text in _NO or ("是" in text and "否" in text):
        return _boolean(text)
    for clause in re.split(r"[,;。()、:!]+", text):
        said = _done_clause(clause)
        if said is not None:
            return said
    return None


def _done_clause(clause: str) -> bool | None:
    if clause in ("是", "否"):
        return clause == "是"
    if _BEHIND_SCHEDULE.search(clause):
        return False
    if _ON_SCHEDULE.search(clause):
        return None
    if _DONE.fullmatch(clause):
        return True
    return False if _NOT_DONE.search(clause) else None


def parse_started(value: object) -> bool | None:
    """Whether a project has begun: 已开工, 在建, 已完工, 是 true; 未开工, 前期工作, 未下达, 否 false."""
    return _decided(value, _NOT_STARTED, _STARTED)


def parse_completed(value: object) -> bool | None:
    """Whether a project is finished: 已完工, 竣工, 完成 true; 在建, 未完工, 未开工 false."""
    return _decided(value, _NOT_COMPLETED, _COMPLETED)


def parse_allotted(value: object) -> bool | None:
    """Whether a project has been allotted: 已下达, 是 true; 未下达, 否, 待下达 false."""
    return _decided(value, re.compile(r"未|尚|没|待|否|不"), re.compile(r"下达|是|已"))


def parse_valid(value: object) -> bool | None:
    """Whether a lead was found to hold: 有效, 属实 true; 无效, 不属实 false; None while 核查中."""
    if isinstance(value, str) and re.search(r"[核调]查中|正在|待|未[核查]", fold(value)):
        return None
    return _decided(
        value, re.compile(r"无效|不属实|失实|查否|不成立|否"), re.compile(r"有效|属实|查实|成立|是")
    )


def _decided(value: object, no: re.Pattern[str], yes: re.Pattern[str]) -> bool | None:
    if isinstance(value, bool) or value is None:
        return value
    text = _text(value)
    if text.upper() in _YES or text.upper() in _NO or ("是" in text and "否" in text):
        return _boolean(text)
    if is_blank_mark(text):
        return None
    if no.search(text):
        return False
    return True if yes.search(text) else None


def _text(value: object) -> str:
    return fold(str(value))
