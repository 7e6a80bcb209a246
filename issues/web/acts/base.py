"""One page for every verb: its form, why it is not available, what was typed kept when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms

from issues.models import Issue
from issues.rules.workflow import TABLE, Verb
from townships.models import User


class ActForm(forms.Form):
    """What a verb asks. ``issue`` and ``user`` are set before the fields are used, so that a form may fill in
    what is known; ``version`` tells whether somebody changed the issue since the page was opened."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, issue: Issue, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.issue, self.user = issue, user
        self.fields["version"].initial = issue.version
        self.prepare()

    def prepare(self) -> None:
        """Fill in choices and initial values from ``self.issue``."""

    @property
    def wants_more(self) -> bool:
        """Only another row or words to start from were asked for: show what was typed, judge nothing."""
        return False

    @property
    def current(self) -> list[tuple[str, str]]:
        """Label and present value of what the form would change: shown beside what was typed when stale."""
        return []


Do = Callable[[Issue, User, dict[str, Any], int | None], Any]
"""Perform the verb with the form's cleaned data and the version it was opened with; raises Refused."""


@dataclass(frozen=True, slots=True)
class Act:
    """How a verb is done on its page. ``said``: the message after it, or what makes it of what ``do`` gave;
    ``template``: for a form that needs more than its fields in a column."""

    do: Do
    said: str | Callable[[Any], str]
    form: type[ActForm] = ActForm
    template: str = "issues/acts/act.html"
    takes_files: bool = False
    is_danger: bool = False

    def message(self, done: Any) -> str:
        return self.said if isinstance(self.said, str) else self.said(done)


def label_of(verb: Verb) -> str:
    return TABLE[verb].label
