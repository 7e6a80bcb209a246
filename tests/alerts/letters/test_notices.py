"""W-081: 4轮次的暗访督查,具体问题107个,整改任务通知书30份: every problem in one notice, or marked 无须通知."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from alerts.models import Letter, LetterItem, NoticeWaiver
from alerts.queries.letter_notices import standing_by_list, without_notice
from alerts.rules.letters import LetterKind
from alerts.services.letters import drafting, editing, notices, recalling, signing
from alerts.services.letters.door import LetterRefused
from issues.models import IssueList
from rectify.lib import clock
from tests import factories
from tests.alerts.letters.conftest import Post
from townships.models import Unit

pytestmark = pytest.mark.usefixtures("pdf_alone")
NOTICE = LetterKind.NOTICE


def test_w_081_four_rounds_of_107_problems_become_30_notices(post: Post) -> None:
    world = post.world
    towns = [factories.unit(f"99000120{at}", f"第{at}镇", "township", world.county) for at in range(8)]
    rounds = [
        factories.issue_list(world.campaign, f"R{at}", f"第{at}轮暗访", locked_at=clock.now())
        for at in range(1, 5)
    ]
    # rounds 1 to 3 visit all eight townships, round 4 six of them: 8 + 8 + 8 + 6 = 30 pairs
    pairs = [
        (listed, town) for listed in rounds for town in towns if listed is not rounds[3] or town in towns[:6]
    ]
    assert len(pairs) == 30
    for at in range(107):
        listed, town = pairs[at % 30]
        made = factories.issue(listed, world.office, township=town, unit=town, state="rectifying")
        factories.responsible(made, town)
    for listed in rounds:
        numbers = [issue.number for issue in without_notice(world.campaign, world.office, listed.code)]
        asked = drafting.Wish(NOTICE, numbers[2:] if listed is rounds[0] else numbers)
        for letter in drafting.draft(world.campaign, asked, by=world.office).letters:
            editing.submit(letter.pk, by=world.office)
            Letter.objects.filter(pk=letter.pk).update(facts_on=date(2018, 6, 6))
        if listed is rounds[0]:
            notices.waive(world.campaign, numbers[:2], "当场整改到位", by=world.office)
    lines = {line.code: line for line in standing_by_list(world.campaign, world.office)}
    counted = [lines[listed.code] for listed in rounds]
    assert sum(line.total for line in counted) == 107
    assert sum(line.noticed for line in counted) == 105
    assert sum(line.waived for line in counted) == 2
    assert sum(line.without for line in counted) == 0
    assert Letter.objects.filter(kind=NOTICE.value).count() == 30
    assert LetterItem.objects.filter(binds=True).values("issue").distinct().count() == 105


def test_w_081_no_problem_stands_in_two_notices(post: Post) -> None:
    world, issue = post.world, post.issue()
    first = post.draft(issue, kind=NOTICE)
    with pytest.raises(
        LetterRefused, match=f"一个问题只进一份整改任务通知书，这些问题已有：{issue.number}（草稿）。"
    ):
        post.draft(issue, kind=NOTICE)
    with pytest.raises(IntegrityError), transaction.atomic():
        LetterItem.objects.create(letter=post.draft(kind=NOTICE), issue=issue, position=9, binds=True)
    editing.submit(first.pk, by=world.office)
    number = signing.sign(first.pk, by=world.leader).number
    with pytest.raises(LetterRefused, match=f"{issue.number}（{number}）"):
        post.draft(issue, kind=NOTICE)
    assert post.draft(issue, kind=LetterKind.SUPERVISION)  # a 督办函 may chase it all the same


def test_an_issue_is_free_again_once_its_notice_is_dropped_or_taken_back(post: Post) -> None:
    world, issue = post.world, post.issue()
    editing.drop(post.draft(issue, kind=NOTICE).pk, by=world.office)
    signed = post.signed(issue, kind=NOTICE)
    recall = recalling.draft_recall(signed.pk, "对象有误", by=world.office)
    editing.submit(recall.pk, by=world.office)
    signing.sign(recall.pk, by=world.leader)
    assert post.draft(issue, kind=NOTICE).items.get().issue == issue


def test_an_issue_of_several_units_goes_into_the_notice_of_the_one_it_is_counted_under(post: Post) -> None:
    world = post.world
    issue = post.issue(units=[world.other, world.township])
    assert post.draft(issue, kind=NOTICE).unit == world.other


def test_marked_as_needing_none_it_gets_none_until_the_mark_is_taken_back(post: Post) -> None:
    world, issue, held = post.world, post.issue(), post.issue()
    post.draft(held, kind=NOTICE)
    with pytest.raises(LetterRefused, match="请写明为什么无须通知。"):
        notices.waive(world.campaign, [issue.number], " ", by=world.office)
    with pytest.raises(LetterRefused, match=f"这些问题已经写进通知书：{held.number}。"):
        notices.waive(world.campaign, [issue.number, held.number], "当场改了", by=world.office)
    with pytest.raises(LetterRefused, match="填报员不能起草函件"):
        notices.waive(world.campaign, [issue.number], "当场改了", by=world.cadre)
    assert notices.waive(world.campaign, [issue.number], "当场改了", by=world.office) == 1
    assert notices.waive(world.campaign, [issue.number], "当场改了", by=world.office) == 0
    with pytest.raises(LetterRefused, match=f"这些问题已标明无须通知：{issue.number}。"):
        post.draft(issue, kind=NOTICE)
    assert notices.unwaive(world.campaign, [issue.number], by=world.office) == 1
    assert not NoticeWaiver.objects.exists()


def test_the_notice_asks_each_issue_what_its_standard_asks(post: Post) -> None:
    world = post.world
    world.category.standard, world.category.standard_on = "人均不超过25平方米", date(2018, 1, 1)
    world.category.save()
    letter = post.signed(post.issue(), kind=NOTICE)
    assert letter.frozen["full"]["table"]["rows"][0][3] == "人均不超过25平方米"
    assert letter.title == "整改任务通知书"
    assert IssueList.objects.get().short_name in letter.body
    assert Unit.objects.get(name="甲镇") == letter.unit
