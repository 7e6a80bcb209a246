"""The workflow's table as a document, printed from the table itself: `python -m issues.rules.workflow_table`
writes what `docs/workflow.md` holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from issues.rules.guards import Guard, WaitsFor
from issues.rules.stages import OPEN_STATES, State
from issues.rules.workflow import OPEN, TABLE, Step, Verb
from townships.rules.permissions import Permission, holders

HEAD = """\
# The life of an issue

Printed from `issues/rules/workflow.py` by `python -m issues.rules.workflow_table > docs/workflow.md`; a test
fails when the two differ. Pages, bulk acts, imports and the API all go through this one table. A verb can be
done where the issue is in one of the states, one of the roles acts, and every guard holds; a refusal says
why in Chinese. Every verb writes one event in the same transaction.
"""
COLUMNS = ("verb", "on the page", "from", "to", "who", "what must be true", "what is given")


def document() -> str:
    """The whole file, in Markdown."""
    parts = [HEAD, "## Verbs\n", *_table(COLUMNS, (_row(verb, step) for verb, step in TABLE.items()))]
    parts += ["\n## What can be done in which state\n", *_table(("state", "verbs"), _states())]
    parts += ["\n## Guards\n", *_table(("guard", "holds where"), sorted(_guards()))]
    return "\n".join(parts) + "\n"


def _table(columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _row(verb: Verb, step: Step) -> tuple[str, ...]:
    to = step.target.label if step.target else "stays"
    return (
        f"`{verb.value}`",
        step.label,
        _sources(step.sources),
        f"{to}（{step.note}）" if step.note else to,
        "; ".join(dict.fromkeys(_who(permission) for permission in step.permissions)),
        ", ".join(f"`{name(guard)}`" for guard in step.guards) or "—",
        "、".join(step.given) or "—",
    )


def _sources(sources: frozenset[State]) -> str:
    if sources == OPEN:
        return "any open state"
    left_out = [state for state in OPEN_STATES if state not in sources]
    if sources < OPEN and len(left_out) <= 2:
        return f"any open state but {'、'.join(state.label for state in left_out)}"
    return "、".join(state.label for state in State if state in sources)


def _who(permission: Permission) -> str:
    roles = ", ".join(role.value for role in holders(permission))
    delegated = " or whom the head delegated" if permission is Permission.SIGN_AS_HEAD else ""
    return f"{roles}{delegated}"


def _states() -> Iterator[tuple[str, ...]]:
    for state in State:
        verbs = [f"`{verb.value}`" for verb, step in TABLE.items() if state in step.sources]
        final = (
            [] if state in OPEN_STATES else ["none leaves it: it is final" if verbs else "none: it is final"]
        )
        yield f"{state.label} `{state.value}`", ", ".join([*verbs, *final])


def _guards() -> set[tuple[str, str]]:
    return {(f"`{name(guard)}`", meaning(guard)) for step in TABLE.values() for guard in step.guards}


def name(guard: Guard) -> str:
    """The guard's name, as the table of verbs writes it."""
    return f"waits_for({guard.kind.value})" if isinstance(guard, WaitsFor) else guard.__name__


def meaning(guard: Guard) -> str:
    """What must be so: the guard's own docstring in one line. ValueError for a guard that says nothing."""
    if isinstance(guard, WaitsFor):
        return f"A proposal of {guard.kind.value} ({guard.kind.label}) waits for a second person."
    if not guard.__doc__:
        raise ValueError(f"{guard.__name__} has no docstring to print")
    return " ".join(guard.__doc__.split())


if __name__ == "__main__":
    print(document(), end="")
