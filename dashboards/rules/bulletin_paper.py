"""A bulletin as an official document: sections become headings, paragraphs, tables and bars of GB/T 9704."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboards.rules.bulletin_grids import Chart, Grid
from dashboards.rules.bulletin_sections import Section
from rectify.lib import official

NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
NARROW = 12
"""Millimetres up to which a column's figures stand in the middle."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What stands around the sections. ``number`` and ``day`` are empty before the signature; ``organ`` as in
    the red head, ``signed`` as below the text; ``correction``: what a 更正 says first."""

    title: str
    organ: str
    signed: str
    number: str
    day: str
    addressed_to: str
    copied_to: Sequence[str]
    opening: str
    correction: str = ""


def head_of(facts: Facts) -> official.Letterhead:
    """红头 and 版记."""
    return official.Letterhead(
        organ=facts.organ,
        number=facts.number,
        copied_to=facts.copied_to,
        printed_by=facts.signed,
        printed_on=facts.day,
    )


def parts_of(facts: Facts, sections: Sequence[Section]) -> list[official.Part]:
    """Everything between title and 版记, in reading order."""
    parts: list[official.Part] = []
    if facts.addressed_to:
        parts.append(official.Paragraph(f"{facts.addressed_to.rstrip('：:')}：", is_addressed=True))
    parts += _paragraphs((facts.correction, facts.opening))
    numbers = _Numbers()
    for numeral, section in zip(NUMERALS, sections, strict=False):
        parts.append(official.Heading(f"{numeral}、{section.part.label}"))
        parts += _paragraphs((*section.sentences, section.prose))
        parts += [_table(grid, numbers.next_table()) for grid in section.grids]
        parts += [official.Paragraph(f"注：{remark}", is_small=True) for remark in section.remarks]
        parts += [_bars(chart, numbers.next_chart()) for chart in section.charts]
    parts.append(official.Issued(facts.signed, facts.day or "（签发后填写）"))
    return parts


def length_of(facts: Facts, sections: Sequence[Section]) -> int:
    """Characters of the text, tables and bars apart."""
    texts = [facts.title, facts.correction, facts.opening]
    for section in sections:
        texts += [section.part.label, *section.sentences, section.prose, *section.remarks]
    return sum(len("".join(text.split())) for text in texts)


def _paragraphs(texts: Sequence[str]) -> Iterator[official.Part]:
    for text in texts:
        for line in text.splitlines():
            if line.strip():
                yield official.Paragraph(line.strip())


class _Numbers:
    """表1, 表2, …, 图1, …"""

    def __init__(self) -> None:
        self._tables = self._charts = 0

    def next_table(self) -> str:
        self._tables += 1
        return f"表{self._tables}"

    def next_chart(self) -> str:
        self._charts += 1
        return f"图{self._charts}"


def _table(grid: Grid, number: str) -> official.TableOut:
    columns = tuple(zip(grid.heads, grid.widths, strict=True))
    narrow = frozenset(at for at, (_, width) in enumerate(columns) if width <= NARROW)
    every = frozenset(range(len(columns)))
    return official.TableOut(
        columns=columns,
        rows=[[cell.text for cell in row] for row in grid.rows],
        centred=narrow,
        figures=every - grid.words - narrow,
        strong=grid.totals,
        is_dense=True,
        caption=f"{number}　{grid.caption}",
    )


def _bars(chart: Chart, number: str) -> official.Bars:
    rest = f"，前{len(chart.rows)}位" if chart.rest else ""
    bars = [official.Bar(row.name, row.shown.text, row.share) for row in chart.rows]
    return official.Bars(f"{number}　{chart.caption}{rest}", bars)
