"""Hints against paper rectification: rules W-026, W-037 and design section 8."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from issues.models import Issue, Report
from issues.queries.hints import hints_of
from issues.queries.reporting import last_movement
from issues.rules.hints import Facts, Sentence, Shot, bare, hints
from issues.rules.records import EvidenceKind
from issues.services.life import evidence, reports
from tests import factories
from tests.issues.life.conftest import World
from tests.issues.life.test_evidence import PDF, photo
from townships.models import User

FOUND = date(2018, 5, 20)
DAY = date(2018, 6, 5)
WORDS = "已组织施工队进场，完成墙体加固和屋面翻修，等待验收"


def facts(**given: Any) -> Facts:
    return Facts(
        FOUND, "户", **{"due": Decimal(12), "claimed": Decimal(0), "amount_claimed": Decimal(0), **given}
    )


def test_where_there_is_nothing_odd_there_is_no_hint() -> None:
    shot = Shot(EvidenceKind.AFTER, "a.jpg", DAY)
    calm = facts(claims=[Decimal(3), Decimal(9)], claimed=Decimal(12), shots=[shot], asks_evidence=True)
    assert hints(calm, []) == []


def test_evidence_of_a_result_older_than_the_issue_is_a_hint_a_photo_of_before_is_not() -> None:
    old = date(2018, 4, 1)
    shots = [Shot(EvidenceKind.AFTER, "a.jpg", old), Shot(EvidenceKind.BEFORE, "b.jpg", old)]
    (said,) = hints(facts(shots=shots), [])
    assert said == "成效照片“a.jpg”的日期是2018年4月1日，早于问题列入的日期（2018年5月20日）。"


def test_everything_in_one_step_is_a_hint_from_ten_on() -> None:
    assert hints(facts(claims=[Decimal(12)], claimed=Decimal(12)), []) == [
        "完成数量由0一次填报为12户，中间没有进展。"
    ]
    assert hints(facts(due=Decimal(9), claims=[Decimal(9)]), []) == []


def test_a_sentence_of_another_unit_is_a_hint_for_who_wrote_it_later() -> None:
    mine = Sentence(2, "甲镇", WORDS)
    other = Sentence(1, "乙镇", WORDS.replace("，", "。") + "3")
    (said,) = hints(facts(sentences=[mine]), [other])
    assert "与乙镇此前写的几乎相同" in said
    assert hints(facts(sentences=[Sentence(0, "甲镇", WORDS)]), [other]) == []
    assert hints(facts(sentences=[mine]), [Sentence(1, "甲镇", WORDS)]) == []
    assert hints(facts(sentences=[mine]), [Sentence(1, "乙镇", WORDS[:14] + "因雨停工，材料未到")]) == []
    short = Sentence(2, "甲镇", "正在整改中")
    assert hints(facts(sentences=[short]), [Sentence(1, "乙镇", "正在整改中")]) == []


def test_numbers_and_marks_do_not_make_a_sentence_another() -> None:
    assert bare("完成 3户。") == bare("完成12户") == "完成户"


def test_a_value_without_proof_is_said_to_be_so() -> None:
    """W-037."""
    assert hints(facts(amount_claimed=Decimal("0.4")), [])[0].startswith("无依据：填报完成金额0.4万元")
    asked = facts(claimed=Decimal(3), asks_evidence=True)
    assert hints(asked, [])[0].startswith("无依据：填报完成3户")
    assert hints(facts(claimed=Decimal(3)), []) == []
    assert hints(facts(amount_claimed=Decimal(1), was_visited=True), []) == []


# --- over rows ----------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def private(settings: Any, tmp_path: Path) -> None:
    settings.PRIVATE_FILES_DIR = tmp_path / "files"


def _say(user: User, issue: Issue, text: str, quantity: int = 0, **more: Any) -> Report:
    return reports.submit(
        user,
        issue.number,
        client_id=uuid4(),
        quantity=Decimal(quantity),
        happened_on=DAY,
        narrative=text,
        **more,
    ).report


def _show(user: User, issue: Issue, kind: EvidenceKind, content: bytes, name: str = "a.jpg") -> Any:
    (file,) = evidence.add(user, issue.pk, [evidence.receive(kind, name, BytesIO(content))])
    return file


def test_the_same_photo_on_two_issues_is_named_a_shared_document_is_not(world: World) -> None:
    """W-026; an issue that the reader does not see is not named."""
    mine = world.issue()
    other = world.issue(units=[world.other], township=world.other, category=None)
    _show(world.cadre, mine, EvidenceKind.AFTER, photo())
    file = _show(world.neighbour, other, EvidenceKind.AFTER, photo())
    for one, by in ((mine, world.cadre), (other, world.neighbour)):
        _show(by, one, EvidenceKind.DOCUMENT, PDF, "通知.pdf")
    assert hints_of([mine.pk, other.pk], world.office) == {
        mine.pk: [f"照片“a.jpg”也用在{other.number}上。"],
        other.pk: [f"照片“a.jpg”也用在{mine.number}上。"],
    }
    assert hints_of([mine.pk], world.staff) == {mine.pk: ["照片“a.jpg”也用在其他问题上。"]}
    evidence.strike(world.neighbour, other.pk, file.pk, "传错")
    assert hints_of([mine.pk], world.office) == {}


def test_words_taken_over_with_the_button_are_exempt(world: World) -> None:
    theirs = world.issue(units=[world.other], township=world.other)
    _say(world.neighbour, theirs, WORDS)
    shared = world.issue(units=[world.township, world.other])
    source = _say(world.neighbour, shared, WORDS)
    copied = world.issue()
    _say(world.cadre, shared, WORDS, copied_from=source.pk)
    assert hints_of([shared.pk], world.office) == {}
    _say(world.cadre, copied, WORDS + "。")
    (said,) = hints_of([copied.pk], world.office)[copied.pk]
    assert "几乎相同" in said


def test_hints_cost_as_many_queries_for_many_issues_as_for_one(world: World) -> None:
    issues = [world.issue() for _ in range(4)]
    for issue in issues:
        _say(world.cadre, issue, WORDS, quantity=10)
        _show(world.cadre, issue, EvidenceKind.AFTER, photo())
    counts = []
    for asked in (issues[:1], issues):
        with CaptureQueriesContext(connection) as queries:
            found = hints_of([issue.pk for issue in asked], world.office)
        assert len(found) == len(asked)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10


# --- movement -----------------------------------------------------------------------------------------------


def test_words_and_documents_move_nothing_quantities_and_results_do(world: World) -> None:
    """W-020, W-027."""
    talked, worked, shown = world.issue(), world.issue(), world.issue()
    for number in range(10):
        _say(world.cadre, talked, f"第{number}次会议传达部署")
    _show(world.cadre, talked, EvidenceKind.DOCUMENT, PDF, "会议纪要.pdf")
    _show(world.cadre, talked, EvidenceKind.BEFORE, photo())
    _say(world.cadre, worked, "完成两户", quantity=2)
    _show(world.cadre, shown, EvidenceKind.ACCEPTANCE, PDF, "验收单.pdf")
    verified = factories.issue(
        world.listed, world.office, quantity=2, claims=[(2, FOUND)], confirmations=[(1, date(2018, 5, 30))]
    )
    assert last_movement([talked.pk, worked.pk, shown.pk, verified.pk]) == {
        worked.pk: DAY,
        shown.pk: date(2018, 6, 6),
        verified.pk: date(2018, 5, 30),
    }
