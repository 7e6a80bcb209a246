"""Cells that hold several things: units, measures, a person with a telephone number."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from rectify.lib.cn_text import chinese_number, narrow, squeeze

Role = Literal["", "lead", "support"]


@dataclass(frozen=True, slots=True)
class UnitMention:
    """One unit as a cell names it. `role`: a word beside it says so (牵头, 配合); a bracketed unit supports.

    `after_slash`: it follows a "/", so that it is the person where it is no unit (财政局/李某某).
    """

    text: str
    bracket: bool = False
    role: Role = ""
    after_slash: bool = False


_HARD: Final = re.compile(r"([、,;/\n|]+)")
_SOFT: Final = re.compile(r"以及|及|和|与|会同|联合|\s+|·|\+|-")
_BRACKETS: Final = re.compile(r"[(\[【]([^()\[\]【】]*)[)\]】]")
_LABEL: Final = re.compile(r"^([\u4e00-\u9fff]{1,6}):")
_LEAD: Final = re.compile(r"^(?:牵头|主办|主责|主要责任|负责)(?:单位|部门)?$")
_SUPPORT: Final = re.compile(r"^(?:配合|协办|协助|参与|责任)(?:单位|部门)?$")
_NUMBERING: Final = re.compile(r"^(?:\d{1,2}[.)]|\(\d{1,2}\)|[①-⑳])\s*")
_ETC: Final = re.compile(r"等(?:相关|有关|各)?(?:部门|单位|乡镇)?$|(?:负责|牵头|配合)$")


def split_units(text: str, known: Callable[[str], bool]) -> list[UnitMention]:
    """The units a cell names, in order, each once.

    Split at 、，；/ and line breaks always; at 及, 和, spaces only where both sides are `known` units.
    A bracketed unit (配合：财政局) supports; a bracketed word (牵头) tells the role of the unit before it.
    """
    plain = narrow(text).replace("\r", "\n").strip()
    if known(squeeze(plain)):
        return [UnitMention(squeeze(plain))]
    mentions: list[UnitMention] = []
    end = 0
    role: Role = ""
    for bracket in _BRACKETS.finditer(plain):
        found, role = _outside(plain[end : bracket.start()], known, role)
        mentions += found
        end = bracket.end()
        said = _role_word(squeeze(bracket[1]))
        if said and mentions:
            mentions[-1] = UnitMention(
                mentions[-1].text, mentions[-1].bracket, said, mentions[-1].after_slash
            )
        elif not said:
            mentions += [
                UnitMention(mention.text, bracket=True, role=mention.role or "support")
                for mention in _outside(bracket[1], known, "")[0]
            ]
    mentions += _outside(plain[end:], known, role)[0]
    return list({mention.text: mention for mention in reversed(mentions)}.values())[::-1]


def _role_word(word: str) -> Role:
    if _LEAD.match(word):
        return "lead"
    return "support" if _SUPPORT.match(word) else ""


def _outside(text: str, known: Callable[[str], bool], role: Role) -> tuple[list[UnitMention], Role]:
    """The units of a stretch without brackets; a label (牵头单位：) holds until the next."""
    mentions: list[UnitMention] = []
    is_after_slash = False
    for piece in _HARD.split(text):
        if _HARD.fullmatch(piece):
            is_after_slash = "/" in piece
            continue
        name = _NUMBERING.sub("", piece.strip())
        if label := _LABEL.match(squeeze(name)):
            role = _role_word(label[1])
            name = squeeze(name)[label.end() :]
        name = name if known(squeeze(name)) else _ETC.sub("", name)
        mentions += [
            UnitMention(part, False, role, is_after_slash) for part in _soft_parts(name, known) if part
        ]
        is_after_slash = False
    return mentions, role


def _soft_parts(name: str, known: Callable[[str], bool]) -> list[str]:
    whole = squeeze(name)
    if not whole or known(whole):
        return [whole]
    parts = [squeeze(part) for part in _SOFT.split(name) if part.strip()]
    if len(parts) > 1 and all(known(part) for part in parts):
        return parts
    for joint in _SOFT.finditer(name):
        left, right = squeeze(name[: joint.start()]), name[joint.end() :]
        if known(left) and (known(squeeze(right)) or len(_soft_parts(right, known)) > 1):
            return [left, *_soft_parts(right, known)]
    return [whole]


_BEFORE_MARK: Final = r"(?:(?<=^)|(?<=[\s;；。,，:：、)）.!！?？”]))"
_MARKERS: Final = (
    re.compile(
        r"(?<![\dA-Za-z.\-—])(?P<n>\d{1,2})(?:[.．、]|[)）](?![、,，;；。]))(?!\d(?!\d{3}[年.\-/]))[ \t]*"
    ),
    re.compile(rf"{_BEFORE_MARK}(?P<n>[一二三四五六七八九十]{{1,3}})(?:是|要)[,，:：]?"),
    re.compile(r"(?:^|(?<=[\s;；。:：]))第?(?P<n>[一二三四五六七八九十]{1,3})(?:、|[.．])"),
    re.compile(rf"{_BEFORE_MARK}第(?P<n>[一二三四五六七八九十]{{1,3}})[,，、:：]"),
    re.compile(r"[(（](?P<n>\d{1,2})[)）][ \t]*"),
    re.compile(r"[(（](?P<n>[一二三四五六七八九十]{1,3})[)）][ \t]*"),
    re.compile(r"(?P<n>[①-⑳])[ \t]*"),
    re.compile(r"(?P<n>[⑴-⒇])[ \t]*"),
    re.compile(r"(?P<n>[⒈-⒛])[ \t]*"),
)
_FRAME: Final = " \t\r\n;；。"


def split_actions(text: str) -> list[str]:
    """The measures of a cell, markers and trailing ；。 dropped.

    Split at 1. 2. / 一是 二是 / （1） / ① where they count up from one or begin a line; else one.
    Figures in the text (1.5公里, 2018.6.30) are no markers.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    chains = [chain for marker in _MARKERS if (chain := _chain(plain, marker))]
    if not chains:
        whole = plain.strip(_FRAME)
        return [whole] if whole else []
    chain = min(chains, key=lambda matches: (matches[0].start(), -len(matches)))
    ends = [match.start() for match in chain[1:]] + [len(plain)]
    head = plain[: chain[0].start()].strip(_FRAME)
    actions = [head] if head and not (head.endswith((":", "：")) and len(head) <= 16) else []
    actions += [plain[match.end() : end] for match, end in zip(chain, ends, strict=True)]
    return [action for raw in actions if (action := raw.strip(_FRAME))]


def _chain(text: str, marker: re.Pattern[str]) -> list[re.Match[str]]:
    """The markers that count up from one; one alone counts only at the very beginning."""
    chain: list[re.Match[str]] = []
    for match in marker.finditer(text):
        number = _number(match["n"])
        is_line = not text[: match.start()].rpartition("\n")[2].strip()
        if number == len(chain) + 1 or (chain and is_line and "\n" in text[: match.start()]):
            chain.append(match)
    is_alone = len(chain) == 1 and bool(text[: chain[0].start()].strip())
    return [] if is_alone else chain


def _number(mark: str) -> int:
    if mark.isdecimal():
        return int(mark)
    for first in "①⑴⒈":
        if 0 <= ord(mark[0]) - ord(first) < 20:
            return ord(mark[0]) - ord(first) + 1
    return chinese_number(mark) or 0


@dataclass(frozen=True, slots=True)
class PersonPhone:
    """A person and a telephone number taken apart; several are joined with 、."""

    person: str
    phone: str


_PHONE: Final = re.compile(r"(?<!\d)(?:1[3-9]\d[- ]?\d{4}[- ]?\d{4}|0\d{2,3}[- ]?\d{7,8}|[2-8]\d{6,7})(?!\d)")
_PHONE_LABEL: Final = re.compile(r"(?:联系)?(?:电话|手机|方式|号码)[:：]?")
_PERSON_LABEL: Final = re.compile(r"(?:联系人|责任人|负责人|经办人)[:：]")


def split_person_phone(text: str) -> PersonPhone:
    """张三 13800000000 as person and number; the number is empty where there is none."""
    plain = narrow(text)
    phones = [re.sub(r"[ ]", "", match[0]) for match in _PHONE.finditer(plain)]
    if not phones:
        return PersonPhone(text.strip(), "")
    rest = _PHONE_LABEL.sub("", _PHONE.sub("\0", plain))
    rest = _PERSON_LABEL.sub("", rest)
    people = [re.sub(r"^[\s(,;:、/]+|[\s),;:、/(]+$", "", part) for part in rest.split("\0")]
    return PersonPhone("、".join(part for part in people if part), "、".join(phones))
