"""What an application for closing (销号) must say: the checklist in words, and what the list asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

EXTRA = "extra."
"""Before the name of a template's own field where it stands among the answers to the checklist."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list's template asks at closing: ``checklist`` pairs (code, statement), ``extra`` pairs (name,
    label) of its own fields, and whether an archive number is needed."""

    checklist: tuple[tuple[str, str], ...] = ()
    extra: tuple[tuple[str, str], ...] = ()
    needs_archive_number: bool = False


@dataclass(frozen=True, slots=True)
class Application:
    """What the unit hands in. ``answers``: code of the statement → what is said to it; ``similar``: what
    looking for the same elsewhere found (举一反三)."""

    statement: str
    similar: str
    answers: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    mechanism: str = ""
    archive_number: str = ""


def asked_by(
    checklist: Sequence[Mapping[str, str]],
    extra_fields: Sequence[Mapping[str, str]],
    *,
    needs_archive_number: bool,
) -> Asked:
    """From a template's JSON."""
    return Asked(
        tuple((one["code"], one["text"]) for one in checklist),
        tuple((one["name"], one["label"]) for one in extra_fields if one.get("at") == "closing"),
        needs_archive_number,
    )


def heading(statement: str) -> str:
    """问题整改到位 of 问题整改到位：逐项对照整改措施……"""
    return statement.partition("：")[0]


def guidance(statement: str) -> str:
    """What the statement says beyond its heading; empty where it is one."""
    return statement.partition("：")[2]


def missing(application: Application, asked: Asked) -> str:
    """What the application lacks, "" where nothing; one of four statements unanswered is refused (W-085)."""
    if not application.statement.strip():
        return "请写明整改完成情况。"
    silent = [text for code, text in asked.checklist if not application.answers.get(code, "").strip()]
    if silent:
        named = "、".join(f"“{heading(text)}”" for text in silent)
        return f"销号清单共{len(asked.checklist)}项，还有{len(silent)}项没有回答：{named}。"
    empty = [label for name, label in asked.extra if not application.extra.get(name, "").strip()]
    if empty:
        return f"还没有填写：{'、'.join(empty)}。"
    if not application.similar.strip():
        return "请写明举一反三情况：同类问题有没有，有的是哪些。"
    if asked.needs_archive_number and not application.archive_number.strip():
        return "本清单要求整改材料归档，请填写档案号。"
    return ""


def stored_answers(application: Application, asked: Asked) -> dict[str, str]:
    """The answers as the closure keeps them: statements by code, own fields under ``extra.``."""
    said = {code: application.answers[code].strip() for code, _ in asked.checklist}
    return said | {f"{EXTRA}{name}": application.extra[name].strip() for name, _ in asked.extra}
