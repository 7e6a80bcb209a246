"""The one table of an issue's life: verb → from which states, to which, who may, what must be true, what must
be given. Pages, bulk acts, imports and the API all go through it; `docs/workflow.md` is printed from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from issues.rules import guards as g
from issues.rules.guards import Guard
from issues.rules.records import ProposalKind
from issues.rules.situations import Situation
from issues.rules.stages import OPEN_STATES, State
from townships.rules.permissions import Permission

P, S, K = Permission, State, ProposalKind


class Verb(StrEnum):
    """What may be done to an issue; the value is its address and the action of its event."""

    SIGN = "sign"
    REFUSE = "refuse"
    ANSWER_REFUSAL = "answer_refusal"
    ASSIGN = "assign"
    DRAFT_PLAN = "draft_plan"
    SEND_PLAN = "send_plan"
    SIGN_PLAN = "sign_plan"
    APPROVE_PLAN = "approve_plan"
    RETURN_PLAN = "return_plan"
    START_AT_ONCE = "start_at_once"
    REPORT = "report"
    CORRECT_REPORT = "correct_report"
    ADD_EVIDENCE = "add_evidence"
    FINISH_ACTION = "finish_action"
    FINISH_SHARE = "finish_share"
    ASK_EXTENSION = "ask_extension"
    DECIDE_EXTENSION = "decide_extension"
    PAUSE = "pause"
    END_PAUSE = "end_pause"
    ASK_LONG_TERM = "ask_long_term"
    GRANT_LONG_TERM = "grant_long_term"
    RESUME = "resume"
    VERIFY = "verify"
    APPLY_CLOSURE = "apply_closure"
    SIGN_CLOSURE = "sign_closure"
    RECALL_CLOSURE = "recall_closure"
    REVIEW_CLOSURE = "review_closure"
    RETURN_CLOSURE = "return_closure"
    SIGN_OFF = "sign_off"
    FILE = "file"
    PROPOSE_REMOVAL = "propose_removal"
    CONFIRM_REMOVAL = "confirm_removal"
    PROPOSE_REJECTION = "propose_rejection"
    CONFIRM_REJECTION = "confirm_rejection"
    PROPOSE_TRANSFER = "propose_transfer"
    CONFIRM_TRANSFER = "confirm_transfer"
    PROPOSE_MERGER = "propose_merger"
    CONFIRM_MERGER = "confirm_merger"
    PROPOSE_CORRECTION = "propose_correction"
    CONFIRM_CORRECTION = "confirm_correction"
    DECLINE_PROPOSAL = "decline_proposal"
    RECALL_PROPOSAL = "recall_proposal"
    SPLIT = "split"
    NAME_PROJECT = "name_project"

    @property
    def label(self) -> str:
        return TABLE[self].label


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the table. ``target`` None: the state stays, or the service says which follows (``note``).
    ``permissions``: one of them is needed. ``given``: what must be handed in, as the page words it."""

    label: str
    sources: frozenset[State]
    target: State | None
    permissions: tuple[Permission, ...]
    guards: tuple[Guard, ...] = ()
    given: tuple[str, ...] = ()
    note: str = ""

    @property
    def asks_who_answers_alone(self) -> bool:
        """Whether its guards ask no more than whether the own unit answers for the issue."""
        return set(self.guards) <= {g.answers}


OPEN = frozenset(OPEN_STATES)
PLANNABLE = frozenset({State.PLANNING, State.RECTIFYING})
BEFORE_CLOSING = OPEN - {State.CLOSING}
SIGNABLE = BEFORE_CLOSING - {State.REGISTERED}
"""A unit named later signs for its share while the others already work."""
ENTERING = frozenset({State.REGISTERED, State.AWAITING_SIGNATURE})
_READY = (
    g.plan_is_in_force,
    g.all_is_claimed,
    g.all_actions_are_done,
    g.all_shares_are_done,
    g.evidence_is_there,
    g.nothing_is_proposed,
)
"""What an application for closing stands on, asked again when the head signs it."""
_REVIEWER = (g.keeps_to_its_field, g.is_independent)
_PROPOSE = (g.nothing_is_proposed,)


def _propose(kind: ProposalKind, permission: Permission, sources: frozenset[State], *more: Guard) -> Step:
    return Step(f"提请{kind.label}", sources, None, (permission,), (*_PROPOSE, *more), ("理由", "依据文号"))


def _confirm(
    kind: ProposalKind, sources: frozenset[State], target: State | None, *more: Guard, note: str = ""
) -> Step:
    """``more``: what stood when it was proposed and may have changed since."""
    return Step(
        f"确认{kind.label}",
        sources,
        target,
        (P.CONFIRM_SECOND,),
        (g.WaitsFor(kind), g.is_second_person, *more),
        (),
        note,
    )


TABLE: dict[Verb, Step] = {
    # 签收与分办
    Verb.SIGN: Step(
        "签收",
        SIGNABLE,
        S.PLANNING,
        (P.SIGN_FOR,),
        (g.answers, g.share_waits),
        (),
        "待签收的，各责任单位都签收后转入；以后补充的责任单位签收，状态不变",
    ),
    Verb.REFUSE: Step(
        "退回分办", SIGNABLE, None, (P.SIGN_FOR,), (g.answers, g.share_waits), ("理由", "说明")
    ),
    Verb.ANSWER_REFUSAL: Step(
        "答复退回",
        SIGNABLE,
        None,
        (P.ASSIGN,),
        (g.refusal_waits, g.nothing_is_proposed),
        ("答复", "说明"),
    ),
    Verb.ASSIGN: Step(
        "调整责任单位",
        BEFORE_CLOSING,
        None,
        (P.ASSIGN,),
        (),
        ("责任单位", "理由"),
        "责任单位变了，等签字的销号申请、原单位的计划退回",
    ),
    # 计划
    Verb.DRAFT_PLAN: Step("制定整改计划", PLANNABLE, None, (P.PLAN,), (g.answers, g.plan_can_be_drafted)),
    Verb.SEND_PLAN: Step(
        "送主要负责人签字",
        PLANNABLE,
        None,
        (P.PLAN,),
        (g.answers, g.plan_is_drafted),
        ("整改要求", "整改措施", "责任领导", "责任人", "整改效果", "时间节点"),
    ),
    Verb.SIGN_PLAN: Step(
        "签字报送整改计划",
        PLANNABLE,
        S.PLAN_SUBMITTED,
        (P.SIGN_AS_HEAD,),
        (g.signs_as_head, g.plan_awaits_head),
    ),
    Verb.APPROVE_PLAN: Step(
        "批准整改计划",
        frozenset({S.PLAN_SUBMITTED}),
        S.RECTIFYING,
        (P.REVIEW, P.ASSIGN),
        (*_REVIEWER, g.plan_awaits_decision),
    ),
    Verb.RETURN_PLAN: Step(
        "退回整改计划",
        frozenset({*PLANNABLE, S.PLAN_SUBMITTED}),
        None,
        (P.REVIEW, P.ASSIGN, P.SIGN_AS_HEAD),
        (g.returns_plan,),
        ("缺少的内容", "意见"),
        "主要负责人在签字前、审定单位在审定时退回；退到待制定计划，已有计划在执行的退到整改中",
    ),
    Verb.START_AT_ONCE: Step(
        "立行立改，直接整改",
        frozenset({S.PLANNING}),
        S.RECTIFYING,
        (P.PLAN,),
        (g.answers, g.is_immediate),
    ),
    # 整改
    Verb.REPORT: Step("填报进展", OPEN, None, (P.REPORT,), (g.answers,), ("数量", "日期", "一句话")),
    Verb.CORRECT_REPORT: Step(
        "更正进展", BEFORE_CLOSING, None, (P.REPORT,), (g.answers, g.has_reports), ("数量", "说明")
    ),
    Verb.ADD_EVIDENCE: Step("上传佐证", OPEN, None, (P.REPORT,), (g.answers,), ("文件", "类别")),
    Verb.FINISH_ACTION: Step(
        "措施完成", OPEN, None, (P.REPORT,), (g.answers, g.has_open_actions), ("措施", "日期")
    ),
    Verb.FINISH_SHARE: Step(
        "本单位已完成", frozenset({S.RECTIFYING}), None, (P.REPORT,), (g.answers, g.is_shared)
    ),
    # 期限
    Verb.ASK_EXTENSION: Step(
        "申请延期",
        BEFORE_CLOSING,
        None,
        (P.ASK_EXTENSION,),
        (g.answers, g.has_a_date, g.is_not_expired, g.no_extension_waits),
        ("延期至", "理由", "目前进展"),
    ),
    Verb.DECIDE_EXTENSION: Step(
        "批复延期",
        OPEN,
        None,
        (P.APPROVE_EXTENSION,),
        (g.extension_waits, g.is_second_person),
        ("同意或不同意", "意见"),
    ),
    Verb.PAUSE: Step(
        "暂停计时",
        BEFORE_CLOSING,
        None,
        (P.APPROVE_EXTENSION,),
        (g.has_a_date, g.is_not_expired, g.is_not_paused),
        ("恢复计时的日期", "理由", "依据文号"),
    ),
    Verb.END_PAUSE: Step("提前恢复计时", OPEN, None, (P.APPROVE_EXTENSION,), (g.is_paused,), ("理由",)),
    Verb.ASK_LONG_TERM: Step(
        "申请转长期坚持",
        PLANNABLE,
        None,
        (P.ASK_EXTENSION,),
        (g.answers, *_PROPOSE),
        ("理由", "阶段目标", "下次复核日期"),
    ),
    Verb.GRANT_LONG_TERM: Step(
        "同意转长期坚持",
        PLANNABLE,
        S.LONG_TERM,
        (P.CLOSE,),
        (g.WaitsFor(K.LONG_TERM), g.is_second_person),
        (),
        "暂停计时随之结束，等批复的延期申请随之了结",
    ),
    Verb.RESUME: Step(
        "恢复整改", frozenset({S.LONG_TERM}), S.RECTIFYING, (P.ASSIGN,), (), ("理由", "到期日")
    ),
    # 核查与销号
    Verb.VERIFY: Step(
        "核查",
        OPEN,
        None,
        (P.VERIFY,),
        (g.is_independent, g.keeps_to_its_field, g.something_to_verify),
        ("方式", "核查数量", "属实数量", "日期"),
        "核减后，申请销号的退回整改中",
    ),
    Verb.APPLY_CLOSURE: Step(
        "申请销号",
        frozenset({S.RECTIFYING}),
        None,
        (P.APPLY_CLOSURE,),
        (g.answers, g.no_closure_in_hand, *_READY),
        ("整改完成情况", "销号清单逐项", "举一反三情况"),
        "送主要负责人签字",
    ),
    Verb.SIGN_CLOSURE: Step(
        "签字申请销号",
        frozenset({S.RECTIFYING}),
        S.CLOSING,
        (P.SIGN_AS_HEAD,),
        (g.signs_as_head, g.closure_awaits_head, *_READY),
    ),
    Verb.RECALL_CLOSURE: Step(
        "撤回销号申请",
        frozenset({S.RECTIFYING, S.CLOSING}),
        S.RECTIFYING,
        (P.APPLY_CLOSURE, P.SIGN_AS_HEAD),
        (g.answers, g.closure_is_in_hand),
        ("理由",),
        "主要负责人不签字的，由他撤回",
    ),
    Verb.REVIEW_CLOSURE: Step(
        "复核同意销号",
        frozenset({S.CLOSING}),
        None,
        (P.REVIEW,),
        (*_REVIEWER, g.closure_awaits_review),
        ("复核意见",),
    ),
    Verb.RETURN_CLOSURE: Step(
        "退回销号申请",
        frozenset({S.CLOSING}),
        S.RECTIFYING,
        (P.REVIEW, P.CLOSE),
        (*_REVIEWER, g.closure_is_in_hand),
        ("退回理由", "意见"),
    ),
    Verb.SIGN_OFF: Step(
        "销号",
        frozenset({S.CLOSING}),
        S.CLOSED,
        (P.CLOSE,),
        (
            g.is_independent,
            g.did_not_verify,
            g.closure_is_reviewed,
            g.all_is_claimed,
            g.was_verified,
            g.all_is_confirmed,
            g.nothing_is_proposed,
        ),
        ("销号日期",),
    ),
    Verb.FILE: Step(
        "归档",
        frozenset({S.CLOSED}),
        None,
        (P.REPORT, P.CLOSE),
        (g.answers_or_is_office, g.waits_for_its_file),
        ("档案号",),
        "已销号而没有档案号的，是待归档",
    ),
    # 不经整改离开清单，以及更正：一人提请，另一人确认
    Verb.PROPOSE_REMOVAL: _propose(K.REMOVAL, P.REMOVE, BEFORE_CLOSING, g.something_is_left),
    Verb.CONFIRM_REMOVAL: _confirm(
        K.REMOVAL,
        BEFORE_CLOSING,
        None,
        g.something_is_left,
        note="全部调出的转入“调出”，部分调出的状态不变",
    ),
    Verb.PROPOSE_REJECTION: _propose(K.REJECTION, P.REJECT, ENTERING, g.nothing_is_claimed),
    Verb.CONFIRM_REJECTION: _confirm(K.REJECTION, ENTERING, S.REJECTED, g.nothing_is_claimed),
    Verb.PROPOSE_TRANSFER: _propose(K.TRANSFER, P.TRANSFER, BEFORE_CLOSING, g.something_is_left),
    Verb.CONFIRM_TRANSFER: _confirm(K.TRANSFER, BEFORE_CLOSING, S.TRANSFERRED, g.something_is_left),
    Verb.PROPOSE_MERGER: _propose(K.MERGER, P.MERGE, BEFORE_CLOSING, g.nothing_is_claimed, g.is_not_a_target),
    Verb.CONFIRM_MERGER: _confirm(
        K.MERGER, BEFORE_CLOSING, S.MERGED, g.nothing_is_claimed, g.is_not_a_target
    ),
    Verb.PROPOSE_CORRECTION: _propose(K.CORRECTION, P.CORRECT, OPEN),
    Verb.CONFIRM_CORRECTION: _confirm(K.CORRECTION, OPEN, None, note="没有应整改数量的，转入“调出”"),
    Verb.DECLINE_PROPOSAL: Step(
        "不同意",
        OPEN,
        None,
        (P.CONFIRM_SECOND, P.CLOSE),
        (g.something_is_proposed, g.is_second_person),
        ("意见",),
    ),
    Verb.RECALL_PROPOSAL: Step(
        "撤回提请", OPEN, None, (P.SEE_ISSUES,), (g.something_is_proposed, g.is_first_person)
    ),
    Verb.SPLIT: Step(
        "拆分",
        frozenset({*ENTERING, *PLANNABLE}),
        None,
        (P.SPLIT,),
        (g.can_be_divided, g.nothing_is_proposed),
        ("每项的数量", "理由"),
        "没有应整改数量留下的，转入“调出”",
    ),
    Verb.NAME_PROJECT: Step(
        "指明解决项目",
        BEFORE_CLOSING,
        None,
        (P.PLAN, P.ASSIGN),
        (g.names_its_project,),
        ("项目编号",),
        "项目建成，问题随之解决；问题与项目各自统计",
    ),
}


def refusal(verb: Verb, now: Situation) -> str:
    """Why ``verb`` cannot be done in this situation, "" where it can; permissions are the access layer's."""
    step = TABLE[verb]
    if now.state not in step.sources:
        return f"现在是“{now.state.label}”，{_when(step.sources)}才能{step.label}。"
    return next((reason for guard in step.guards if (reason := guard(now))), "")


def _when(sources: Iterable[State]) -> str:
    """在“待签收”时 …, in the order of the life."""
    if frozenset(sources) >= BEFORE_CLOSING:
        return "问题未了结时"
    return "、".join(f"“{state.label}”" for state in State if state in sources)
