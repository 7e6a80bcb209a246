"""What a list's template says: statements before closing, evidence, words; from JSON or from typed lines."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from issues.rules.records import EvidenceKind, Labelled, ReturnReason
from issues.rules.stages import State

PLACES = {"plan": "制定计划时", "closing": "申请销号时"}
LABELLED: dict[str, str] = {
    "description": "问题",
    "place": "地点",
    "household": "户主",
    "goal": "整改目标",
    "source_doc": "文号",
    "archive_number": "档案号",
    "recognised_amount": "认定整改金额",
    "leader": "责任领导",
    "person": "责任人",
    "closure": "销号单",
    "feedback": "问题反馈表",
    "final_report": "整改报告",
}
"""Fields and documents that a template may call otherwise, each with its usual word."""
WORDED = tuple(state for state in State if state is not State.WITHDRAWN)
MOST_LINES = 20
LONGEST_LINE, LONGEST_WORD = 200, 20
CODE = re.compile(r"[a-z][a-z0-9_-]{0,31}")
FLAGS = ("needs_site_visit", "asks_funds", "needs_file_number")

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class TemplateFacts:
    """A template without its place in the database; the shapes are those of the model."""

    code: str
    name: str
    checklist: list[Row] = field(default_factory=list)
    evidence: list[Row] = field(default_factory=list)
    state_words: Row = field(default_factory=dict)
    return_reasons: list[Row] = field(default_factory=list)
    extra_fields: list[Row] = field(default_factory=list)
    labels: Row = field(default_factory=dict)
    self_check: list[Row] = field(default_factory=list)
    needs_site_visit: bool = False
    asks_funds: bool = False
    needs_file_number: bool = False

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> TemplateFacts:
        """From a template's file; ValueError names what is no template."""
        names = set(cls.__dataclass_fields__)
        if unknown := set(stored) - names:
            raise ValueError(f"没有这些栏目：{'、'.join(sorted(unknown))}")
        if not {"code", "name"} <= set(stored):
            raise ValueError("缺少代号或名称")
        return cls(**stored)

    def values(self) -> dict[str, Any]:
        """Field → value, as the model stores it."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


def problems(facts: TemplateFacts) -> dict[str, str]:
    """Field → what is wrong with it, a Chinese sentence; empty where the template can be used."""
    found: dict[str, str] = {}
    if not CODE.fullmatch(facts.code):
        found["code"] = "代号用小写字母开头，只含字母、数字、短横和下划线，最长32位。"
    if not facts.name.strip() or len(facts.name) > 60:
        found["name"] = "名称不能为空，最长60个字。"
    checks = {
        "checklist": _rows(facts.checklist, "text"),
        "self_check": _rows(facts.self_check, "text"),
        "evidence": _rows(facts.evidence, "why") or _kinds(facts.evidence, "kind", EvidenceKind),
        "return_reasons": _rows(facts.return_reasons, "text")
        or _kinds(facts.return_reasons, "code", ReturnReason),
        "extra_fields": _rows(facts.extra_fields, "label")
        or (
            ""
            if all(row.get("at") in PLACES for row in facts.extra_fields)
            else "补充栏目只能在计划或销号时填。"
        ),
        "state_words": _words(facts.state_words, {state.value for state in WORDED}),
        "labels": _words(facts.labels, set(LABELLED)),
    }
    return found | {name: sentence for name, sentence in checks.items() if sentence}


def _rows(rows: Sequence[Row], text: str) -> str:
    if len(rows) > MOST_LINES:
        return f"最多{MOST_LINES}行。"
    codes = [row.get("code") or row.get("kind") or row.get("name") for row in rows]
    if len(set(codes)) != len(codes):
        return "有两行说的是同一项。"
    if any(not row.get(text, "").strip() for row in rows):
        return "每一行都要写明内容。"
    if any(len(row[text]) > LONGEST_LINE for row in rows):
        return f"一行最长{LONGEST_LINE}个字。"
    return ""


def _kinds(rows: Sequence[Row], name: str, enum: type[Labelled]) -> str:
    known = {member.value for member in enum}
    return "" if all(row.get(name) in known for row in rows) else "有一行的类别系统里没有。"


def _words(words: Row, known: set[str]) -> str:
    if set(words) - known:
        return "有一行的名称系统里没有。"
    if any(not word.strip() or len(word) > LONGEST_WORD for word in words.values()):
        return f"用语不能为空，最长{LONGEST_WORD}个字。"
    return ""


# --- as typed: one line each, "左边：右边" ------------------------------------------------------------


class LineProblem(Exception):
    """A typed line cannot be read; ``str(error)`` says which and how it should look."""


def checklist_lines(rows: Sequence[Row]) -> str:
    return "\n".join(row["text"] for row in rows)


def read_checklist(text: str, before: Sequence[Row]) -> list[Row]:
    """One statement a line; one that stood there before keeps its code, so that answers stay."""
    codes = {row["text"]: row["code"] for row in before}
    lines = list(dict.fromkeys(_lines(text)))
    kept = [codes.get(line, "") for line in lines]
    for place, code in enumerate(kept):
        if not code and len(lines) == len(before) and before[place]["code"] not in kept:
            kept[place] = before[place]["code"]  # the same statement, reworded
    taken = set(kept)
    for place, code in enumerate(kept):
        if not code:
            number = next(n for n in range(1, MOST_LINES * 50) if f"c{n}" not in taken)
            kept[place] = f"c{number}"
            taken.add(kept[place])
    return [{"code": code, "text": line} for code, line in zip(kept, lines, strict=True)]


def pair_lines(pairs: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"{left}：{right}" for left, right in pairs)


def read_pairs(text: str, known: Mapping[str, str]) -> list[tuple[str, str]]:
    """Lines of "左边：右边" as (value, right); ``known`` word → value. LineProblem names a bad line."""
    found = []
    for line in _lines(text):
        left, _, right = line.replace(":", "：", 1).partition("：")
        value = known.get(left.strip())
        if value is None or not right.strip():
            allowed = "、".join(known)
            raise LineProblem(f"“{line[:30]}”读不懂，应写成“名称：内容”，名称可以是{allowed}。")
        found.append((value, right.strip()))
    return found


def extra_lines(rows: Sequence[Row]) -> str:
    return "\n".join(f"{row['label']}：{PLACES[row['at']]}" for row in rows)


def read_extra(text: str, before: Sequence[Row]) -> list[Row]:
    """Lines of "栏目名称：制定计划时"; a field of the same label keeps its name."""
    names = {row["label"]: row["name"] for row in before}
    places = {word: place for place, word in PLACES.items()}
    taken, rows = set(names.values()), []
    for line in _lines(text):
        label, _, at = line.replace(":", "：", 1).rpartition("：")
        if at.strip() not in places or not label.strip():
            raise LineProblem(f"“{line[:30]}”读不懂，应写成“栏目名称：{'”或“栏目名称：'.join(places)}”。")
        name = names.get(label.strip()) or next(f"x{n}" for n in range(1, 1000) if f"x{n}" not in taken)
        taken.add(name)
        rows.append({"name": name, "label": label.strip(), "at": places[at.strip()]})
    return rows


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]
