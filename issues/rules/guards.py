"""What must be true before a verb of the workflow: guards over the situation of one issue and one person.

A guard answers "" or the reason of the refusal, a Chinese sentence that says what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from issues.rules.records import (
    RESULTS,
    ClosureState,
    PlanState,
    ProposalKind,
    ShareState,
)
from issues.rules.situations import Situation

IMMEDIATE = "immediate"
DATED = "dated"


Guard = Callable[[Situation], str]


# --- who ----------------------------------------------------------------------------------------------------


def answers(now: Situation) -> str:
    """The own unit leads or is responsible; where none of ours is named, it is the place's township."""
    return "" if now.person.answers else "本单位不是这个问题的牵头单位或责任单位。"


def is_independent(now: Situation) -> str:
    """The unit neither answers nor supports, stands under none that answers, never reported on it (W-055)."""
    person = now.person
    if person.answers:
        return "本单位对这个问题负责，不能核查自己的整改，须由其他单位核查。"
    if person.supports:
        return "本单位是这个问题的配合单位，不能核查，须由其他单位核查。"
    if person.stands_under:
        return "本单位隶属于责任单位，不能核查上级的整改，须由其他单位核查。"
    if person.has_reported:
        return "本单位填报过这个问题的进展，不能核查自己的整改，须由其他单位核查。"
    return ""


def keeps_to_its_field(now: Situation) -> str:
    """A department decides only about categories it leads; the office about all."""
    if now.person.is_department and not now.person.leads_field:
        return "这个问题的类别不由本部门主管。"
    return ""


def signs_as_head(now: Situation) -> str:
    """Head of an answering unit, or delegated by the head in writing until a date (W-028)."""
    if now.person.signs_as_head:
        return ""
    return "须由责任单位主要负责人签字，或由其书面授权的人在授权期内代签。"


def did_not_verify(now: Situation) -> str:
    """Who signs a closure did not verify the issue."""
    return "您核查过这个问题，销号须由没有参与核查的人签字。" if now.person.has_verified else ""


def is_second_person(now: Situation) -> str:
    """Another person made the proposal or asked."""
    return "这件事由您提出，须由另一人确认。" if now.person.has_proposed else ""


def is_first_person(now: Situation) -> str:
    """The same person made the proposal."""
    return "" if now.person.has_proposed else "只有提出的人可以撤回。"


# --- signing for --------------------------------------------------------------------------------------------


def share_waits(now: Situation) -> str:
    """The own share waits to be signed for."""
    match now.person.share:
        case ShareState.AWAITING:
            return ""
        case ShareState.REFUSED:
            return "本单位已退回分办，正在等整改办答复。"
        case None:
            return "这个问题没有分办给本单位。"
        case _:
            return "本单位已经签收。"


def refusal_waits(now: Situation) -> str:
    """A unit gave its share back and has no answer yet."""
    return "" if ShareState.REFUSED in now.shares else "没有单位退回这个问题。"


# --- plan ---------------------------------------------------------------------------------------------------


def plan_can_be_drafted(now: Situation) -> str:
    """No plan lies with the head or with the deciding unit."""
    match now.plan:
        case PlanState.AWAITING_HEAD:
            return "整改计划正在等主要负责人签字，退回后才能修改。"
        case PlanState.SUBMITTED:
            return "整改计划正在审定，退回后才能修改。"
        case _:
            return ""


def plan_is_drafted(now: Situation) -> str:
    """A plan is drafted; one returned is mended first."""
    if now.plan is PlanState.RETURNED:
        return "整改计划已退回，请按退回意见修改后再送。"
    return "" if now.plan is PlanState.DRAFT else "没有可以报送的整改计划草稿。"


def plan_awaits_head(now: Situation) -> str:
    """A plan waits for the head."""
    return "" if now.plan is PlanState.AWAITING_HEAD else "没有等待签字的整改计划。"


def plan_awaits_decision(now: Situation) -> str:
    """A signed plan waits for the decision."""
    return "" if now.plan is PlanState.SUBMITTED else "没有等待审定的整改计划。"


def returns_plan(now: Situation) -> str:
    """The head before signing, the deciding unit after."""
    if now.plan is PlanState.AWAITING_HEAD:
        return signs_as_head(now)
    return plan_awaits_decision(now) or is_independent(now) or keeps_to_its_field(now)


def is_immediate(now: Situation) -> str:
    """The deadline is of the class 立行立改."""
    return "" if now.deadline_class == IMMEDIATE else "只有立行立改的问题可以不制定整改计划。"


# --- doing --------------------------------------------------------------------------------------------------


def has_reports(now: Situation) -> str:
    """Something was reported."""
    return "" if now.reports else "还没有填报过进展。"


def has_open_actions(now: Situation) -> str:
    """An action of the plan is not done."""
    return "" if now.open_actions else "没有尚未完成的整改措施。"


def is_shared(now: Situation) -> str:
    """Several units answer, and the own one has signed and is not done."""
    if len(now.shares) < 2:
        return "只有一个责任单位，不需要单独标明本单位完成。"
    return "" if now.person.share is ShareState.ACCEPTED else "本单位没有已签收而未完成的分办。"


def something_is_left(now: Situation) -> str:
    """Something is neither claimed nor removed."""
    return "" if now.due > now.claimed else "已经没有未整改的数量。"


# --- deadline -----------------------------------------------------------------------------------------------


def has_a_date(now: Situation) -> str:
    """There is a due date."""
    if now.deadline_class not in (DATED, IMMEDIATE) or now.due_on is None:
        return "这个问题没有明确的到期日，不需要延期。"
    return ""


def is_not_expired(now: Situation) -> str:
    """The due date has not passed."""
    if now.due_on is not None and now.today > now.due_on:
        return f"期限{now.due_on.isoformat()}已过，延期须在到期之前申请。"
    return ""


def no_extension_waits(now: Situation) -> str:
    """No extension waits for a decision."""
    return "已有一份延期申请在等批复。" if now.extension_pending else ""


def extension_waits(now: Situation) -> str:
    """An extension waits for a decision."""
    return "" if now.extension_pending else "没有等待批复的延期申请。"


def is_not_paused(now: Situation) -> str:
    """Its clock goes on."""
    return f"已暂停计时，{now.paused_until}恢复。" if now.paused_until else ""


def is_paused(now: Situation) -> str:
    """Its clock stands still."""
    return "" if now.paused_until else "没有暂停计时。"


# --- closing ------------------------------------------------------------------------------------------------


def nothing_is_proposed(now: Situation) -> str:
    """No proposal waits for a second person."""
    return f"“{now.proposal.label}”正在等第二人确认。" if now.proposal else ""


def no_closure_in_hand(now: Situation) -> str:
    """No closure is in hand."""
    return f"已有一份销号申请（{now.closure.label}）。" if now.closure else ""


def plan_is_in_force(now: Situation) -> str:
    """A plan is approved; 立行立改 needs none."""
    if now.has_plan or now.deadline_class == IMMEDIATE:
        return ""
    return "整改计划还没有批准，不能申请销号。"


def all_is_claimed(now: Situation) -> str:
    """claimed = found − removed, and that is above 0."""
    if now.due <= 0:
        return "没有应整改的数量，不能销号。"
    if now.claimed != now.due:
        return f"还有{_plain(now.due - now.claimed)}未填报完成，不能申请销号。"
    return ""


def all_actions_are_done(now: Situation) -> str:
    """Every action of the plan is done."""
    return f"还有{now.open_actions}项整改措施没有完成。" if now.open_actions else ""


def all_shares_are_done(now: Situation) -> str:
    """Every unit that answers has said that its part is done (W-073)."""
    if len(now.shares) < 2:
        return ""
    waiting = sum(share is not ShareState.DONE for share in now.shares)
    return f"{len(now.shares)}个责任单位中还有{waiting}个没有标明本单位完成。" if waiting else ""


def evidence_is_there(now: Situation) -> str:
    """What the template requires; and where there is any, a document alone is never enough (W-084)."""
    for kind, why in now.required_evidence:
        if kind not in now.evidence:
            return f"缺少佐证“{kind.label}”{f'：{why}' if why else ''}。"
    if now.evidence and not now.evidence & RESULTS:
        return "佐证里只有文件，没有成效照片、验收单或拨付凭证，不能以文件代替整改。"
    return ""


def closure_awaits_head(now: Situation) -> str:
    """A closing application waits for the head."""
    return "" if now.closure is ClosureState.AWAITING_HEAD else "没有等待签字的销号申请。"


def closure_is_in_hand(now: Situation) -> str:
    """A closing application is on its way."""
    return "" if now.closure else "没有正在办理的销号申请。"


def closure_awaits_review(now: Situation) -> str:
    """A signed application waits for the lead department."""
    return "" if now.closure is ClosureState.APPLIED else "没有等待复核的销号申请。"


def closure_is_reviewed(now: Situation) -> str:
    """The lead department has agreed; where none reviews, the head has signed."""
    if now.closure is ClosureState.REVIEWED or (now.closure is ClosureState.APPLIED and not now.has_reviewer):
        return ""
    return "主管部门还没有复核这份销号申请。"


def all_is_confirmed(now: Situation) -> str:
    """confirmed = found − removed."""
    if now.confirmed != now.due:
        return f"还有{_plain(now.due - now.confirmed)}没有核实，不能销号。"
    return ""


def was_verified(now: Situation) -> str:
    """It was verified, on site where the list asks for it."""
    if not now.times_verified:
        return "还没有核查记录，不能销号。"
    if now.needs_site_visit and not now.was_visited:
        return "本清单要求现场核查，还没有现场核查记录。"
    return ""


def answers_or_is_office(now: Situation) -> str:
    """The own unit answers, or it is the office."""
    return "" if now.person.answers or now.person.is_office else "归档由责任单位或整改办办理。"


def names_its_project(now: Situation) -> str:
    """The own unit leads or is responsible, or it is the office."""
    if now.person.answers or now.person.is_office:
        return ""
    return "解决项目由责任单位、牵头单位或整改办指明。"


def waits_for_its_file(now: Situation) -> str:
    """The list asks for a file number, and there is none yet (W-107)."""
    if not now.needs_file_number:
        return "本清单不要求归档。"
    return "这个问题已有档案号。" if now.is_filed else ""


def something_to_verify(now: Situation) -> str:
    """Something is not confirmed yet."""
    return "" if now.due > now.confirmed else "应整改的数量已全部核实。"


# --- leaving without being put right ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WaitsFor:
    """A proposal of ``kind`` waits for a second person."""

    kind: ProposalKind

    def __call__(self, now: Situation) -> str:
        return "" if now.proposal is self.kind else f"没有等待确认的“{self.kind.label}”。"


def something_is_proposed(now: Situation) -> str:
    """A proposal waits."""
    return "" if now.proposal else "没有等待第二人确认的事项。"


def nothing_is_claimed(now: Situation) -> str:
    """Nothing is claimed: the other issue is merged into this one instead."""
    if now.claimed:
        return "已经填报过完成数量；请把另一个问题并入这一个，或先更正进展。"
    return ""


def is_not_a_target(now: Situation) -> str:
    """No other issue was merged into this one: merging goes one step deep."""
    return "已有其他问题并入这个问题，不能再并入别的。" if now.merged else ""


def can_be_divided(now: Situation) -> str:
    """Something is left to divide."""
    return "" if now.due - now.claimed > 0 else "没有未整改的数量可以拆分。"


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"
