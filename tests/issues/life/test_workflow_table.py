"""docs/workflow.md is what the code prints."""

from __future__ import annotations

from pathlib import Path

from issues.rules.stages import State
from issues.rules.workflow import TABLE
from issues.rules.workflow_table import document, meaning, name
from townships.rules.audit import ACTIONS


def test_the_document_is_what_the_table_prints(repository: Path) -> None:
    stands = (repository / "docs" / "workflow.md").read_text(encoding="utf-8")
    assert stands == document(), "run: python -m issues.rules.workflow_table > docs/workflow.md"


def test_every_verb_state_and_guard_is_told() -> None:
    printed = document()
    for verb, step in TABLE.items():
        assert f"| `{verb.value}` | {step.label} |" in printed
        assert ACTIONS[verb.value], "the audit trail has a word for it"
        for guard in step.guards:
            assert f"`{name(guard)}`" in printed
            assert meaning(guard) in printed
    for state in State:
        assert f"| {state.label} `{state.value}` |" in printed
