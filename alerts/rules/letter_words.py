"""The words of letters: what ships for each kind, which fields may stand in them, how they are filled in.

A text is lines, one paragraph each. ``{单位}`` is a field; a paragraph that asks for a reply (回复日) falls
away where none is asked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from alerts.rules.letters import KINDS, LONGEST_BODY, LONGEST_TITLE, LetterKind

LONGEST_MARK = 12
MARK = re.compile("[\u4e00-\u9fffA-Za-z]+")
REPLY_BY = "回复日"
FIELDS: dict[str, str] = {
    "单位": "主送单位的名称",
    "工作": "这项工作的名称",
    "机关": "发文机关",
    "依据": "根据……，（没有填依据时空着）",
    "来源": "问题出自哪些清单，各加引号",
    "件数": "问题的件数",
    "事由": "问题属于哪些类别，如“饮水安全等2类问题”",
    "现状": "各项问题的时限、数量和进展，截至起草当天",
    "截至日": "起草当天",
    REPLY_BY: "回复期限；没有期限时这一段不印",
}
RECALLED: dict[str, str] = {
    "原文号": "被撤回函件的发文字号",
    "原标题": "被撤回函件的标题",
    "原日期": "被撤回函件的成文日期",
    "理由": "撤回的理由",
}


@dataclass(frozen=True, slots=True)
class Wording:
    """How one kind is written in one campaign. ``organ`` empty: the writer's own unit; ``days``: working days
    to the reply, 0 for none."""

    title: str
    body: str
    demands: str
    mark: str
    days: int
    organ: str = ""


_TEXTS: dict[LetterKind, tuple[str, str, str]] = {
    LetterKind.REMINDER: (
        "关于{事由}整改时限的提醒函",
        "{依据}现就{工作}中由你单位负责整改的{事由}的时限和进展，提醒如下。\n{现状}",
        "请你单位对照时限逐项核对进度，明确责任人和完成日期，按期整改到位。"
        "确有困难不能按期完成的，请在时限届满前申请延期。\n"
        "请于{回复日}前书面反馈落实情况。",
    ),
    LetterKind.SUPERVISION: (
        "关于{事由}整改的督办函",
        "{依据}{工作}中由你单位负责整改的{事由}，共{件数}个，没有按期整改到位，现予督办。\n{现状}",
        "一、请你单位主要负责人逐个问题研究，明确整改措施、完成日期和责任人，抓紧整改到位。\n"
        "二、请于{回复日}前将整改措施、进展和完成日期书面反馈{机关}；已经整改完成的，一并附佐证材料。\n"
        "三、逾期没有回复或者整改没有实质进展的，按规定予以通报，并提请约谈主要负责人。",
    ),
    LetterKind.NOTICE: (
        "整改任务通知书",
        "{依据}现将{来源}问题清单中由你单位负责整改的{件数}个问题通知你单位，请按要求整改。",
        "请你单位于{回复日}前报送整改方案，明确每个问题的整改措施、责任领导、责任人和完成日期；"
        "在表列时限前整改到位，书面报送整改结果并附佐证材料。\n"
        "整改期间遇有困难需要协调的，及时向{机关}报告。",
    ),
    LetterKind.ORDER: (
        "关于{事由}限期整改的通知",
        "{依据}你单位{工作}整改进度滞后，下列{件数}个问题没有按期整改到位，现责令限期整改。\n{现状}",
        "请你单位于{回复日}前整改到位，书面报告整改结果，并附佐证材料。\n"
        "到期没有整改到位的，按规定予以通报，并提请约谈主要负责人。",
    ),
    LetterKind.SELF_CRITICISM: (
        "关于作出书面检查的通知",
        "{依据}你单位{工作}整改工作不力，现责令作出书面检查。\n{现状}",
        "书面检查应当写明存在的问题、产生的原因、应负的责任和整改的措施，"
        "经主要负责人签字、加盖公章，于{回复日}前报送{机关}。",
    ),
    LetterKind.RECALL: (
        "关于撤回{原文号}的函",
        "{原日期}印发的《{原标题}》（{原文号}），因{理由}，现予撤回，自本函印发之日起停止执行。",
        "请你单位知悉，不再办理该函所列事项。",
    ),
}
SHIPPED: dict[LetterKind, Wording] = {
    kind: Wording(*texts, mark=KINDS[kind].mark, days=KINDS[kind].days) for kind, texts in _TEXTS.items()
}


def fields_of(kind: LetterKind) -> dict[str, str]:
    """The fields that a text of this kind may name, each with what it stands for."""
    return {**FIELDS, **RECALLED} if kind is LetterKind.RECALL else FIELDS


def problems(kind: LetterKind, wording: Wording) -> dict[str, str]:
    """Field of the form → what is wrong with it, a Chinese sentence; empty where the words can be used."""
    known = fields_of(kind)
    found = {
        name: sentence
        for name in ("title", "body", "demands")
        if (sentence := _text_problem(getattr(wording, name), known))
    }
    if "title" not in found and (len(wording.title) > LONGEST_TITLE or "\n" in wording.title):
        found["title"] = f"标题写成一行，最长{LONGEST_TITLE}个字。"
    if wrong := mark_problem(wording.mark):
        found["mark"] = wrong
    if KINDS[kind].days and not 1 <= wording.days <= 60:
        found["days"] = "回复期限是1到60个工作日。"
    return found


def mark_problem(mark: str) -> str:
    """What is wrong with a 机关代字, a Chinese sentence; "" where numbers may be counted under it.

    Numbers run by its characters: two marks that look alike, one with a blank or a character of no width in
    it, would each begin with 1, and two papers would bear what reads as the same number."""
    if not mark.strip() or len(mark) > LONGEST_MARK:
        return f"机关代字不能为空，最长{LONGEST_MARK}个字。"
    if not MARK.fullmatch(mark):
        return "机关代字只写代字，只能用汉字和英文字母；年份和顺序号由系统编排。"
    return ""


def _text_problem(text: str, known: Mapping[str, str]) -> str:
    if not text.strip():
        return "不能为空。"
    if len(text) > LONGEST_BODY:
        return f"最长{LONGEST_BODY}个字。"
    for number, line in enumerate(text.splitlines(), 1):
        try:
            named = _asked(line)
        except ValueError:
            return f"第{number}行的花括号没有成对，栏目应写成“{{单位}}”。"
        strange = sorted(named - set(known))
        if strange:
            return f"第{number}行的“{{{strange[0][:20]}}}”不是可用的栏目；可用的有{'、'.join(known)}。"
    return ""


def _asked(line: str) -> set[str]:
    """The fields that a line names; ValueError for a brace too many, and for a format, which no field has."""
    pieces = list(Formatter().parse(line))
    if any(form or change for _, _, form, change in pieces):
        raise ValueError(line)
    return {name for _, name, _, _ in pieces if name is not None}


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled in; paragraphs that fall away or come out empty are left out. The words
    must have passed ``problems``."""
    lines = []
    for line in text.splitlines():
        if REPLY_BY in _asked(line) and not values.get(REPLY_BY):
            continue
        done = "".join(
            literal + (values.get(name, "") if name else "")
            for literal, name, _, _ in Formatter().parse(line)
        )
        if done.strip():
            lines.append(done.strip())
    return "\n".join(lines)
