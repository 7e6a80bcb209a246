"""Drafting: one letter a unit, its text from the facts, refused in words."""

from __future__ import annotations

from datetime import date

import pytest

from alerts.models import Letter, LetterWording
from alerts.rules.letters import LetterKind
from alerts.services.letters import drafting, editing
from alerts.services.letters.door import LetterMissing, LetterRefused, LetterStale
from issues.models import Issue
from issues.rules.stages import State
from rectify.lib import clock
from tests.alerts.letters.conftest import Post
from townships.models import Event, Seat, Unit

K = LetterKind


def test_the_text_says_what_is_wrong_since_when_and_by_when_the_reply_comes(post: Post) -> None:
    issue = post.issue(days_late=6, claims=[(4, date(2018, 6, 1))])
    letter = post.draft(issue, basis="《百日攻坚实施方案》")
    assert letter.title == "关于超面积问题整改的督办函"
    assert letter.body.splitlines() == [
        "根据《百日攻坚实施方案》，百日攻坚中由你单位负责整改的超面积问题，共1个，没有按期整改到位，现予督办。",
        f"该问题（{issue.number}）为：屋面漏雨没有修好（甲镇）。应整改10户，整改时限为2018年5月31日；"
        "截至2018年6月6日，已整改4户，还有6户没有整改，已超过整改时限6天。",
    ]
    # five working days: 6月7、8、11、12、13日
    assert letter.reply_due_on == date(2018, 6, 13)
    assert "请于2018年6月13日前将整改措施、进展和完成日期书面反馈" in letter.demands
    assert letter.unit == post.world.township
    assert letter.number == ""


def test_several_issues_are_summed_by_what_they_are_counted_in(post: Post) -> None:
    late, fine = post.issue(days_late=9), post.issue(days_late=-20, counted_in="个", quantity=3)
    letter = post.draft(late, fine)
    assert (
        "截至2018年6月6日，这2个问题，还有10户、3个没有整改，其中1个超过整改时限，最长的超过9天，"
        "各项问题的时限和进展见附件。" in letter.body
    )


def test_a_batch_is_one_draft_for_each_unit_that_answers(post: Post) -> None:
    world = post.world
    mine, both = post.issue(), post.issue(units=[world.township, world.other])
    asked = drafting.Wish(K.SUPERVISION, [mine.number, both.number])
    made = drafting.draft(world.campaign, asked, by=world.office).letters
    named = {letter.unit.name: [item.issue for item in letter.items.all()] for letter in made}
    assert named == {"甲镇": [mine, both], "乙镇": [both]}


def test_w_038_the_leader_in_charge_and_the_lead_department_are_copied(post: Post) -> None:
    world = post.world
    world.leader.title = "副县长"
    world.leader.save()
    Seat.objects.create(unit=world.township, duty="leader_in_charge", user=world.leader)
    letter = post.draft()
    assert [copy.name for copy in letter.copies.all()] == ["副县长leader", "某县住建局"]
    assert letter.copies.get(name="某县住建局").unit == world.department


def test_w_039_each_unit_named_in_a_circular_gets_its_order_with_a_day(post: Post) -> None:
    """对工作不力、进度滞后的部门,要及时通报、限期整改: one order a unit, linked to the issues, reply asked."""
    world = post.world
    issues = [post.issue(), post.issue(units=[world.other]), post.issue(units=[world.other])]
    asked = drafting.Wish(
        K.ORDER,
        [issue.number for issue in issues],
        basis="《关于5月整改情况的通报》",
        reply_due_on=date(2018, 6, 20),
    )
    made = drafting.draft(world.campaign, asked, by=world.office).letters
    assert {letter.unit.name: letter.items.count() for letter in made} == {"甲镇": 1, "乙镇": 2}
    assert all(letter.reply_due_on == date(2018, 6, 20) for letter in made)
    assert all("请你单位于2018年6月20日前整改到位" in letter.demands for letter in made)


def test_w_043_a_written_self_criticism_is_asked_of_a_unit_without_any_issue(post: Post) -> None:
    """责令向县委、县政府写出书面检查."""
    asked = drafting.Wish(K.SELF_CRITICISM, units=[post.world.township])
    (letter,) = drafting.draft(post.world.campaign, asked, by=post.world.office).letters
    assert letter.reply_due_on == date(2018, 6, 15)
    assert "于2018年6月15日前报送" in letter.demands
    assert letter.body == "你单位百日攻坚整改工作不力，现责令作出书面检查。"


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"kind": K.SUPERVISION}, "请选择要写进函件的问题，或者写明主送单位。"),
        ({"kind": K.RECALL, "numbers": ["x"]}, "撤回函从要撤回的那份函件起草。"),
        ({"kind": K.ORDER, "numbers": ["WT2018-9"]}, "没有这些问题，或不在您的工作范围内：WT2018-9。"),
    ],
)
def test_what_cannot_be_drafted_is_refused_in_words(post: Post, wish: dict[str, object], why: str) -> None:
    with pytest.raises(LetterRefused) as refused:
        drafting.draft(post.world.campaign, drafting.Wish(**wish), by=post.world.office)
    assert str(refused.value) == why
    assert not Letter.objects.exists()


def test_a_closed_issue_a_day_that_is_past_and_a_unit_that_does_not_answer_are_refused(post: Post) -> None:
    world, issue = post.world, post.issue()
    asked = drafting.Wish(K.ORDER, [issue.number], reply_due_on=date(2018, 6, 6))
    with pytest.raises(LetterRefused, match="回复期限应在明天以后、一年以内。"):
        drafting.draft(world.campaign, asked, by=world.office)
    with pytest.raises(LetterRefused, match=f"{issue.number}不由所选的单位负责，不能写进函件。"):
        drafting.draft(world.campaign, drafting.Wish(K.ORDER, [issue.number], [world.other]), by=world.office)
    with pytest.raises(LetterRefused, match="某县不是某县的乡镇或者部门"):
        drafting.draft(world.campaign, drafting.Wish(K.SELF_CRITICISM, units=[world.county]), by=world.office)
    with pytest.raises(LetterRefused, match="督办函要写明问题，乙镇没有选中的问题。"):
        drafting.draft(world.campaign, drafting.Wish(K.SUPERVISION, units=[world.other]), by=world.office)
    Issue.objects.filter(pk=issue.pk).update(state=State.CLOSED.value)
    with pytest.raises(LetterRefused, match=f"这些问题已经办结，不用再发函：{issue.number}。"):
        drafting.draft(world.campaign, drafting.Wish(K.ORDER, [issue.number]), by=world.office)


def test_who_does_not_write_letters_is_told_who_does(post: Post) -> None:
    world, issue = post.world, post.issue()
    for who in (world.cadre, world.head, world.leader, world.staff):
        with pytest.raises(LetterRefused, match="不能起草函件，可由整改办／督查室办理。"):
            drafting.draft(world.campaign, drafting.Wish(K.ORDER, [issue.number]), by=who)


def test_a_village_is_written_to_through_its_township(post: Post) -> None:
    village = Unit.objects.get(name="甲一村")
    letter = post.draft(post.issue(units=[village]))
    assert letter.unit == post.world.township


# --- the county's own words ---------------------------------------------------------------------------------
def test_a_broken_field_in_the_counties_words_never_breaks_a_draft(post: Post) -> None:
    LetterWording.objects.create(
        campaign=post.world.campaign, kind="supervision", mark="某督", days=3, title="{事由}", body="{单拉}违期",
        demands="改", changed_by=post.world.office, changed_at=clock.now(),
    )  # fmt: skip
    asked = drafting.Wish(K.SUPERVISION, [post.issue().number])
    made = drafting.draft(post.world.campaign, asked, by=post.world.office)
    assert made.letters[0].mark == "整督函"
    assert "现予督办" in made.letters[0].body
    assert "本县的督办函用语不能用" in made.notes[0]
    assert "第1行的“{单拉}”不是可用的栏目" in made.notes[0]


def test_the_counties_words_are_used(post: Post) -> None:
    LetterWording.objects.create(
        campaign=post.world.campaign, kind="supervision", organ="某县督查室", mark="某督", days=3,
        title="督办{件数}件", body="{单位}：{依据}请改。", demands="{回复日}前回复。",
        changed_by=post.world.office, changed_at=clock.now(),
    )  # fmt: skip
    letter = post.draft()
    said = (letter.organ, letter.mark, letter.title, letter.body, letter.demands, letter.reply_due_on)
    assert said == (
        "某县督查室",
        "某督",
        "督办1件",
        "甲镇：请改。",
        "2018年6月11日前回复。",
        date(2018, 6, 11),
    )


# --- in the office's hands ----------------------------------------------------------------------------------
def edited(letter: Letter, **changes: object) -> editing.Edited:
    given: dict[str, object] = {
        "title": letter.title, "body": letter.body, "demands": letter.demands, "basis": letter.basis,
        "contact": "", "reply_due_on": letter.reply_due_on, "copies": [],
        "requirements": {item.pk: item.requirement for item in letter.items.all()},
    }  # fmt: skip
    return editing.Edited(**{**given, **changes})  # type: ignore[arg-type]


def test_a_draft_is_mended_and_its_numbers_masked(post: Post) -> None:
    letter = post.draft(post.issue(), post.issue())
    first, second = letter.items.all()
    given = edited(letter, title="新标题", contact="张某 13812345678", requirements={second.pk: "换瓦"})
    editing.edit(letter.pk, given, by=post.world.second, version=1)
    letter.refresh_from_db()
    assert (letter.title, letter.contact, letter.version) == ("新标题", "张某 138****5678", 2)
    assert [item.requirement for item in letter.items.all()] == ["换瓦"]
    assert letter.items.get().issue == second.issue
    assert first.pk != second.pk


def test_a_stale_form_a_secret_mark_and_an_empty_letter_are_refused(post: Post) -> None:
    letter, by = post.draft(), post.world.office
    editing.edit(letter.pk, edited(letter, title="甲"), by=by, version=1)
    with pytest.raises(LetterStale):
        editing.edit(letter.pk, edited(letter, title="乙"), by=by, version=1)
    with pytest.raises(LetterRefused, match="本系统不得处理涉密信息"):
        editing.edit(letter.pk, edited(letter, body="机密★10年"), by=by, version=2)
    with pytest.raises(LetterRefused, match="督办函至少要有一个问题"):
        editing.edit(letter.pk, edited(letter, requirements={}), by=by, version=2)
    letter.refresh_from_db()
    assert letter.title == "甲"


def test_redrafting_takes_the_facts_of_today(post: Post, on_day: object) -> None:
    letter = post.draft()
    on_day("2018-06-08")  # type: ignore[operator]
    letter = editing.redraft(letter.pk, by=post.world.office)
    assert "截至2018年6月8日" in letter.body
    assert letter.facts_on == date(2018, 6, 8)


def test_only_the_author_takes_back_or_drops_a_draft(post: Post) -> None:
    world, letter = post.world, post.pending()
    with pytest.raises(LetterRefused, match="这份函件现在是“待签发”，等县领导签发，不能修改。"):
        editing.edit(letter.pk, edited(letter), by=world.office)
    with pytest.raises(LetterRefused, match="只有起草人能取回修改。"):
        editing.take_back(letter.pk, by=world.second)
    editing.take_back(letter.pk, by=world.office)
    with pytest.raises(LetterRefused, match="只有起草人能作废草稿。"):
        editing.drop(letter.pk, by=world.second)
    assert editing.drop(letter.pk, by=world.office).state == "dropped"


def test_a_colleague_drops_what_somebody_left_behind(post: Post) -> None:
    letter = post.draft()
    type(post.world.office).objects.filter(pk=post.world.office.pk).update(is_active=False)
    assert editing.drop(letter.pk, by=post.world.second).state == "dropped"


def test_nobody_outside_the_office_knows_of_a_draft(post: Post) -> None:
    letter = post.pending()
    for who in (post.world.cadre, post.world.head, post.world.staff, post.world.neighbour):
        assert not Letter.objects.visible_to(who).exists()
        with pytest.raises(LetterMissing):
            editing.drop(letter.pk, by=who)
    assert Letter.objects.visible_to(post.world.leader).get() == letter


def test_every_act_leaves_its_event(post: Post) -> None:
    letter = post.pending()
    editing.take_back(letter.pk, by=post.world.office)
    told = Event.objects.filter(subject_type="letter", subject_id=letter.pk).order_by("seq")
    assert [one.action for one in told] == ["letter_draft", "letter_submit", "letter_take_back"]
    assert told[0].summary == "起草督办函“关于超面积问题整改的督办函”，主送甲镇，1个问题"
