"""Random people do random things to issues through the door pages use: whatever they do, the invariants hold,
and no sequence lets a unit that answers confirm its own work (W-055)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from operator import itemgetter
from random import Random
from typing import Any

from django.db import transaction
from hypothesis import Phase, given, note
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from issues.access import verdicts
from issues.models import Issue
from issues.rules.offering import place
from issues.rules.stages import State
from issues.rules.workflow import Verb
from issues.services.workflow import Refused
from issues.web.acts import ACTS
from rectify.lib import clock
from tests import factories
from tests.issues.life import invariants
from tests.issues.life.closing import planned, template
from tests.issues.life.conftest import World
from tests.issues.life.hands import Clerk, hand_in
from townships.models import Delegation, Event, Unit, User

V = Verb
MAY = date(2018, 5, 20)
STEPS = 30
PROFILE = hypothesis_settings.default
HANDS = ("cadre", "head", "delegate", "neighbour", "staff", "office", "second", "third", "leader")


def more_people(world: World) -> list[User]:
    """Those of the world and: somebody a head let sign, a village of the answering town, a unit merged into
    it, one that supports, an inspector without a task, a third hand in the office."""
    merged = Unit.objects.get(name="丙乡")
    Unit.objects.filter(pk=merged.pk).update(successor=world.township, closed_on=date(2018, 5, 1))
    village = Unit.objects.get(name="甲一村")
    support = Unit.objects.get(code="D-B")
    extra = {
        "delegate": factories.user("cadre", world.township, "delegate"),
        "villager": factories.user("cadre", village, "villager"),
        "former": factories.user("cadre", merged, "former"),
        "supporter": factories.user("department_staff", support, "supporter"),
        "department_head": factories.user("unit_head", world.department, "department_head"),
        "inspector": factories.user("inspector", world.county, "inspector"),
        "third": factories.user("office", world.county, "third"),
        "auditor": factories.user("auditor", world.county, "auditor"),
    }
    Delegation.objects.create(
        head=world.head, delegate=extra["delegate"], document="甲府函〔2018〕3号",
        from_on=date(2018, 6, 1), until_on=date(2018, 6, 20), made_at=clock.now(),
    )  # fmt: skip
    world.people.update(extra)
    return list(world.people.values())


def some_issues(world: World) -> list[Issue]:
    """At several points of the life, answered by one unit, by two, by one that was merged away."""
    dated: dict[str, Any] = {"deadline_class": "dated", "due_on": date(2018, 7, 20)}
    shared = world.issue(units=[world.township, world.other], quantity=6, **dated)
    factories.responsible(shared, Unit.objects.get(code="D-B"), role="support")
    merged = world.issue(
        State.PLANNING, units=[Unit.objects.get(name="丙乡")], deadline_class="immediate", due_on=MAY
    )
    unlocked = factories.issue(
        factories.issue_list(world.campaign, "L2", "尚未锁定"), world.office, quantity=4,
        township=world.township, category=world.category,
    )  # fmt: skip
    return [
        world.issue(State.AWAITING_SIGNATURE, **dated),
        planned(shared, world.cadre),
        merged,
        planned(world.issue(claims=[(10, MAY)]), world.cadre),
        unlocked,
    ]


class History:
    """What happens to a few issues, hand by hand. In one that is driven, people mostly do the next thing to one
    issue, so that it gets far."""

    def __init__(self, world: World, people: list[User], settings: Any, seed: int) -> None:
        self.world, self.people, self.settings = world, people, settings
        self.told: list[str] = []
        self.chance = Random(seed)
        settings.RECTIFY_TODAY = date(2018, 6, 6)
        self.issues = some_issues(world)
        self.watched = self.one_of(self.issues).pk
        self.is_driven = self.one_of([True, False])
        self.began = {one.pk: State(one.state) for one in self.issues}
        self.clerk = Clerk(self.one_of, ["甲镇", "乙镇", "住建局", "财政局", "甲镇甲一村"])

    def one_of(self, values: Sequence[Any]) -> Any:
        return self.chance.choice(values)

    def step(self, accepted: Counter[Verb], refused: Counter[Verb]) -> None:
        """Somebody does something: mostly what may be done, now and then anything."""
        if self.one_of([True] + [False] * 9):
            self.settings.RECTIFY_TODAY = clock.today() + timedelta(days=self.one_of([1, 3, 10]))
        known = list(Issue.objects.order_by("pk").values_list("pk", flat=True))
        often = [self.watched] * len(known) * (6 if self.is_driven else 1)
        issue = Issue.objects.get(pk=self.one_of([*known, *often]))
        person, verb = self._choose(issue)
        before = Event.objects.filter(subject_type="issue", subject_id=issue.pk).count()
        try:
            with transaction.atomic():
                hand_in(
                    issue,
                    person,
                    verb,
                    self.clerk.fill(issue, person, verb, wild=self.one_of([False, False, False, True])),
                )
        except Refused:
            refused[verb] += 1
            return
        accepted[verb] += 1
        self.told.append(f"{clock.today()} {issue.number} {person.username} {verb.value}")
        assert Event.objects.filter(subject_type="issue", subject_id=issue.pk).count() > before, verb
        if verb is Verb.VERIFY:
            invariants.check_verifier(issue, person)

    def _choose(self, issue: Issue) -> tuple[User, Verb]:
        """Anybody and anything; else one of those whose hands it needs, and what they may do now."""
        known = list(ACTS)
        next_first = partial(place, state=State(issue.state), is_claimed=issue.claimed > issue.confirmed)
        if self.one_of([True] + [False] * 5):
            return self.one_of(self.people), self.one_of(known)
        offered = []
        for name in self.chance.sample(HANDS, 3 if self.is_driven else 2):
            now = verdicts(self.world.people[name], issue, clock.today())
            if likely := sorted((verb for verb in known if now[verb]), key=next_first):
                offered.append((next_first(likely[0]), self.world.people[name], likely))
        if not offered:
            return self.one_of(self.people), self.one_of(known)
        _, person, likely = min(offered, key=itemgetter(0)) if self.is_driven else self.one_of(offered)
        often = likely[:1] * len(likely) * (6 if self.is_driven else 1)
        return person, self.one_of([*likely, *often])

    def check(self) -> None:
        invariants.check_ledger()
        invariants.check_events(self.began)
        invariants.check_closed()
        for viewer in (self.world.office, self.one_of(self.people)):
            invariants.check_figures(viewer)
        invariants.check_sight(self.one_of(self.people))
        invariants.check_masks(self.one_of([self.world.office, self.world.cadre, self.world.staff]))


def test_whatever_people_do_the_invariants_hold(world: World, settings: Any) -> None:
    people = more_people(world)
    accepted: Counter[Verb] = Counter()
    refused: Counter[Verb] = Counter()

    @hypothesis_settings(
        max_examples=max(PROFILE.max_examples // 4, 6), phases=[Phase.explicit, Phase.generate]
    )
    @given(st.integers(0, 2**32))
    def play(seed: int) -> None:
        with transaction.atomic():
            history = History(world, people, settings, seed)
            try:
                for _ in range(STEPS):
                    history.step(accepted, refused)
                history.check()
            except BaseException:
                note("\n".join(history.told))
                raise
            transaction.set_rollback(True)

    play()
    told = {verb.value: (accepted[verb], refused[verb]) for verb in ACTS}
    print("accepted, refused:", told)
    assert sum(accepted.values()) > STEPS
    assert refused


# --- every verb once ----------------------------------------------------------------------------------------

STEP = {"steps-0-text": "逐户拆除重建", "then": "send", "requirement": "全部拆旧", "effect": "户户复垦"}
NODE = {"nodes-0-on": "2018-07-01", "nodes-0-quantity": "5"}
GOAL = {"goals-0-on": "2018-09-01", "goals-0-text": "完成一半"}


class Written:
    """A history written down: who does what to which issue, through the same forms."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.clerk = Clerk(lambda values: values[0], ["甲镇"])
        self.done: Counter[Verb] = Counter()

    def do(self, issue: Issue, *acts: tuple[str, Verb, dict[str, object]]) -> None:
        for name, verb, fields in acts:
            person = self.world.people[name]
            invariants.check_page(person, f"/issues/{issue.number}/{verb.value}/")
            typed = self.clerk.fill(Issue.objects.get(pk=issue.pk), person, verb, wild=False)
            for field, value in fields.items():
                typed[field] = value
            hand_in(issue, person, verb, typed)
            self.done[verb] += 1
            if verb is Verb.VERIFY:
                invariants.check_verifier(issue, person)


def test_every_verb_of_the_table_is_done_through_its_page(world: World) -> None:
    more_people(world)
    written = Written(world)
    dated: dict[str, Any] = {"deadline_class": "dated", "due_on": date(2018, 7, 20)}
    whole = world.issue(State.AWAITING_SIGNATURE, **dated)
    began = {whole.pk: State.AWAITING_SIGNATURE}
    written.do(
        whole,
        ("cadre", V.SIGN, {}),
        ("cadre", V.DRAFT_PLAN, {**STEP, **NODE}),
        ("head", V.RETURN_PLAN, {}),
        ("cadre", V.DRAFT_PLAN, {**STEP, **NODE, "then": ""}),
        ("cadre", V.SEND_PLAN, {}),
        ("delegate", V.SIGN_PLAN, {}),
        ("staff", V.RETURN_PLAN, {}),
        ("cadre", V.DRAFT_PLAN, {**STEP, **NODE}),
        ("head", V.SIGN_PLAN, {}),
        ("staff", V.APPROVE_PLAN, {}),
        ("cadre", V.ADD_EVIDENCE, {"kind": "after"}),
        ("cadre", V.REPORT, {"quantity": "10", "kind": "after"}),
        ("cadre", V.CORRECT_REPORT, {"difference": "-1"}),
        ("cadre", V.REPORT, {"quantity": "1", "kind": "after"}),
        ("cadre", V.FINISH_ACTION, {}),
        ("cadre", V.ASK_EXTENSION, {"wanted_on": "2018-08-20"}),
        ("leader", V.DECIDE_EXTENSION, {"granted_on": "2018-08-01"}),
        ("leader", V.PAUSE, {"until_on": "2018-06-20"}),
        ("leader", V.END_PAUSE, {}),
        ("cadre", V.APPLY_CLOSURE, {}),
        ("head", V.RECALL_CLOSURE, {}),
        ("cadre", V.APPLY_CLOSURE, {}),
        ("head", V.SIGN_CLOSURE, {}),
        ("staff", V.RETURN_CLOSURE, {}),
        ("cadre", V.APPLY_CLOSURE, {}),
        ("head", V.SIGN_CLOSURE, {}),
        ("staff", V.VERIFY, {}),
        ("staff", V.REVIEW_CLOSURE, {}),
        ("office", V.SIGN_OFF, {}),
    )
    template(world, needs_file_number=True)
    written.do(whole, ("cadre", V.FILE, {}))
    shared = world.issue(
        State.AWAITING_SIGNATURE,
        units=[world.township, world.other],
        deadline_class="immediate",
        due_on=date(2018, 6, 20),
    )
    began[shared.pk] = State.AWAITING_SIGNATURE
    works = factories.project(factories.programme(world.campaign, "P1", "饮水"), world.office)
    written.do(
        shared,
        ("cadre", V.REFUSE, {"suggested": ""}),
        ("office", V.ANSWER_REFUSAL, {"answer": "upheld"}),
        ("cadre", V.SIGN, {}),
        ("office", V.ASSIGN, {"lead": "", "responsible": "甲镇\n乙镇", "support": "财政局"}),
        ("neighbour", V.SIGN, {}),
        ("cadre", V.START_AT_ONCE, {}),
        ("neighbour", V.FINISH_SHARE, {}),
        ("cadre", V.ASK_LONG_TERM, GOAL),
        ("office", V.GRANT_LONG_TERM, {}),
        ("office", V.RESUME, {}),
        ("office", V.PROPOSE_REMOVAL, {"quantity": "2"}),
        ("office", V.RECALL_PROPOSAL, {}),
        ("office", V.PROPOSE_REMOVAL, {"quantity": "2"}),
        ("second", V.CONFIRM_REMOVAL, {}),
        ("office", V.PROPOSE_CORRECTION, {"stage": "removed", "quantity": "-1"}),
        ("second", V.DECLINE_PROPOSAL, {}),
        ("office", V.PROPOSE_CORRECTION, {"stage": "removed", "quantity": "-1"}),
        ("second", V.CONFIRM_CORRECTION, {}),
        ("office", V.NAME_PROJECT, {"project": works.number}),
        ("office", V.SPLIT, {"rows": "2\t甲一村\n3\t乙一村"}),
        ("office", V.PROPOSE_TRANSFER, {"to": "县纪委监委"}),
        ("second", V.CONFIRM_TRANSFER, {}),
    )
    twin, stray = (world.issue(State.AWAITING_SIGNATURE) for _ in range(2))
    began |= {twin.pk: State.AWAITING_SIGNATURE, stray.pk: State.AWAITING_SIGNATURE}
    written.do(twin, ("office", V.PROPOSE_MERGER, {"into": stray.number}), ("second", V.CONFIRM_MERGER, {}))
    written.do(stray, ("office", V.PROPOSE_REJECTION, {}), ("second", V.CONFIRM_REJECTION, {}))
    assert not set(ACTS) - set(written.done), "verbs with a page that nobody did"
    invariants.check_ledger()
    invariants.check_events(began)
    invariants.check_closed()
    assert Issue.objects.filter(state=State.CLOSED).count() == 1
    for viewer in world.people.values():
        invariants.check_sight(viewer)
    for viewer in (world.office, world.cadre, world.staff):
        invariants.check_figures(viewer)
        invariants.check_masks(viewer)
    for address in ("/", "/issues/", "/audit/", f"/issues/{whole.number}/closure/"):
        invariants.check_page(world.office, address)
