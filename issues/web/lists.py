"""问题清单: the campaign's lists with their facts; one made or corrected by hand."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from issues.models import IssueList
from issues.queries.lists import lists_of, one_list
from issues.services import lists
from issues.services.lists import DAYS, ListError, ListFacts
from projects.queries.campaigns import campaigns_of
from rectify.lib.day_field import DayField
from rectify.lib.words_field import WordsField
from townships.access import allowed
from townships.rules.permissions import Permission
from townships.web.requires import must, requires


class ListForm(forms.Form):
    title = WordsField(
        label="标题", max_length=200, help_text="来源文件或台账的标题；导入同名台账时，问题归到这张清单。"
    )
    short_name = WordsField(
        label="简称", max_length=60, required=False, help_text="统计的句子里这样称呼；不填由标题生成。"
    )
    source = WordsField(
        label="来源", max_length=100, required=False, help_text="如 省委第三巡视组、县审计局、自查。"
    )
    source_doc = WordsField(label="文号", max_length=100, required=False)
    as_of_on = DayField(label="截至日期", required=False)
    immediate_days = forms.IntegerField(
        label="立行立改天数",
        min_value=DAYS[0],
        max_value=DAYS[-1],
        initial=15,
        help_text="没有写日期的“立行立改”，从发现之日起这么多天到期；只用于以后登记的问题。",
    )
    lock_on = DayField(label="锁定日期", required=False, help_text="这一天以后新增的问题算增量。")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for name, value in list(given.items()):
            if isinstance(value, str) and not value.isprintable():
                self.add_error(name, "不能含看不见的字符。")
        return given

    def facts(self) -> ListFacts:
        """What the service takes; the title apart."""
        return ListFacts(**{name: value for name, value in self.cleaned_data.items() if name != "title"})


@requires(Permission.SEE_ISSUES)
def list_page(request: HttpRequest) -> HttpResponse:
    """The lists of the campaign on top of the page."""
    campaign = request.frame.campaign
    context = {
        "campaign": campaign,
        "lists": lists_of(request.user, campaign),
        "may_manage": allowed(request.user, Permission.MANAGE_LISTS).ok,
    }
    return render(request, "lists/lists.html", context)


@requires(Permission.MANAGE_LISTS)
def list_add(request: HttpRequest) -> HttpResponse:
    """A list made before its ledger comes."""
    campaign = request.frame.campaign
    if campaign is None:
        messages.error(request, "还没有工作，请先建立一项工作。")
        return redirect("issues:lists")
    must(request.user, Permission.MANAGE_LISTS, campaign)
    form = ListForm(request.POST or None, initial={"lock_on": campaign.list_lock_on})
    if request.method == "POST" and form.is_valid():
        try:
            made = lists.create(campaign, form.cleaned_data["title"], form.facts(), by=request.user)
        except ListError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"清单“{made.title}”已建立。")
            return redirect("issues:lists")
    return render(request, "lists/list.html", {"form": form, "campaign": campaign})


@requires(Permission.MANAGE_LISTS)
def list_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Correct what is said of a list."""
    listed = _list(request, pk)
    initial = {name: getattr(listed, name) for name in lists.FIELDS}
    form = ListForm(request.POST or None, initial=initial)
    del form.fields["title"]
    if request.method == "POST" and form.is_valid():
        try:
            changed = lists.change(listed, form.facts(), by=request.user)
        except ListError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "清单已修改。" if changed else "内容没有变化。")
            return redirect("issues:lists")
    return render(request, "lists/list.html", {"form": form, "listed": listed, "campaign": listed.campaign})


def _list(request: HttpRequest, pk: int) -> IssueList:
    listed = one_list(campaigns_of(request.user), pk)
    if listed is None or not allowed(request.user, Permission.MANAGE_LISTS, listed.campaign).ok:
        raise Http404
    return listed
