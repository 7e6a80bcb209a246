"""The page of 指明解决项目: the project's number, those near by to choose from."""

from __future__ import annotations

from typing import Any

from django import forms

from issues.models import Issue
from issues.queries.solving import nearby, solver_of
from issues.rules.workflow import Verb
from issues.services.life import solving
from issues.web.acts.base import Act, ActForm
from rectify.lib.words_field import WordsField
from townships.models import User


class ProjectForm(ActForm):
    project = WordsField(
        label="项目编号",
        max_length=20,
        required=False,
        widget=forms.TextInput(attrs={"list": "projects", "autocomplete": "off"}),
        help_text="项目建成，这个问题随之解决；清空即取消。",
    )

    def prepare(self) -> None:
        self.near = nearby(self.issue, self.user)
        named = solver_of(self.issue, self.user)
        self.fields["project"].initial = named.number if named else ""

    @property
    def current(self) -> list[tuple[str, str]]:
        named = solver_of(self.issue, self.user)
        return [("解决项目", f"{named.number} {named.name}" if named else "")]


def _name(issue: Issue, by: User, given: dict[str, Any], version: int | None) -> Issue:
    return solving.name_project(issue.pk, by, number=given["project"], version=version)


def _said(issue: Issue) -> str:
    return f"已指明由项目{issue.project.number}解决。" if issue.project else "已取消解决项目。"


ACTS = {Verb.NAME_PROJECT: Act(_name, _said, ProjectForm, "issues/acts/name_project.html")}
