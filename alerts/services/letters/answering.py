"""The unit signs for a letter and answers it; the office accepts the reply or returns it with a reason."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from alerts.models import Letter, LetterReply
from alerts.queries.letter_replies import Reference, references
from alerts.rules.letters import LONGEST_WORDS, LetterKind, LetterState, LetterVerb
from alerts.services.letters.door import LetterRefused, begin, finish
from alerts.services.letters.drafting import reply_due
from issues.rules.history import cn_day
from issues.services.life.evidence import Given, keeping, write_whole
from issues.services.words import words_given
from rectify.lib import clock
from townships.models import Unit, User

FOLDER = "letters/replies"
MOST_REFERENCES = 50


@transaction.atomic
def receive(pk: int, *, by: User) -> Letter:
    """签收, by anybody who acts for the unit; a letter that asks no reply is done with that."""
    letter = begin(pk, LetterVerb.RECEIVE, by)
    owes = letter.reply_due_on is not None
    summary = f"{_unit(by).name}签收{letter.number}"
    done: dict[str, Any] = {} if owes else {"closed_at": clock.now()}
    state = LetterState.RECEIVED if owes else LetterState.CLOSED
    return finish(
        letter,
        LetterVerb.RECEIVE.value,
        by,
        summary,
        state=state,
        received_by=by,
        received_at=clock.now(),
        **done,
    )


@transaction.atomic
def answer(
    pk: int,
    words: str,
    *,
    by: User,
    refers: Sequence[str] = (),
    file: Given | None = None,
    version: int | None = None,
) -> LetterReply:
    """Reply in words, with what they point at: keys of plans, reports and evidence of the letter's issues
    (``alerts.queries.letter_replies``), and the paper itself where one was asked for."""
    letter = begin(pk, LetterVerb.ANSWER, by, version=version)
    said = words_given(words, most=LONGEST_WORDS, field="words", missing="请写回复的内容。")
    if letter.kind == LetterKind.SELF_CRITICISM and file is None:
        raise LetterRefused("书面检查要附签字盖章的原件（照片或者扫描件）。", "file")
    with keeping() as written:
        reply = LetterReply(
            letter=letter,
            unit=_unit(by),
            words=said,
            refers=[one.kept() for one in _chosen(letter, by, refers)],
            due_on=letter.reply_due_on or clock.today(),
            answered_by=by,
            answered_at=clock.now(),
        )
        if file is not None:
            _keep(reply, file, written)
        reply.save(force_insert=True)
        summary = f"{_unit(by).name}回复{letter.number}：{said[:80]}"
        finish(letter, LetterVerb.ANSWER.value, by, summary, state=LetterState.ANSWERED)
    return reply


@transaction.atomic
def accept(pk: int, words: str, *, by: User, version: int | None = None) -> Letter:
    """The reply is what was asked for; the letter is done."""
    letter = begin(pk, LetterVerb.ACCEPT, by, version=version)
    said = words_given(words, most=300, field="words")
    _decide(letter, by, "accepted", said)
    summary = f"同意{letter.unit.name}对{letter.number}的回复，办结{f'：{said}' if said else ''}"
    return finish(
        letter, LetterVerb.ACCEPT.value, by, summary, state=LetterState.CLOSED, closed_at=clock.now()
    )


@transaction.atomic
def return_reply(
    pk: int, words: str, *, by: User, due_on: date | None = None, version: int | None = None
) -> Letter:
    """The reply is not what was asked for: why, and by when it comes again (the same day unless given)."""
    letter = begin(pk, LetterVerb.RETURN, by, version=version)
    said = words_given(words, most=300, field="words", missing="请写明退回的理由。")
    due = reply_due(due_on, 0) if due_on and due_on != letter.reply_due_on else letter.reply_due_on
    _decide(letter, by, "returned", said)
    by_when = f"，请于{cn_day(due)}前重新回复" if due else ""
    summary = f"退回{letter.unit.name}对{letter.number}的回复：{said}{by_when}"
    return finish(letter, LetterVerb.RETURN.value, by, summary, state=LetterState.RECEIVED, reply_due_on=due)


def _decide(letter: Letter, by: User, state: str, words: str) -> None:
    reply = letter.replies.select_for_update(no_key=True).get(state="pending")
    reply.state, reply.decided_by, reply.decided_at, reply.decision_words = state, by, clock.now(), words
    reply.save(update_fields=["state", "decided_by", "decided_at", "decision_words"])


def _chosen(letter: Letter, by: User, keys: Sequence[str]) -> list[Reference]:
    """What the unit may point at, of that what it chose. LetterRefused for anything else."""
    wanted = list(dict.fromkeys(keys))
    if len(wanted) > MOST_REFERENCES:
        raise LetterRefused(f"最多附{MOST_REFERENCES}份材料。", "refers")
    offered = {one.key: one for one in references(letter, by)}
    if any(key not in offered for key in wanted):
        raise LetterRefused("有一份材料不属于这份函件的问题，或者已经作废，请重新选。", "refers")
    return [offered[key] for key in wanted]


def _keep(reply: LetterReply, file: Given, written: list[Path]) -> None:
    reply.sha256 = hashlib.sha256(file.content).hexdigest()
    reply.file_name = file.name[:120]
    reply.path = f"{FOLDER}/{reply.letter_id}/{reply.sha256}{file.ending}"
    write_whole(Path(settings.PRIVATE_FILES_DIR) / reply.path, file.content, written)


def path_of(reply: LetterReply) -> Path:
    """Where the paper of a reply lies."""
    return Path(settings.PRIVATE_FILES_DIR) / reply.path


def _unit(by: User) -> Unit:
    if by.unit is None:
        raise LetterRefused("您的账号没有设单位，不能办理函件。")
    return by.unit
