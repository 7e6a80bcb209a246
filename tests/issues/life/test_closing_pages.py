"""The pages of verifying, closing, proposing and splitting: what is typed is kept, refusals are in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from issues.models import Issue, Proposal
from issues.rules.records import EvidenceKind, Method, ProposalKind
from issues.rules.stages import State
from issues.services.life import proposals
from issues.services.life.checking import make_sheet
from tests.issues.life.closing import FOUR, MAY, finished, template
from tests.issues.life.conftest import World
from tests.issues.life.test_verifying import evidence
from townships.models import User

Do = Callable[[User, Issue, str, dict[str, str]], tuple[int, str]]


@pytest.fixture
def do(client: Client) -> Do:
    """Open the page of a verb, send it; the status and text of the answer."""

    def act(who: User, issue: Issue, verb: str, data: dict[str, str]) -> tuple[int, str]:
        client.force_login(who)
        path = f"/issues/{issue.number}/{verb}/"
        assert client.get(path).status_code in (200, 409)
        answer = client.post(path, data)
        return answer.status_code, answer.content.decode()

    return act


CHECK = {
    "method": "site", "examined": "10", "found_true": "10", "verified_on": "2018-06-06", "reason": "", "words": "",
}  # fmt: skip


def test_one_issue_goes_through_all_hands_by_its_pages(world: World, client: Client, do: Do) -> None:
    template(world)
    issue = finished(world)
    answers = {f"answer{at}": f"{text}，已做到" for at, text in enumerate(FOUR.values())}
    given = {"statement": "10户全部改造", "similar": "none", **answers}
    code, text = do(world.cadre, issue, "apply_closure", {**given, "answer3": ""})
    assert code == 422
    assert "10户全部改造" in text
    assert do(world.cadre, issue, "apply_closure", given)[0] == 302
    assert do(world.head, issue, "sign_closure", {})[0] == 302
    assert do(world.staff, issue, "verify", CHECK)[0] == 302
    assert do(world.staff, issue, "review_closure", {"words": "属实"})[0] == 302
    code, text = do(world.office, issue, "sign_off", {"closed_on": "2018-06-07"})
    assert code == 409
    assert "晚于今天" in text
    assert do(world.office, issue, "sign_off", {"closed_on": "2018-06-06"})[0] == 302
    issue.refresh_from_db()
    assert issue.state == State.CLOSED


def test_similar_issues_are_named_by_numbers_that_exist(world: World, do: Do) -> None:
    """W-077."""
    issue = finished(world)
    given = {"statement": "完成", "similar": "found", "similar_words": "WT2018-999999"}
    code, text = do(world.cadre, issue, "apply_closure", given)
    assert code == 422
    assert "没有这些编号的问题：WT2018-999999" in text


def test_a_check_that_does_not_add_up_keeps_what_was_typed(world: World, do: Do) -> None:
    issue = world.issue(claims=[(6, MAY)])
    code, text = do(world.staff, issue, "verify", {**CHECK, "words": "逐户看过"})
    assert code == 409
    assert "请勾选“补记”" in text
    assert "逐户看过" in text
    code, text = do(world.staff, issue, "verify", {**CHECK, "examined": "NaN", "verified_on": "昨天"})
    assert code == 422
    assert do(world.staff, issue, "verify", {**CHECK, "adds": "on"})[0] == 302


def test_the_second_person_reads_what_will_happen_before_confirming(
    world: World, client: Client, do: Do
) -> None:
    issue = world.issue()
    given = {"quantity": "4", "on": "2018-06-06", "reason": "已迁出", "document": "12号"}
    assert do(world.office, issue, "propose_removal", {**given, "quantity": "11"})[0] == 409
    assert do(world.office, issue, "propose_removal", given)[0] == 302
    client.force_login(world.second)
    page = client.get(f"/issues/{issue.number}/confirm_removal/").content.decode()
    assert "2018年6月6日起，调出4户；应整改仍记10户，调出另列。" in page
    assert "还有6户未整改，状态不变。" in page
    assert do(world.second, issue, "confirm_removal", {"words": ""})[0] == 302
    assert Proposal.objects.get().state == "granted"


@pytest.mark.parametrize(
    ("verb", "given"),
    [
        ("propose_transfer", {"to": "县纪委"}),
        ("propose_merger", {"into": "WT0000-000000"}),
        ("propose_correction", {"stage": "found", "quantity": "-1", "on": "2018-06-06"}),
        ("propose_removal", {"quantity": "x", "on": "2018-06-31"}),
    ],
)
def test_every_proposal_has_a_page_that_takes_bad_input_in_words(
    world: World, do: Do, verb: str, given: dict[str, str]
) -> None:
    issue = world.issue()
    code, text = do(world.office, issue, verb, given)
    assert code == 422
    assert "已填的内容都在" in text or "没有提交" in text


def test_decline_and_recall_have_pages(world: World, do: Do) -> None:
    issue = world.issue()
    for verb, who, data in (
        ("recall_proposal", world.office, {}),
        ("decline_proposal", world.second, {"words": "不对"}),
    ):
        proposals.propose(
            issue.pk,
            world.office,
            ProposalKind.TRANSFER,
            proposals.Proposed(to="县纪委"),
            reason="涉嫌",
            document="1",
        )
        assert do(who, issue, verb, data)[0] == 302


def test_a_pasted_table_splits_the_issue(world: World, do: Do) -> None:
    issue = world.issue()
    code, text = do(world.office, issue, "split", {"rows": "2\t甲二村\n3\t不存在村", "reason": "到户"})
    assert code == 422
    assert "第2项" in text
    code, _ = do(
        world.office, issue, "split", {"rows": "2\t甲二村\t张某\n3,乙镇,李某,未改厕,乙镇", "reason": "到户"}
    )
    assert code == 302
    first, second = Issue.objects.filter(parent=issue).order_by("number")
    assert (first.village and first.village.name, first.household) == ("甲二村", "张某")
    assert (second.township, second.unit, second.description) == (world.other, world.other, "未改厕")
    assert second.found_on == date(2018, 1, 10)


def test_a_document_alone_is_hinted_at_to_who_verifies(world: World, client: Client) -> None:
    """W-083, W-084: 以文件代替整改."""
    issue = world.issue(claims=[(10, MAY)])
    evidence(issue, world, EvidenceKind.DOCUMENT)
    client.force_login(world.staff)
    page = client.get(f"/issues/{issue.number}/verify/").content.decode()
    assert "核查提示" in page
    assert "以文件代替整改" in page
    made = make_sheet(world.campaign, [issue.number], world.staff, title="一", method=Method.PAPER)
    assert "以文件代替整改" in client.get(f"/checks/{made.pk}/").content.decode()
    client.force_login(world.cadre)
    assert "以文件代替整改" not in client.get(f"/issues/{issue.number}/").content.decode()
