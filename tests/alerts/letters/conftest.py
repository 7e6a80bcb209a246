"""The small county of the issues' life, and letters that stand at every step of their own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from alerts.models import Letter
from alerts.rules.letters import LetterKind
from alerts.services.letters import answering, drafting, editing, printing, signing
from issues.models import Issue
from tests.issues.life.conftest import World, world  # noqa: F401 - the fixture
from townships.models import Unit


@dataclass
class Post:
    """Letters of the world, brought to a step by the hands whose step it is."""

    world: World

    def issue(self, *, days_late: int = 6, **fields: Any) -> Issue:
        """An issue of 甲镇, of 10 户 unless said, due so many days before 2018-06-06."""
        due = date.fromordinal(date(2018, 6, 6).toordinal() - days_late)
        fields = {"deadline_class": "dated", "due_on": due, "description": "屋面漏雨没有修好", **fields}
        return self.world.issue(**fields)

    def draft(self, *issues: Issue, kind: LetterKind = LetterKind.SUPERVISION, **wish: Any) -> Letter:
        chosen = issues or (self.issue(),)
        asked = drafting.Wish(kind, [issue.number for issue in chosen], **wish)
        (letter,) = drafting.draft(self.world.campaign, asked, by=self.world.office).letters
        return letter

    def pending(self, *issues: Issue, **wish: Any) -> Letter:
        return editing.submit(self.draft(*issues, **wish).pk, by=self.world.office)

    def signed(self, *issues: Issue, **wish: Any) -> Letter:
        return signing.sign(self.pending(*issues, **wish).pk, by=self.world.leader)

    def received(self, *issues: Issue, **wish: Any) -> Letter:
        return answering.receive(self.signed(*issues, **wish).pk, by=self.world.cadre)

    def answered(self, *issues: Issue, **wish: Any) -> Letter:
        letter = self.received(*issues, **wish)
        answering.answer(letter.pk, "屋面已经全部修好，正在申请销号。", by=self.world.cadre)
        letter.refresh_from_db()
        return letter


@pytest.fixture
def pdf_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Signatures write the PDF alone, for tests that are not about files: Word takes five times as long."""
    monkeypatch.setattr(printing, "WRITERS", {"pdf": printing.write_pdf})


@pytest.fixture
def post(world: World) -> Post:  # noqa: F811 - the fixture
    return Post(world)


@pytest.fixture
def units(post: Post) -> Callable[[str], Unit]:
    return lambda name: Unit.objects.get(name=name)
