"""Documents of one unit as .docx: 问题反馈表 (W-113) and 整改报告 (W-112), masked, saying who took it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from issues.rules.documents import (
    Document,
    Problem,
    deadline,
    measures,
    progress,
    totals,
)
from issues.rules.history import cn_day, plain
from rectify.lib.official import Heading, Numbered, Paragraph, Part, Signature, TableOut, write_document

RECEIPT = (("事项", 41), ("填写", 33), ("事项", 45), ("填写", 37))
NUMERALS = "一二三四五六七八九十"


def unit_document(
    kind: Document,
    *,
    unit: str,
    subject: str,
    problems: Sequence[Problem],
    note: str,
    by: str,
    now: datetime,
    signed: str = "",
) -> bytes:
    """The .docx of ``kind`` for ``unit``; ``subject``: the campaign or list it is about; ``signed``: when the
    unit signed for its issues, empty where it has not."""
    day = now.date()
    if kind is Document.FEEDBACK:
        title = f"{subject}问题反馈表"
        parts = _feedback(unit, subject, problems, signed, day)
    else:
        title = f"{unit}关于{subject}问题整改情况的报告"
        parts = _report(unit, subject, problems, day)
    return write_document(title, [*parts, Paragraph(note, is_small=True)], author=by, made_at=now)


def _feedback(unit: str, subject: str, problems: Sequence[Problem], signed: str, day: date) -> list[Part]:
    rows = [
        [
            str(at),
            one.facts.number,
            one.facts.problem,
            one.facts.place,
            f"{plain(one.due)}{one.facts.counted_in}",
            one.facts.due_on.isoformat() if one.facts.due_on else deadline(one) or "未定",
        ]
        for at, one in enumerate(problems, 1)
    ]
    columns = (("序号", 13), ("编号", 36), ("问题", 46), ("地点", 21), ("数量", 14), ("整改时限", 26))
    receipt = [
        ["反馈单位（盖章）", "", "反馈时间", ""],
        ["签收单位（盖章）", "", "主要负责人（签字）", ""],
        ["签收时间", signed, "联系电话", ""],
    ]
    return [
        Paragraph(f"{unit}：", is_addressed=True),
        Paragraph(f"现将{subject}中由你单位负责整改的{len(problems)}个问题反馈给你们，请签收并按期整改。"),
        TableOut(columns, rows, centred=frozenset({0, 4})),
        Heading("签收"),
        TableOut(RECEIPT, receipt, centred=frozenset({0, 2}), row_height=14),
        Paragraph(f"截至{cn_day(day)}", is_small=True),
    ]


def _report(unit: str, subject: str, problems: Sequence[Problem], day: date) -> list[Part]:
    parts: list[Part] = [
        Paragraph(f"截至{cn_day(day)}，{subject}由{unit}负责整改的{totals(problems)}。现将整改情况报告如下。")
    ]
    for at, one in enumerate(problems, 1):
        facts = one.facts
        parts += [
            Heading(f"{numeral(at)}、{facts.problem or facts.category}"),
            Numbered("编号", f"{facts.number}{f'，{facts.place}' if facts.place else ''}"),
            Numbered("责任人", f"{facts.person}{f'；责任领导：{facts.leader}' if facts.leader else ''}"),
            Numbered("整改时限", deadline(one)),
            Numbered("整改措施", measures(one)),
            Numbered("进展", progress(one)),
        ]
    return [*parts, Signature([f"{unit}（盖章）", "主要负责人（签字）：　　　　　", cn_day(day)])]


def numeral(number: int) -> str:
    """1 → 一, 12 → 十二, 20 → 二十, 105 → 一百零五; up to 999."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    said = f"{NUMERALS[hundreds - 1]}百" if hundreds else ""
    if tens:
        said += f"{NUMERALS[tens - 1] if hundreds or tens > 1 else ''}十"
    elif hundreds and ones:
        said += "零"
    return said + (NUMERALS[ones - 1] if ones else "")
