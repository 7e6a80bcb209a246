"""Everything that may be warned of. A new source is one more name here (how to write it: source.py)."""

from __future__ import annotations

from alerts.queries import issue_sources, letter_sources, office_sources, project_sources, round_sources
from alerts.queries.source import Source
from alerts.rules.ladder import Subject

SOURCES: dict[Subject, Source] = {
    source.subject: source
    for source in (
        *issue_sources.SOURCES,
        *project_sources.SOURCES,
        *office_sources.SOURCES,
        *round_sources.SOURCES,
        *letter_sources.SOURCES,
    )
}
