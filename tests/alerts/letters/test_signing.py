"""Signing: by another hand, numbered once, frozen; every later print is the same bytes."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, connections, transaction
from docx import Document
from pypdf import PdfReader

from alerts.models import Letter, LetterFile
from alerts.queries.letter_papers import paper_of
from alerts.rules.letter_paper import Paper
from alerts.rules.letters import LetterKind
from alerts.services.letters import printing, signing
from alerts.services.letters.door import LetterMissing, LetterRefused
from issues.models import Issue
from issues.rules.stages import State
from rectify.lib import clock
from tests import factories
from tests.alerts.letters.conftest import Post
from townships.models import Event


def contents(letter: Letter) -> dict[str, bytes]:
    found = {f"{file.edition}.{file.format}": printing.content_of(file) for file in letter.files.all()}
    assert None not in found.values()
    return found  # type: ignore[return-value]


def text_of(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_a_signed_letter_has_its_number_its_day_and_both_files(post: Post) -> None:
    letter = post.signed()
    assert (letter.number, letter.state) == ("整督函〔2018〕1号", "signed")
    assert letter.signed_on == date(2018, 6, 6)
    files = contents(letter)
    assert set(files) == {"full.docx", "full.pdf"}
    for name, content in files.items():
        edition, form = name.split(".")
        kept = letter.files.get(edition=edition, format=form)
        assert kept.sha256 == hashlib.sha256(content).hexdigest()
        assert kept.size == len(content)
    event = Event.objects.get(subject_type="letter", action="letter_sign")
    assert event.facts["files"]["full.pdf"] == letter.files.get(format="pdf").sha256
    said = text_of(files["full.pdf"]).replace("\n", "")
    for words in ("整督函〔2018〕1号", "关于超面积问题整改的督办函", "甲镇：", "2018年6月6日"):
        assert words in said
    document = Document(io.BytesIO(files["full.docx"]))
    assert "关于超面积问题整改的督办函" in [paragraph.text for paragraph in document.paragraphs]


def test_a_reprint_is_the_same_bytes_whatever_became_of_the_issue(post: Post) -> None:
    issue = post.issue()
    letter = post.signed(issue, post.issue())
    before = contents(letter)
    Issue.objects.filter(pk=issue.pk).update(description="改过的说法", due_on=date(2018, 7, 1))
    post.world.township.name = "改名镇"
    post.world.township.save()
    letter = Letter.objects.get(pk=letter.pk)
    assert contents(letter) == before
    paper = paper_of(letter, clock.today(), is_full=True)
    assert paper.addressee == "甲镇"
    assert letter.signed_at is not None
    again = printing.printed(paper, made_at=letter.signed_at)
    assert again == {name.partition(".")[2]: content for name, content in before.items()}


def test_a_file_that_was_changed_is_not_given_out(post: Post) -> None:
    kept = post.signed().files.get(format="pdf")
    path = settings.PRIVATE_FILES_DIR / kept.path
    path.write_bytes(path.read_bytes() + b" ")
    assert printing.content_of(kept) is None
    path.unlink()
    assert printing.content_of(kept) is None


def test_the_author_never_signs_and_others_are_told_who_does(post: Post) -> None:
    world, letter = post.world, post.pending()
    with pytest.raises(LetterRefused, match="整改办／督查室不能签发函件，可由县领导办理。"):
        signing.sign(letter.pk, by=world.office)
    type(world.office).objects.filter(pk=world.office.pk).update(role="leader")
    world.office.refresh_from_db()
    with pytest.raises(LetterRefused, match="起草人不能签发自己起草的函件，请由另一位领导办理。"):
        signing.sign(letter.pk, by=world.office)
    with pytest.raises(LetterMissing):
        signing.sign(letter.pk, by=world.cadre)
    with pytest.raises(IntegrityError), transaction.atomic():
        Letter.objects.filter(pk=letter.pk).update(signed_by=world.office)
    assert not LetterFile.objects.exists()


def test_a_leader_of_another_county_does_not_find_it(post: Post) -> None:
    letter = post.pending()
    elsewhere = factories.unit("990002", "邻县", "county")
    with pytest.raises(LetterMissing):
        signing.sign(letter.pk, by=factories.user("leader", elsewhere))


def test_what_became_unfit_is_not_signed(post: Post, on_day: Callable[[str], None]) -> None:
    issue = post.issue()
    letter = post.pending(issue)
    Issue.objects.filter(pk=issue.pk).update(state=State.CLOSED.value)
    with pytest.raises(LetterRefused, match=f"这些问题已经办结，请先从函件中去掉：{issue.number}。"):
        signing.sign(letter.pk, by=post.world.leader)
    Issue.objects.filter(pk=issue.pk).update(state=State.RECTIFYING.value)
    on_day("2018-06-13")
    with pytest.raises(LetterRefused, match="回复期限2018年6月13日已到，请先改期。"):
        signing.sign(letter.pk, by=post.world.leader)


def test_the_leader_sends_it_back_with_words(post: Post) -> None:
    letter = post.pending()
    with pytest.raises(LetterRefused, match="请写明退回修改的意见。"):
        signing.send_back(letter.pk, " ", by=post.world.leader)
    letter = signing.send_back(letter.pk, "期限太紧", by=post.world.leader)
    assert (letter.state, letter.sent_back_words) == ("draft", "期限太紧")


def test_a_failed_signature_gives_its_number_back_and_leaves_no_file(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    letter = post.pending()
    folder = settings.PRIVATE_FILES_DIR / "letters" / str(letter.pk)
    before = set(folder.glob("*"))
    with monkeypatch.context() as patch:
        patch.setattr(printing, "WRITERS", {"docx": printing.write_document, "pdf": lambda *_, **__: 1 / 0})
        with pytest.raises(ZeroDivisionError):
            signing.sign(letter.pk, by=post.world.leader)
    assert set(folder.glob("*")) == before
    assert signing.sign(letter.pk, by=post.world.leader).number == "整督函〔2018〕1号"


# --- numbers ------------------------------------------------------------------------------------------------
def test_each_kind_and_each_year_counts_from_one(post: Post, on_day: Callable[[str], None]) -> None:
    numbers = [post.signed().number, post.signed().number, post.signed(kind=LetterKind.REMINDER).number]
    on_day("2019-01-02")
    numbers.append(post.signed(post.issue()).number)
    assert numbers == ["整督函〔2018〕1号", "整督函〔2018〕2号", "整提函〔2018〕1号", "整督函〔2019〕1号"]


@pytest.mark.django_db(transaction=True)
def test_signatures_at_the_same_moment_get_numbers_of_their_own(post: Post) -> None:
    letters = [post.pending() for _ in range(6)]

    def sign(letter: Letter) -> str:
        try:
            return signing.sign(letter.pk, by=post.world.leader).number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        numbers = list(pool.map(sign, letters))
    assert sorted(numbers) == [f"整督函〔2018〕{serial}号" for serial in range(1, 7)]


@pytest.mark.django_db(transaction=True)
def test_two_signatures_on_one_letter_are_one(post: Post) -> None:
    letter = post.pending()

    def sign(_: int) -> Any:
        try:
            return signing.sign(letter.pk, by=post.world.leader).number
        except LetterRefused as refused:
            return str(refused)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(sign, range(2)))
    assert said == ["整督函〔2018〕1号", "这份函件现在是“待签收”，等主送单位签收，不能签发。"]
    assert LetterFile.objects.filter(letter=letter).count() == 2


# --- household names (design, section 7) --------------------------------------------------------------------
def test_household_names_are_clear_for_their_township_alone(post: Post) -> None:
    letter = post.signed(post.issue(household="罗长明"), post.issue(household="王小五"))
    files = contents(letter)
    assert set(files) == {"full.docx", "full.pdf", "masked.docx", "masked.pdf"}
    assert "罗长明" in text_of(files["full.pdf"])
    masked = text_of(files["masked.pdf"])
    assert "罗长明" not in masked
    assert "罗**" in masked


def test_another_townships_household_is_masked_even_for_the_addressee(post: Post) -> None:
    world = post.world
    letter = post.signed(post.issue(household="罗长明", units=[world.other]), post.issue(units=[world.other]))
    assert letter.unit == world.other
    files = contents(letter)
    assert set(files) == {"full.docx", "full.pdf"}
    assert "罗长明" not in text_of(files["full.pdf"])


def test_identity_numbers_never_leave(post: Post) -> None:
    issue = post.issue(description="户主身份证510524198001011234，电话13812345678")
    for content in contents(post.signed(issue, post.issue())).values():
        assert b"510524198001011234" not in content
    said = text_of(contents(Letter.objects.get())["full.pdf"]).replace("\n", "")
    assert "510524********1234" in said
    assert "13812345678" not in said


def test_a_paper_comes_back_from_json_as_it_was_frozen(post: Post) -> None:
    letter = post.signed(post.issue(), post.issue(), kind=LetterKind.NOTICE)
    paper = Paper.thawed(letter.frozen["full"])
    assert paper.frozen() == {**letter.frozen["full"], **_tuples(paper)}
    assert paper.has_receipt
    assert paper.table is not None
    assert [row[0] for row in paper.table.rows] == ["1", "2"]


def _tuples(paper: Paper) -> dict[str, Any]:
    frozen = paper.frozen()
    return {name: frozen[name] for name in ("body", "demands", "copies", "table", "attached")}


@pytest.mark.parametrize(("times", "is_on_first_page"), [(6, False), (1, True)])
def test_rows_of_long_texts_go_on_over_pages_and_nothing_is_cut(
    post: Post, times: int, is_on_first_page: bool
) -> None:
    long = "屋面漏雨没有修好，排水沟没有疏通，院坝没有硬化，厕所没有改造，" * times
    issues = [post.issue(description=f"{long}末尾{at:02d}号") for at in range(10)]
    letter = post.signed(*issues, kind=LetterKind.NOTICE)
    read = PdfReader(io.BytesIO(contents(letter)["full.pdf"]))
    pages = [one.extract_text().replace("\n", "") for one in read.pages]
    said = "".join(pages)
    assert all(f"末尾{at:02d}号" in said for at in range(10))
    assert all("整改要求" in one for one in pages if "末尾" in one)  # the head is repeated
    assert (issues[0].number in pages[0]) == is_on_first_page
