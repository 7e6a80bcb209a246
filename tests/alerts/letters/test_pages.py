"""Pages of letters: each hand finds its own, the outsider nothing; what is refused says why."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from alerts.models import Letter, LetterWording, NoticeWaiver
from alerts.queries.letter_desk import desk_piles
from alerts.rules.letters import LetterKind
from alerts.services.letters import answering, recalling
from tests.alerts.letters.conftest import Post
from tests.issues.life.test_evidence import photo
from townships.models import User

pytestmark = pytest.mark.usefixtures("pdf_alone")


def page(user: User) -> Client:
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def said(answer: Any) -> str:
    return str(answer.content.decode())


# --- drafting -----------------------------------------------------------------------------------------------
def test_the_office_ticks_issues_and_gets_one_draft_a_unit(post: Post) -> None:
    world = post.world
    mine, other = post.issue(), post.issue(units=[world.other])
    office = page(world.office)
    shown = said(office.get("/letters/draft/?measure=overdue"))
    assert mine.number in shown
    assert other.number in shown
    given = {
        "kind": "order",
        "issue": [mine.number, other.number],
        "basis": "",
        "units": "",
        "reply_due_on": "",
    }
    answer = office.post("/letters/draft/?measure=overdue", given)
    assert answer.url == "/letters/?state=draft&by=mine"
    listed = said(office.get(answer.url))
    assert "甲镇" in listed
    assert "乙镇" in listed
    ids = list(Letter.objects.values_list("pk", flat=True))
    office.post("/letters/submit/", {"letter": ids})
    assert set(Letter.objects.values_list("state", flat=True)) == {"pending"}


def test_one_issue_is_brought_from_its_page(post: Post) -> None:
    issue, office = post.issue(), page(post.world.office)
    assert f"/letters/draft/?issue={issue.number}" in said(office.get(f"/issues/{issue.number}/"))
    assert "checked" in said(office.get(f"/letters/draft/?issue={issue.number}"))
    answer = office.post(
        f"/letters/draft/?issue={issue.number}", {"kind": "supervision", "issue": [issue.number], "units": ""}
    )
    letter = Letter.objects.get()
    assert answer.url == f"/letters/{letter.pk}/"
    assert letter.title in said(office.get(answer.url))


def test_a_unit_is_brought_with_its_overdue_issues_and_the_ground_from_elsewhere(post: Post) -> None:
    issue, fine = post.issue(), post.issue(days_late=-9)
    code = post.world.township.code
    shown = said(page(post.world.office).get(f"/letters/draft/?kind=order&to={code}&basis=《通报》"))
    assert issue.number in shown
    assert fine.number not in shown
    assert 'value="甲镇"' in shown
    assert 'value="《通报》"' in shown
    assert '<option value="order" selected>' in shown


def test_a_refused_draft_keeps_what_was_typed(post: Post) -> None:
    office = page(post.world.office)
    answer = office.post("/letters/draft/", {"kind": "order", "basis": "《方案》", "units": "没有的镇"})
    assert answer.status_code == 422
    assert "没有的镇" in said(answer)
    answer = office.post("/letters/draft/", {"kind": "order", "basis": "《方案》", "units": ""})
    assert "请选择要写进函件的问题，或者写明主送单位。" in said(answer)
    assert "《方案》" in said(answer)
    assert office.get("/letters/draft/?measure=nonsense").status_code == 400


# --- mending ------------------------------------------------------------------------------------------------
def form_of(letter: Letter, **changes: object) -> dict[str, object]:
    return {
        "version": letter.version, "title": letter.title, "body": letter.body, "demands": letter.demands,
        "basis": "", "reply_due_on": letter.reply_due_on or "", "copies": "", "contact": "", **changes,
    }  # fmt: skip


def test_a_draft_is_mended_on_its_page(post: Post) -> None:
    letter, office = post.draft(kind=LetterKind.NOTICE), page(post.world.office)
    item = letter.items.get()
    given = form_of(
        letter,
        title="整改任务通知书（二）",
        copies="某县住建局\n副县长周某",
        **{f"requirement-{item.pk}": "换瓦"},
    )
    assert office.post(f"/letters/{letter.pk}/edit/", given).status_code == 302
    letter.refresh_from_db()
    assert letter.title == "整改任务通知书（二）"
    assert [(copy.name, copy.unit) for copy in letter.copies.all()] == [
        ("某县住建局", post.world.department),
        ("副县长周某", None),
    ]
    assert "换瓦" in said(office.get(f"/letters/{letter.pk}/"))


def test_a_stale_form_shows_both_and_takes_the_second_attempt(post: Post) -> None:
    letter = post.draft()
    office, second = page(post.world.office), page(post.world.second)
    second.post(f"/letters/{letter.pk}/edit/", form_of(letter, title="同事的标题"))
    answer = office.post(f"/letters/{letter.pk}/edit/", form_of(letter, title="我的标题"))
    assert answer.status_code == 409
    assert "这份函件已被他人修改" in said(answer)
    assert "同事的标题" in said(answer)
    assert 'value="我的标题"' in said(answer)
    assert 'name="version" value="2"' in said(answer)


def test_a_letter_that_is_pending_is_not_mended(post: Post) -> None:
    letter = post.pending()
    answer = page(post.world.office).get(f"/letters/{letter.pk}/edit/")
    assert answer.status_code == 409
    assert "等县领导签发，不能修改。" in said(answer)


def test_a_draft_is_written_anew_from_its_page(post: Post, on_day: Callable[[str], None]) -> None:
    letter, office = post.draft(), page(post.world.office)
    on_day("2018-06-07")
    assert "正文里的情况截至2018年6月6日" in said(office.get(f"/letters/{letter.pk}/"))
    office.post(f"/letters/{letter.pk}/edit/", {"redraft": "1"})
    letter.refresh_from_db()
    assert "截至2018年6月7日" in letter.body


# --- from hand to hand --------------------------------------------------------------------------------------
def test_a_letter_goes_from_hand_to_hand(post: Post) -> None:
    world, letter = post.world, post.draft()
    at = f"/letters/{letter.pk}/"
    office, leader, cadre, head = (page(world.people[name]) for name in ("office", "leader", "cadre", "head"))
    assert cadre.get(at).status_code == 404
    office.post(f"{at}submit/", {"version": "1"})
    assert ">签发</button>" in said(leader.get(at))
    leader.post(f"{at}send_back/", {"words": "期限改到20日", "version": "2"})
    assert "期限改到20日" in said(office.get(at))
    office.post(f"{at}submit/", {})
    leader.post(f"{at}sign/", {})
    letter.refresh_from_db()
    assert letter.number == "整督函〔2018〕1号"
    assert ">签收</button>" in said(cadre.get(at))
    head.post(f"{at}receive/", {})
    assert "回复" in said(cadre.get(f"{at}answer/"))
    cadre.post(f"{at}answer/", {"words": "屋面已修。", "version": ""})
    office.post(f"{at}return/", {"words": "没有佐证", "due_on": "2018-06-20"})
    assert "没有佐证" in said(cadre.get(at))
    cadre.post(f"{at}answer/", {"words": "佐证已报。"})
    office.post(f"{at}accept/", {"words": ""})
    letter.refresh_from_db()
    assert letter.state == "closed"
    told = said(cadre.get(at))
    for words in ("签发整督函〔2018〕1号", "甲镇签收整督函〔2018〕1号", "已退回", "已同意"):
        assert words in told
    assert "退回“" not in told  # what passed inside the office stays there
    assert "退回“" in said(office.get(at))


def test_a_refused_act_says_why_and_keeps_the_words(post: Post) -> None:
    letter, office = post.signed(), page(post.world.office)
    answer = office.get(f"/letters/{letter.pk}/accept/")
    assert answer.status_code == 409
    assert "这份函件现在是“待签收”，等主送单位签收，不能同意办结。" in said(answer)
    answer = page(post.world.leader).post(f"/letters/{post.pending().pk}/send_back/", {"words": ""})
    assert answer.status_code == 422
    assert office.get(f"/letters/{letter.pk}/fly/").status_code == 404
    stale = page(post.world.leader).post(f"/letters/{post.pending().pk}/sign/", {"version": "1"})
    assert stale.status_code == 409
    assert "这份函件已被他人修改" in said(stale)


def test_w_043_the_paper_of_a_self_criticism_is_sent_and_read(post: Post) -> None:
    world = post.world
    letter = post.signed(kind=LetterKind.SELF_CRITICISM)
    answering.receive(letter.pk, by=world.cadre)
    cadre, at = page(world.cadre), f"/letters/{letter.pk}/"
    assert cadre.post(f"{at}answer/", {"words": "检查如下"}).status_code == 422
    upload = SimpleUploadedFile("检查.jpg", photo())
    assert cadre.post(f"{at}answer/", {"words": "检查如下", "paper": upload}).status_code == 302
    reply = letter.replies.get()
    answer = page(world.office).get(f"{at}replies/{reply.pk}/file/")
    assert answer.content[:2] == b"\xff\xd8"
    assert page(world.neighbour).get(f"{at}replies/{reply.pk}/file/").status_code == 404


def test_a_recall_is_drafted_from_the_letter_and_the_unit_learns_of_it_when_it_is_signed(post: Post) -> None:
    old, office, cadre = post.received(), page(post.world.office), page(post.world.cadre)
    answer = office.post(f"/letters/{old.pk}/recall/", {"words": "问题已并入另案"})
    recall = Letter.objects.get(recalls=old)
    assert answer.url == f"/letters/{recall.pk}/"
    assert "已起草" in said(office.get(f"/letters/{old.pk}/"))
    assert "撤回" not in said(cadre.get(f"/letters/{old.pk}/"))
    office.post(f"/letters/{recall.pk}/submit/", {})
    page(post.world.leader).post(f"/letters/{recall.pk}/sign/", {})
    assert "已由" in said(cadre.get(f"/letters/{old.pk}/"))


# --- files and names ----------------------------------------------------------------------------------------
def test_the_file_is_the_frozen_one_and_the_office_reads_the_masked_edition(post: Post) -> None:
    letter = post.signed(post.issue(household="罗长明"), post.issue())
    at = f"/letters/{letter.pk}/pdf/"
    for who, edition in (
        (post.world.cadre, "full"),
        (post.world.office, "masked"),
        (post.world.staff, "masked"),
    ):
        answer = page(who).get(at)
        kept = letter.files.get(edition=edition, format="pdf")
        assert len(answer.content) == kept.size
        assert answer["Content-Type"] == "application/pdf"
        assert page(who).get(at).content == answer.content
    assert page(post.world.neighbour).get(at).status_code == 404
    assert "罗长明" in said(page(post.world.cadre).get(f"/letters/{letter.pk}/"))
    for who in (post.world.office, post.world.leader, post.world.staff):
        shown = said(page(who).get(f"/letters/{letter.pk}/"))
        assert "罗长明" not in shown
        assert "罗**" in shown


# --- the list and the desk ----------------------------------------------------------------------------------
def test_the_list_is_narrowed_by_kind_state_unit_and_overdue_replies(
    post: Post, on_day: Callable[[str], None]
) -> None:
    world = post.world
    first = post.received()
    second = post.signed(post.issue(units=[world.other]), kind=LetterKind.REMINDER)
    draft, office = post.draft(), page(world.office)
    assert "共 <strong>3</strong> 份" in said(office.get("/letters/"))
    on_day("2018-06-14")
    for query, numbers in (
        ("kind=reminder", [second.number]),
        ("state=overdue", [first.number, second.number]),
        ("state=received", [first.number]),
        (f"unit={world.other.code}", [second.number]),
        ("year=2018", [first.number, second.number]),
        (f"issue={first.items.get().issue.number}", [first.number]),
        ("q=乙镇", [second.number]),
    ):
        shown = said(office.get(f"/letters/?{query}"))
        assert [one for one in (first.number, second.number) if one in shown] == numbers, query
    assert "逾期1天" in said(office.get("/letters/"))
    assert f"/letters/{draft.pk}/" in said(office.get("/letters/?state=draft&by=mine"))
    assert office.get("/letters/?unit=nowhere").status_code == 400
    assert office.get("/letters/?state=flying").status_code == 400


def test_a_unit_sees_its_own_and_its_copies_alone(post: Post) -> None:
    mine = post.signed()
    other = post.signed(post.issue(units=[post.world.other]))
    shown = said(page(post.world.cadre).get("/letters/"))
    assert mine.number in shown
    assert other.number not in shown
    assert other.number in said(page(post.world.staff).get("/letters/"))  # copied to 住建局
    assert page(post.world.cadre).get(f"/letters/{other.pk}/").status_code == 404


def test_what_waits_lies_on_the_desk_of_whose_hand_is_next(post: Post) -> None:
    world = post.world
    post.pending()
    post.signed()
    post.received()
    post.answered()
    recalling.draft_recall(Letter.objects.get(state="received").pk, "有误", by=world.office)
    piles = {
        who: {pile.label: pile.count for pile in desk_piles(world.people[who], world.campaign)}
        for who in ("leader", "cadre", "head", "office", "staff", "neighbour")
    }
    unit = {"待签收函件": 1, "待回复函件": 1}
    assert piles == {
        "leader": {"待签发函件": 1}, "cadre": unit, "head": unit,
        "office": {"待审回复函件": 1, "我的函件草稿": 1}, "staff": {}, "neighbour": {},
    }  # fmt: skip
    desk = said(page(world.cadre).get("/"))
    assert "待签收函件" in desk
    assert "/letters/?campaign=gj2018&amp;state=signed" in desk


def test_the_queries_of_the_list_do_not_grow_with_the_letters(post: Post) -> None:
    def count() -> int:
        client = page(post.world.office)
        client.get("/letters/")
        with CaptureQueriesContext(
            connection,
        ) as captured:
            assert client.get("/letters/").status_code in (200, 304)
        return len(captured)

    post.draft()
    before = count()
    for _ in range(4):
        post.draft(post.issue(), post.issue())
    assert count() <= before


# --- notices and words --------------------------------------------------------------------------------------
def test_w_081_the_page_of_notices_marks_and_drafts(post: Post) -> None:
    first, second = post.issue(), post.issue()
    office = page(post.world.office)
    assert "还没有通知" in said(office.get("/letters/notices/"))
    at = "/letters/notices/?list=L1"
    assert office.post(at, {"issue": [first.number], "reason": ""}).status_code == 422
    office.post(at, {"issue": [first.number], "reason": "当场改了"})
    assert NoticeWaiver.objects.get().issue == first
    shown = said(office.get(at))
    assert "当场改了" in shown
    answer = office.post(at, {"issue": [second.number], "draft": "1"})
    assert answer.url == f"/letters/draft/?kind=notice&issue={second.number}"
    office.post(at, {"unwaive": first.number})
    assert not NoticeWaiver.objects.exists()
    assert office.get("/letters/notices/?list=none").status_code == 404


def test_the_words_of_a_kind_are_kept_only_where_every_field_is_known(post: Post) -> None:
    office, at = page(post.world.office), "/letters/words/order/"
    given = {
        "mark": "某限",
        "days": "8",
        "title": "限期整改",
        "body": "{单拉}请改。",
        "demands": "{回复日}前改。",
        "organ": "",
    }
    answer = office.post(at, given)
    assert answer.status_code == 422
    assert "第1行的“{单拉}”不是可用的栏目；可用的有单位、工作" in said(answer)
    assert not LetterWording.objects.exists()
    for field, text, why in (
        ("body", "{单位", "第1行的花括号没有成对"),
        ("demands", "{单位!r}", "第1行的花括号没有成对"),
        ("title", "{}", "第1行的“{}”不是可用的栏目"),
        ("mark", "整〔2018〕", "机关代字只写代字"),
        ("mark", "整督\u200b函", "只能用汉字和英文字母"),
        ("mark", "整\u00ad督函", "只能用汉字和英文字母"),
        ("mark", "(整督)", "只能用汉字和英文字母"),
    ):
        broken = {**given, "body": "请改。", field: text}
        assert why in said(office.post(at, broken)), field
    assert office.post(at, {**given, "body": "{单位}请改。"}).status_code == 302
    assert "本县的" in said(office.get("/letters/words/"))
    letter = post.draft(kind=LetterKind.ORDER)
    assert (letter.body, letter.mark, letter.reply_due_on) == ("甲镇请改。", "某限", date(2018, 6, 18))
    office.post(at, {"shipped": "1"})
    assert not LetterWording.objects.exists()
