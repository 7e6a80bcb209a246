"""代签授权 of a unit's head: what stands, one more, taken back."""

from __future__ import annotations

from datetime import date

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from rectify.lib import clock
from rectify.lib.day_field import DayField
from rectify.lib.words_field import WordsField
from townships.models import Delegation, User
from townships.queries.delegations import delegations_of, may_sign_for
from townships.rules.permissions import Permission
from townships.services import delegations
from townships.web.requires import requires


class DelegationForm(forms.Form):
    to = forms.ModelChoiceField(label="授权给", queryset=User.objects.none(), empty_label="请选择本单位的人")
    document = WordsField(
        label="授权文号", max_length=100, help_text="书面授权的文号或日期，如 某府办〔2018〕3号。"
    )
    from_on = DayField(label="从")
    until_on = DayField(label="到（含当天）")

    def __init__(self, *args: object, head: User, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        people = self.fields["to"]
        people.queryset = may_sign_for(head)
        people.label_from_instance = lambda user: f"{user.name}　{user.title or user.get_role_display()}"
        self.fields["from_on"].initial = clock.today()


@requires(Permission.SIGN_AS_HEAD)
def delegation_page(request: HttpRequest) -> HttpResponse:
    """The head's own delegations; a POST makes one."""
    form = DelegationForm(request.POST or None, head=request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = delegations.delegate(**form.cleaned_data, by=request.user)
        except delegations.DelegationError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, f"已授权{made.delegate.name}代为签字，到{made.until_on}为止。")
            return redirect("delegations")
    today = clock.today()
    lines = [(one, _word(one, today), _stands(one, today)) for one in delegations_of(request.user)]
    return render(request, "people/delegations.html", {"form": form, "lines": lines})


@require_POST
@requires(Permission.SIGN_AS_HEAD)
def delegation_end(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one back."""
    try:
        ended = delegations.end(pk, by=request.user)
    except delegations.DelegationError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已收回对{ended.delegate.name}的授权。")
    return redirect("delegations")


def _word(one: Delegation, today: date) -> str:
    if one.ended_at is not None:
        return f"{clock.beijing_date(one.ended_at).isoformat()}收回"
    if one.until_on < today:
        return "已到期"
    return "有效" if one.from_on <= today else "尚未开始"


def _stands(one: Delegation, today: date) -> bool:
    return one.ended_at is None and one.until_on >= today
