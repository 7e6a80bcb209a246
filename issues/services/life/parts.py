"""Parts (分工): the office asks units for their list, each checks itself, its head signs 已报 or 零问题
(W-002, W-045)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.db import transaction

from issues.models import Issue, IssueList, Part
from issues.rules.records import PartState
from issues.rules.self_check_items import MOST, Item, items_of, refusal, unanswered
from issues.services.life.locking import hold
from issues.services.life.registering import held_part, refuse_unless_open
from issues.services.workflow import Refused
from rectify.lib import clock
from townships.access import allowed
from townships.models import Unit, User
from townships.queries.delegations import signs_for
from townships.rules.permissions import Permission
from townships.services import events, revisions


@transaction.atomic
def start(pk: int, units: Iterable[Unit], by: User) -> int:
    """Ask ``units`` for their part of the list ``pk``; those asked before are passed over. How many new."""
    listed = hold(pk)
    verdict = allowed(by, Permission.MANAGE_LISTS, listed.campaign)
    if not verdict:
        raise Refused(verdict.reason)
    if listed.locked_at is not None:
        raise Refused(f"清单“{listed.title}”已锁定，不能再发起填报。")
    there = set(Part.objects.filter(list=listed).values_list("unit_id", flat=True))
    wanted = {unit.pk: unit for unit in units if unit.pk not in there}
    outside = [unit.name for unit in wanted.values() if not unit.path.startswith(listed.campaign.unit.path)]
    if outside:
        raise Refused(f"{'、'.join(outside[:3])}不在这项工作的范围内。")
    Part.objects.bulk_create(Part(list=listed, unit=unit) for unit in wanted.values())
    if wanted:
        _told(listed, f"发起“{listed.title}”填报，{len(wanted)}个单位", "start_parts", by)
        revisions.bump(wanted)
    return len(wanted)


@transaction.atomic
def check(part_id: int, answers: Mapping[str, int], by: User) -> list[Item]:
    """The unit says for each item of the template how many problems it found, 0 for none; items left out of
    ``answers`` stay unanswered. Returns those.

    Refused: somebody else, a number out of range, after the head has signed or the list is locked."""
    part = held_part(part_id, by)
    verdict = allowed(by, Permission.REGISTER_ISSUE)
    if not verdict:
        raise Refused(verdict.reason)
    refuse_unless_open(part)
    asked = _asked(part)
    given = {one["code"]: answers[one["code"]] for one in asked if one["code"] in answers}
    if any(not 0 <= count <= MOST for count in given.values()):
        raise Refused(f"查出问题的个数应在0到{MOST}之间。")
    items = items_of(asked, given)
    if given != part.answers:
        part.answers = given
        part.save(update_fields=["answers"])
        found = sum(given.values())
        said = f"已查{len(given)}项，共{len(items)}项，查出问题{found}个"
        _told(part.list, f"{part.unit.name}自查“{part.list.title}”：{said}", "self_check", by, part)
        revisions.bump([part.unit_id])
    return unanswered(items)


@transaction.atomic
def sign(part_id: int, by: User, *, is_zero: bool, words: str = "") -> Part:
    """The unit's head (or whom the head delegated) signs the part: 已报, or 零问题 said in so many words.

    Refused: somebody else, signed before, the list locked, an item of the self-check unanswered, 零问题 with
    issues or with an item that found some, 已报 without any."""
    part = held_part(part_id, by)
    heads = signs_for(by, clock.today())
    if not any(part.unit.path.startswith(head) for head in heads):
        raise Refused("须由本单位主要负责人签字，或由其书面授权的人在授权期内代签。")
    refuse_unless_open(part)
    count = Issue.objects.present().filter(list=part.list, reported_by=part.unit).count()
    if is_zero and count:
        raise Refused(f"本单位已登记{count}项问题，不能报零问题。")
    if not is_zero and not count:
        raise Refused("本单位还没有登记问题；排查后确实没有的，请选“零问题”。")
    if reason := refusal(items_of(_asked(part), part.answers), is_zero=is_zero):
        raise Refused(reason, "incomplete")
    state = PartState.ZERO if is_zero else PartState.REPORTED
    part.state, part.signed_by, part.signed_at = state.value, by, clock.now()
    part.words = words.strip()[:300] or part.words
    part.save(update_fields=["state", "signed_by", "signed_at", "words"])
    said = "零问题" if is_zero else f"{count}项问题"
    _told(part.list, f"{part.unit.name}签字报送“{part.list.title}”：{said}", "sign_part", by, part)
    revisions.bump([part.unit_id])
    return part


def _asked(part: Part) -> list[dict[str, str]]:
    """The items of the self-check; none where the list has no template."""
    template = part.list.template
    return template.self_check if template else []


def _told(listed: IssueList, summary: str, action: str, by: User, part: Part | None = None) -> None:
    events.record(
        subject_type="part" if part else "list",
        subject_id=part.pk if part else listed.pk,
        action=action,
        summary=summary,
        by=by,
        facts={"list": listed.code},
    )


__all__ = ["check", "sign", "start"]
