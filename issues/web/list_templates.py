"""清单模板: which there are, one made from another, one edited; tables are typed as lines."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from issues.models import ListTemplate
from issues.queries.templates import one_template, template_lines
from issues.rules import templates as rules
from issues.rules.records import EvidenceKind, ReturnReason
from issues.rules.templates import LABELLED, WORDED, LineProblem, TemplateFacts
from issues.services.life import templates
from issues.services.life.templates import TemplateError
from issues.web.list_access import posted
from rectify.lib.words_field import WordsField
from townships.rules.permissions import Permission
from townships.web.requires import requires

KINDS = {kind.label: kind.value for kind in EvidenceKind}
REASONS = {reason.label: reason.value for reason in ReturnReason}
STATES = {state.label: state.value for state in WORDED}
FIELDS = {word: name for name, word in LABELLED.items()}


def lines(label: str, help_text: str, rows: int = 4) -> WordsField:
    widget = forms.Textarea(attrs={"rows": rows})
    return WordsField(label=label, help_text=help_text, required=False, max_length=6000, widget=widget)


class TemplateForm(forms.Form):
    """``before``: the template as it stands, or the one it is made from (rows keep their codes)."""

    code = WordsField(
        label="代号", max_length=32, help_text="小写字母开头，只含字母、数字、短横，以后不能改。"
    )
    name = WordsField(label="名称", max_length=60)
    self_check = lines(
        "自查项目", "一行一项，可写成“项目：怎么查”；各单位签字报送清单前逐项回答无问题或有问题几个。", 6
    )
    checklist = lines("销号清单", "一行一条；申请销号时每一条都要用文字回答。", 6)
    evidence = lines(
        "必备佐证", f"一行一项，写成“类别：为什么要”。类别：{'、'.join(KINDS)}。缺了的不能申请销号。"
    )
    return_reasons = lines("退回理由用语", f"一行一项，写成“理由：用语”。理由：{'、'.join(REASONS)}。", 6)
    state_words = lines(
        "状态用语", f"一行一项，写成“状态：用语”；不写的用系统的说法。状态：{'、'.join(STATES)}。"
    )
    extra_fields = lines("补充栏目", "一行一项，写成“栏目名称：制定计划时”或“栏目名称：申请销号时”。")
    labels = lines("名称用语", f"一行一项，写成“名称：用语”。名称：{'、'.join(FIELDS)}。")
    needs_site_visit = forms.BooleanField(label="销号前须有现场核查", required=False)
    asks_funds = forms.BooleanField(label="计划须写资金来源", required=False)
    needs_file_number = forms.BooleanField(label="完成后须归档（没有档案号的列为待归档）", required=False)

    def __init__(self, *args: Any, before: ListTemplate | None, keeps_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.before = before
        if keeps_code:
            del self.fields["code"]

    def clean(self) -> dict[str, Any]:
        """Typed lines become the rows of the model; each field says which line it cannot read."""
        given = super().clean() or {}
        before = self.before or ListTemplate()
        readers = {
            "self_check": lambda text: rules.read_checklist(text, before.self_check),
            "checklist": lambda text: rules.read_checklist(text, before.checklist),
            "evidence": lambda text: _rows(text, KINDS, "kind", "why"),
            "return_reasons": lambda text: _rows(text, REASONS, "code", "text"),
            "state_words": lambda text: dict(rules.read_pairs(text, STATES)),
            "extra_fields": lambda text: rules.read_extra(text, before.extra_fields),
            "labels": lambda text: dict(rules.read_pairs(text, FIELDS)),
        }
        for name, read in readers.items():
            try:
                given[name] = read(given.get(name, ""))
            except LineProblem as problem:
                self.add_error(name, str(problem))
        return given

    def facts(self) -> TemplateFacts:
        """The template as the service takes it."""
        given = dict(self.cleaned_data)
        code = given.pop("code", self.before.code if self.before else "")
        return TemplateFacts(code=code.strip(), name=given.pop("name").strip(), **given)


def _rows(text: str, known: dict[str, str], left: str, right: str) -> list[dict[str, str]]:
    return [{left: value, right: words} for value, words in rules.read_pairs(text, known)]


@require_GET
@requires(Permission.MANAGE_TEMPLATES)
def list_page(request: HttpRequest) -> HttpResponse:
    """Every template, with how many lists follow it."""
    return render(request, "lists/templates.html", {"lines": template_lines()})


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_TEMPLATES)
def add(request: HttpRequest) -> HttpResponse:
    """A template of the office's own, empty or made from another (``?from=``)."""
    number = request.GET.get("from", "")
    source = one_template(int(number)) if number.isdecimal() and len(number) < 10 else None
    initial = {**_initial(source), "code": "", "name": ""} if source else {}
    form = TemplateForm(posted(request), before=source, keeps_code=False, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            made = templates.create(form.facts(), by=request.user)
        except TemplateError as error:
            _blame(form, error)
        else:
            messages.success(request, f"模板“{made.name}”已建立。")
            return redirect("issues:templates")
    return _page(request, form, source=source)


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_TEMPLATES)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one template right; lists that follow it follow it as it is now."""
    template = one_template(pk)
    if template is None:
        raise Http404("没有这份模板")
    form = TemplateForm(posted(request), before=template, keeps_code=True, initial=_initial(template))
    if request.method == "POST" and form.is_valid():
        try:
            changed = templates.change(template, form.facts(), by=request.user)
        except TemplateError as error:
            _blame(form, error)
        else:
            messages.success(request, "模板已修改。" if changed else "内容没有变化。")
            return redirect("issues:templates")
    return _page(request, form, template=template)


def _initial(template: ListTemplate) -> dict[str, Any]:
    kinds, reasons = _words(KINDS), _words(REASONS)
    states, fields = _words(STATES), _words(FIELDS)
    return {
        "name": template.name,
        "self_check": rules.checklist_lines(template.self_check),
        "checklist": rules.checklist_lines(template.checklist),
        "evidence": rules.pair_lines([(kinds[row["kind"]], row["why"]) for row in template.evidence]),
        "return_reasons": rules.pair_lines(
            [(reasons[row["code"]], row["text"]) for row in template.return_reasons]
        ),
        "state_words": rules.pair_lines(
            [(states[name], word) for name, word in template.state_words.items()]
        ),
        "extra_fields": rules.extra_lines(template.extra_fields),
        "labels": rules.pair_lines([(fields[name], word) for name, word in template.labels.items()]),
        **{name: getattr(template, name) for name in rules.FLAGS},
    }


def _words(known: dict[str, str]) -> dict[str, str]:
    return {value: word for word, value in known.items()}


def _blame(form: TemplateForm, error: TemplateError) -> None:
    for name, sentence in error.problems.items():
        form.add_error(name if name in form.fields else None, sentence)


def _page(request: HttpRequest, form: TemplateForm, **more: Any) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "lists/template.html", {"form": form, **more}, status=status)
