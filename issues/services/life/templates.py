"""Templates of lists: those that ship are loaded, the office copies and edits them, a list takes one."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction

from issues.models import IssueList, ListTemplate
from issues.rules.templates import TemplateFacts, problems
from townships.models import User
from townships.services import events, revisions


class TemplateError(Exception):
    """Nothing was stored; ``problems``: field → a Chinese sentence."""

    def __init__(self, found: dict[str, str]) -> None:
        super().__init__("".join(found.values()))
        self.problems = found


@transaction.atomic
def load(shipped: Iterable[TemplateFacts]) -> list[str]:
    """Add the templates whose code is not there yet, the others stay as they are; the codes added."""
    there = set(ListTemplate.objects.values_list("code", flat=True))
    names = set(ListTemplate.objects.values_list("name", flat=True))
    added = []
    for facts in shipped:
        if facts.code in there or facts.name in names:
            continue
        _refuse(facts)
        made = ListTemplate.objects.create(**facts.values(), is_shipped=True)
        _told(made, "create_template", f"载入清单模板“{made.name}”", None)
        added.append(facts.code)
    return added


@transaction.atomic
def create(facts: TemplateFacts, *, by: User) -> ListTemplate:
    """A template of the office's own. TemplateError says what is wrong with it."""
    _refuse(facts)
    made = ListTemplate(**facts.values())
    _store(made)
    _told(made, "create_template", f"建立清单模板“{made.name}”", by)
    return made


@transaction.atomic
def change(template: ListTemplate, facts: TemplateFacts, *, by: User) -> bool:
    """Put the template right; its code stays. Returns whether anything changed."""
    held = ListTemplate.objects.select_for_update().get(pk=template.pk)
    wanted = {name: value for name, value in facts.values().items() if name != "code"}
    _refuse(facts)
    changed = [name for name, value in wanted.items() if getattr(held, name) != value]
    if not changed:
        return False
    for name in changed:
        setattr(held, name, wanted[name])
    _store(held)
    _told(held, "change_template", f"修改清单模板“{held.name}”", by, changed)
    return True


@transaction.atomic
def choose(listed: IssueList, template: ListTemplate | None, *, by: User) -> bool:
    """What the list asks from now on; whether that is anything else than before."""
    held = IssueList.objects.select_for_update(no_key=True).get(pk=listed.pk)
    if held.template_id == (template.pk if template else None):
        return False
    held.template = template
    held.save(update_fields=["template"])
    name = template.name if template else "（不用模板）"
    events.record(
        subject_type="list",
        subject_id=held.pk,
        action="choose_template",
        summary=f"问题清单“{held.title}”选用模板“{name}”",
        by=by,
        facts={"template": template.code if template else ""},
    )
    revisions.bump([])
    return True


def _refuse(facts: TemplateFacts) -> None:
    if found := problems(facts):
        raise TemplateError(found)


def _store(template: ListTemplate) -> None:
    try:
        with transaction.atomic():
            template.save()
    except IntegrityError as error:
        raise TemplateError({"name": "已有同名或同代号的模板。"}) from error


def _told(
    template: ListTemplate, action: str, summary: str, by: User | None, changed: list[str] | None = None
) -> None:
    events.record(
        subject_type="template",
        subject_id=template.pk,
        action=action,
        summary=summary,
        by=by,
        facts={"code": template.code, "changed": changed or []},
    )
    revisions.bump([])
