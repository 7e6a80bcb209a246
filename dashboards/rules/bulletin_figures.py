"""Figures that somebody typed into the prose and the snapshot does not know: a hint before the signature."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from dashboards.rules.bulletin_sections import Section

_DATE = re.compile(r"\d{4}年(\d{1,2}月)?(\d{1,2}日)?|\d{1,2}月(\d{1,2}[日—至])?|\d{1,2}日")
_FIGURE = re.compile(r"\d[\d,]*(?:\.\d+)?%?")
SMALL = 10
"""Numbers below it stand for counts of measures and meetings rather than for figures."""


def unknown_figures(prose: Iterable[str], sections: Sequence[Section]) -> list[str]:
    """The typed figures that no sentence and no table of the bulletin holds, each once; days are none."""
    known = set(_figures(_printed(sections)))
    typed = _figures([_DATE.sub(" ", text) for text in prose])
    return list(dict.fromkeys(one for one in typed if one not in known and not _is_small(one)))


def _printed(sections: Sequence[Section]) -> list[str]:
    cells = [cell.text for one in sections for grid in one.grids for row in grid.rows for cell in row]
    return [*cells, *(sentence for one in sections for sentence in one.sentences)]


def _figures(texts: Iterable[str]) -> list[str]:
    return [found.replace(",", "") for text in texts for found in _FIGURE.findall(text)]


def _is_small(figure: str) -> bool:
    return figure.isdigit() and int(figure) < SMALL
