"""外部渠道: what 系统管理员 listed; tried out, switched on and off. Addresses and keys are never shown."""

from __future__ import annotations

from http import HTTPStatus

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alerts.queries import deliveries
from alerts.rules.messages import FIELDS
from alerts.rules.sending import ChannelKind
from alerts.services import channels
from alerts.services.channels import ChannelRefused, Listing
from alerts.services.wires import mail
from townships.models import Unit
from townships.queries.units import directory
from townships.rules.permissions import Permission
from townships.rules.roles import Level
from townships.web.requires import requires

managing = requires(Permission.MANAGE_SETTINGS)
LISTED = [(kind.value, kind.label) for kind in ChannelKind if kind is not ChannelKind.EMAIL]
SMS_EXAMPLE = '{"mobile": "{phone}", "content": "{text}"}'


class ChannelForm(forms.Form):
    kind = forms.ChoiceField(label="种类", choices=LISTED)
    name = forms.CharField(label="名称", max_length=60, help_text="如 督查室工作群。")
    unit = forms.ModelChoiceField(
        label="单位",
        queryset=Unit.objects.none(),
        required=False,
        empty_label="（短信网关不选）",
        help_text="群里只报这个单位及其下级被告知的条数。",
    )
    address = forms.CharField(
        label="地址",
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text="对方给的完整网址，保存后不再显示。主机须先写进服务器的 OUTBOUND_ALLOW。",
    )
    secret = forms.CharField(
        label="密钥",
        max_length=200,
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="钉钉“加签”、飞书“签名校验”的密钥；通用接口不填则自动生成一个，只显示一次。",
    )
    body = forms.CharField(
        label="请求内容模板",
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": SMS_EXAMPLE, "spellcheck": "false"}),
        help_text="只用于短信网关。可用的字段：" + "、".join(f"{{{name}}}" for name in FIELDS) + "。",
    )
    link = forms.CharField(
        label="登录网址",
        max_length=200,
        help_text="收到消息的人用这个网址登录本系统；消息里只有条数、日期和这个网址。",
    )

    def __init__(self, *args: object, user: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        units = directory(user).exclude(level=Level.VILLAGE.value)  # type: ignore[arg-type]
        self.fields["unit"].queryset = units.order_by("code")  # type: ignore[attr-defined]
        self.fields["unit"].label_from_instance = lambda unit: unit.name  # type: ignore[attr-defined]

    def listing(self) -> Listing:
        """What the service takes."""
        given = self.cleaned_data
        return Listing(**{**given, "kind": ChannelKind(given["kind"])})


class LinkForm(forms.Form):
    link = forms.CharField(label="登录网址", max_length=200)


@never_cache
@require_safe
@managing
def page(request: HttpRequest) -> HttpResponse:
    """All channels, the mail's first, with what waits and what failed."""
    channels.mail_channel()
    context = {
        "channels": deliveries.channels(),
        "has_mail": mail.is_configured(),
        "allowed": settings.OUTBOUND_ALLOW,
    }
    return render(request, "alerts/channels.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@managing
def add(request: HttpRequest) -> HttpResponse:
    """List one more channel; the key that the house makes for it is shown on this answer alone."""
    is_posted = request.method == "POST"
    initial = {"link": request.build_absolute_uri("/")}
    form = ChannelForm(request.POST if is_posted else None, user=request.user, initial=initial)
    if is_posted and form.is_valid():
        try:
            added = channels.add(form.listing(), by=request.user)
        except ChannelRefused as refused:
            form.add_error(None, str(refused))
        else:
            if added.secret:
                return render(request, "alerts/channel_secret.html", {"added": added})
            messages.success(request, f"“{added.channel.name}”已列入，还没有启用；请先发一条测试消息。")
            return redirect("alerts:channel", pk=added.channel.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "allowed": settings.OUTBOUND_ALLOW}
    return render(request, "alerts/channel_add.html", context, status=status)


@never_cache
@require_safe
@managing
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One channel: its switch, its test, its last failures."""
    channel = deliveries.channel(pk)
    if channel is None:
        raise Http404("没有这个渠道")
    kind = ChannelKind(channel.kind)
    context = {
        "channel": channel,
        "kind": kind,
        "failures": deliveries.last_failures(channel),
        "form": LinkForm(initial={"link": channel.link}),
        "has_mail": mail.is_configured(),
        "own": {ChannelKind.EMAIL: request.user.email, ChannelKind.SMS: request.user.phone}.get(kind, "-"),
    }
    return render(request, "alerts/channel.html", context)


@require_POST
@managing
def change(request: HttpRequest, pk: int, verb: str) -> HttpResponse:
    """Try out, switch, correct the address of login, remove."""
    try:
        said = VERBS[verb](request, pk)
    except ChannelRefused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, said)
        if verb == "remove":
            return redirect("alerts:channels")
    return redirect("alerts:channel", pk=pk)


def _test(request: HttpRequest, pk: int) -> str:
    channels.send_test(pk, by=request.user)
    return "测试消息已发出，对方已接收。"


def _on(request: HttpRequest, pk: int) -> str:
    return f"“{channels.switch(pk, is_enabled=True, by=request.user).name}”已启用。"


def _off(request: HttpRequest, pk: int) -> str:
    return f"“{channels.switch(pk, is_enabled=False, by=request.user).name}”已停用，排队的消息不再发送。"


def _link(request: HttpRequest, pk: int) -> str:
    form = LinkForm(request.POST)
    if not form.is_valid():
        raise ChannelRefused("请填写登录网址。")
    channels.set_link(pk, link=form.cleaned_data["link"], by=request.user)
    return "登录网址已保存。"


def _remove(request: HttpRequest, pk: int) -> str:
    channels.remove(pk, by=request.user)
    return "渠道已删除。"


VERBS = {"test": _test, "on": _on, "off": _off, "link": _link, "remove": _remove}
