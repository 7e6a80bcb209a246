"""What comes back: signed for, answered, accepted or returned, reminded; taken back by a new letter."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from PIL import Image

from alerts.access import may_letter
from alerts.models import Letter
from alerts.queries.letter_replies import references
from alerts.queries.letter_sources import SOURCES
from alerts.rules.letters import LetterKind, LetterVerb, is_overdue
from alerts.services.letters import answering, drafting, editing, recalling, signing
from alerts.services.letters.door import LetterMissing, LetterRefused
from issues.models import Evidence, Plan, Report
from issues.rules.records import EvidenceKind
from issues.services.life.evidence import Given, receive
from rectify.lib import clock
from tests.alerts.letters.conftest import Post

pytestmark = pytest.mark.usefixtures("pdf_alone")


def owed(post: Post) -> list[dict[str, object]]:
    """What the scan finds of the campaign's letters."""
    (rows,) = SOURCES[0].rows(post.world.campaign.pk, clock.today())
    return list(rows)


def picture() -> Given:
    stream = BytesIO()
    Image.new("RGB", (40, 30), "white").save(stream, "JPEG")
    stream.seek(0)
    return receive(EvidenceKind.DOCUMENT, "检查.jpg", stream)


@pytest.mark.parametrize("who", ["cadre", "head"])
def test_cadre_and_head_of_the_unit_sign_for_it(post: Post, who: str) -> None:
    letter = answering.receive(post.signed().pk, by=getattr(post.world, who))
    assert letter.state == "received"
    assert letter.received_by == getattr(post.world, who)


def test_neighbours_do_not_find_it_and_who_has_a_copy_does_not_answer(post: Post) -> None:
    letter = post.signed()
    with pytest.raises(LetterMissing):
        answering.receive(letter.pk, by=post.world.neighbour)
    assert Letter.objects.visible_to(post.world.staff).get() == letter  # 住建局 leads the category
    with pytest.raises(LetterRefused, match="这份函件不是发给您单位的，不能由您签收。"):
        answering.receive(letter.pk, by=post.world.staff)
    assert not Letter.objects.visible_to(post.world.stranger).exists()


def test_the_reply_names_plan_report_and_evidence_of_the_letters_issues_alone(post: Post) -> None:
    world, issue = post.world, post.issue()
    other = post.issue()
    for one in (issue, other):
        Report.objects.create(
            issue=one, quantity=2, narrative="已修2户", happened_on=date(2018, 6, 5), unit=world.township,
            reported_by=world.cadre, recorded_at=clock.now(), client_id=f"00000000-0000-4000-8000-{one.pk:012d}",
            receipt=f"HZ{one.pk}",
        )  # fmt: skip
    Plan.objects.create(
        issue=issue,
        version=1,
        state="submitted",
        unit=world.township,
        drafted_by=world.cadre,
        drafted_at=clock.now(),
    )
    letter = post.received(issue)
    offered = references(letter, world.cadre)
    assert [(one.kind, one.issue) for one in offered] == [("plan", issue.number), ("report", issue.number)]
    foreign = Report.objects.get(issue=other)
    with pytest.raises(LetterRefused, match="有一份材料不属于这份函件的问题"):
        answering.answer(letter.pk, "已修2户。", by=world.cadre, refers=[f"report:{foreign.pk}"])
    reply = answering.answer(letter.pk, "已修2户。", by=world.cadre, refers=[one.key for one in offered])
    assert [one["kind"] for one in reply.refers] == ["plan", "report"]
    assert reply.refers[1]["text"].startswith("进展2018年6月6日：完成2户，已修2户")
    letter.refresh_from_db()
    assert letter.state == "answered"


def test_struck_evidence_is_not_offered(post: Post) -> None:
    issue, world = post.issue(), post.world
    Evidence.objects.create(
        issue=issue, kind="after", name="a.jpg", path="x", media_type="image/jpeg", size=1, sha256="0" * 64,
        source_sha256="0" * 64, unit=world.township, uploaded_by=world.cadre, uploaded_at=clock.now(),
        struck_by=world.cadre, struck_at=clock.now(), struck_reason="错",
    )  # fmt: skip
    assert references(post.received(issue), world.cadre) == []


def test_the_office_accepts_the_reply_and_the_letter_is_done(post: Post) -> None:
    letter = answering.accept(post.answered().pk, "已核", by=post.world.second)
    assert letter.state == "closed"
    reply = letter.replies.get()
    assert (reply.state, reply.decided_by, reply.decision_words) == ("accepted", post.world.second, "已核")
    assert owed(post) == []


def test_a_returned_reply_is_owed_again_by_its_new_day(post: Post) -> None:
    letter = post.answered()
    assert owed(post) == []
    with pytest.raises(LetterRefused, match="请写明退回的理由。"):
        answering.return_reply(letter.pk, "", by=post.world.office)
    letter = answering.return_reply(letter.pk, "没有佐证", by=post.world.office, due_on=date(2018, 6, 20))
    assert (letter.state, letter.reply_due_on) == ("received", date(2018, 6, 20))
    (row,) = owed(post)
    assert row["anchor_day"] == date(2018, 6, 20)
    answering.answer(letter.pk, "补上佐证。", by=post.world.cadre)
    assert [reply.state for reply in letter.replies.all()] == ["returned", "pending"]
    assert [reply.due_on for reply in letter.replies.all()] == [date(2018, 6, 13), date(2018, 6, 20)]


def test_the_scan_finds_every_reply_that_is_owed_with_its_day_and_unit(post: Post) -> None:
    signed, received = post.signed(), post.received()
    post.draft()
    post.answered()
    assert owed(post) == [
        {"item_key": letter.pk, "item_number": letter.number, "unit_key": post.world.township.pk,
         "anchor_day": date(2018, 6, 13)}
        for letter in (signed, received)
    ]  # fmt: skip


def test_a_reply_is_overdue_from_the_day_after_it_was_due(post: Post, on_day: Callable[[str], None]) -> None:
    letter = post.received()
    assert not is_overdue(letter.state, letter.reply_due_on, date(2018, 6, 13))
    assert is_overdue(letter.state, letter.reply_due_on, date(2018, 6, 14))


def test_w_043_a_written_self_criticism_comes_as_a_paper_and_is_overdue_until_then(post: Post) -> None:
    world = post.world
    asked = drafting.Wish(LetterKind.SELF_CRITICISM, units=[world.township])
    (letter,) = drafting.draft(world.campaign, asked, by=world.office).letters
    editing.submit(letter.pk, by=world.office)
    signing.sign(letter.pk, by=world.leader)
    letter = answering.receive(letter.pk, by=world.head)
    assert is_overdue(letter.state, letter.reply_due_on, date(2018, 6, 16))
    with pytest.raises(LetterRefused, match="书面检查要附签字盖章的原件"):
        answering.answer(letter.pk, "我单位检查如下。", by=world.head)
    reply = answering.answer(letter.pk, "我单位检查如下。", by=world.head, file=picture())
    assert answering.path_of(reply).read_bytes()
    assert reply.file_name == "检查.jpg"
    assert answering.accept(letter.pk, "", by=world.office).state == "closed"


def test_a_letter_that_asks_no_reply_is_done_once_signed_for(post: Post) -> None:
    recall = recalling.draft_recall(post.signed().pk, "对象有误", by=post.world.office)
    editing.submit(recall.pk, by=post.world.office)
    signing.sign(recall.pk, by=post.world.leader)
    letter = answering.receive(recall.pk, by=post.world.cadre)
    assert (letter.state, letter.closed_at is not None) == ("closed", True)


# --- taken back ---------------------------------------------------------------------------------------------
def test_a_recall_is_a_letter_that_names_the_old_one(post: Post) -> None:
    world, old = post.world, post.received()
    before = [file.sha256 for file in old.files.all()]
    with pytest.raises(LetterRefused, match="请写明撤回的理由。"):
        recalling.draft_recall(old.pk, "", by=world.office)
    recall = recalling.draft_recall(old.pk, "问题已并入另案", by=world.office)
    assert recall.title == "关于撤回整督函〔2018〕1号的函"
    assert recall.body == (
        "2018年6月6日印发的《关于超面积问题整改的督办函》（整督函〔2018〕1号），因问题已并入另案，现予撤回，自本函印发之日起停止执行。"
    )
    with pytest.raises(LetterRefused, match="这份函件已经有一份撤回函在办。"):
        recalling.draft_recall(old.pk, "再撤", by=world.office)
    old.refresh_from_db()
    assert old.state == "received"  # in force until the recall is signed
    editing.submit(recall.pk, by=world.office)
    recall = signing.sign(recall.pk, by=world.leader)
    old.refresh_from_db()
    assert (recall.number, old.state) == ("整撤函〔2018〕1号", "recalled")
    assert [file.sha256 for file in old.files.all()] == before
    assert owed(post) == []
    with pytest.raises(LetterRefused, match="这份函件现在是“已撤回”，不能回复。"):
        answering.answer(old.pk, "迟到的回复", by=world.cadre)
    assert not may_letter(world.office, LetterVerb.RECALL, recall)


def test_a_letter_that_was_closed_meanwhile_is_not_taken_back(post: Post) -> None:
    world, old = post.world, post.answered()
    recall = recalling.draft_recall(old.pk, "有误", by=world.office)
    editing.submit(recall.pk, by=world.office)
    answering.accept(old.pk, "", by=world.office)
    with pytest.raises(LetterRefused, match="整督函〔2018〕1号已是“已办结”，不能再撤回。"):
        signing.sign(recall.pk, by=world.leader)


def test_a_dropped_recall_lets_another_be_drafted(post: Post) -> None:
    old = post.signed()
    editing.drop(recalling.draft_recall(old.pk, "有误", by=post.world.office).pk, by=post.world.office)
    assert recalling.draft_recall(old.pk, "确实有误", by=post.world.office).recalls == old
