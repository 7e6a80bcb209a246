"""Forms of the county's pages: what is typed becomes values; the services decide."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from rectify.lib.day_field import DayField
from rectify.lib.workdays import DayKind
from townships.models import Unit, User
from townships.queries import people
from townships.queries.units import directory, unit_index
from townships.rules.passwords import HINT
from townships.rules.roles import Level, Role
from townships.services.accounts import USERNAME_LENGTH, NewAccount
from townships.services.unit_changes import NewUnit

CALENDAR_YEARS = range(2000, 2100)
WORDS = {"放假": False, "上班": True}
PLACE_LEVELS = (Level.TOWNSHIP, Level.VILLAGE, Level.DEPARTMENT, Level.GROUP, Level.OUTSIDE)


class LoginForm(AuthenticationForm):
    """The login; what is wrong is never said more exactly than this."""

    error_messages = {
        "invalid_login": "用户名或密码不对。请核对大小写和输入法；连续输错5次，账号将锁定30分钟。",
        "inactive": "这个账号已停用，请与系统管理员联系。",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "用户名"
        self.fields["password"].label = "密码"

    def clean_username(self) -> str:
        """No account has a longer name, and the lockout's table could not take it."""
        username: str = self.cleaned_data["username"]
        if len(username) > USERNAME_LENGTH:
            raise forms.ValidationError("用户名太长，请核对。")
        return username

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if Role(user.role) is Role.API_CLIENT:
            raise forms.ValidationError("接口用户用令牌访问接口，不能登录网页。")


class PasswordForm(forms.Form):
    old = forms.CharField(
        label="原密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )
    new = forms.CharField(
        label="新密码",
        strip=False,
        max_length=128,
        help_text=HINT,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label="再输一次新密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("new") and given.get("again") and given["new"] != given["again"]:
            self.add_error("again", "两次输入的新密码不一样。")
        return given


class UnitField(forms.CharField):
    """A unit by any of its names or its code, from the directory of ``user`` (set by the form)."""

    user: User | None = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=100, **kwargs)
        self.widget.attrs.update({"list": "units", "autocomplete": "off"})

    def clean(self, value: Any) -> Unit | None:
        text = super().clean(value)
        if not text or self.user is None:
            return None
        index = unit_index()
        match = index.resolve(text)
        code = match.unit.code if match else text
        unit = directory(self.user).filter(code=code).first()
        if unit is None:
            raise forms.ValidationError(f"{index.problem(text) or '这个单位不在您的工作范围内'}。")
        return unit


class _WithUnits(forms.Form):
    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        for field in self.fields.values():
            if isinstance(field, UnitField):
                field.user = user


class AccountForm(_WithUnits):
    name = forms.CharField(label="姓名", max_length=60)
    username = forms.CharField(label="用户名", max_length=60, help_text="登录用，不能含空格，建立后不能改。")
    role = forms.ChoiceField(
        label="角色", choices=[(role.value, role.label) for role in Role if role is not Role.API_CLIENT]
    )
    unit = UnitField(label="单位", required=False, help_text="写全称、简称或代码；系统管理员可以不填。")
    title = forms.CharField(label="职务", max_length=60, required=False)
    phone = forms.CharField(
        label="电话", max_length=20, required=False, help_text="页面上只显示前三位和后四位。"
    )

    def account(self) -> NewAccount:
        """The account as the service takes it."""
        given = self.cleaned_data
        return NewAccount(
            username=given["username"].strip(),
            name=given["name"].strip(),
            role=Role(given["role"]),
            unit=given["unit"],
            title=given["title"].strip(),
            phone=given["phone"].strip(),
        )


class ProfileForm(_WithUnits):
    """What may change of an account: everything but its username."""

    name = forms.CharField(label="姓名", max_length=60)
    role = AccountForm.base_fields["role"]
    unit = UnitField(label="单位", required=False, help_text="写全称、简称或代码。")
    title = forms.CharField(label="职务", max_length=60, required=False)
    phone = forms.CharField(
        label="新电话", max_length=20, required=False, help_text="不改就空着；页面上只显示前三位和后四位。"
    )


class RosterForm(forms.Form):
    file = forms.FileField(
        label="名册文件",
        help_text="xlsx、xls 或 csv；要有 姓名、单位、角色 三列，可以有 职务、电话、用户名。",
        error_messages={"required": "请选择文件。", "empty": "这个文件是空的。"},
    )


class UnitForm(_WithUnits):
    parent = UnitField(label="上级单位", help_text="写全称、简称或代码。")
    level = forms.ChoiceField(label="层级", choices=[(level.value, level.label) for level in PLACE_LEVELS])
    code = forms.CharField(label="代码", max_length=32, help_text="行政区划代码或自编代码，建立后不能改。")
    name = forms.CharField(label="全称", max_length=100)
    short_name = forms.CharField(label="简称", max_length=60, required=False)
    kind = forms.CharField(
        label="类型", max_length=20, required=False, help_text="如 镇、民族乡、党委、政府、群团、企业。"
    )
    opened_on = DayField(label="设立日期", required=False)

    def new_unit(self) -> NewUnit:
        """The unit as the service takes it."""
        given = self.cleaned_data
        return NewUnit(
            code=given["code"].strip(),
            name=given["name"].strip(),
            short_name=given["short_name"].strip(),
            level=Level(given["level"]),
            parent=given["parent"],
            kind=given["kind"].strip(),
            opened_on=given["opened_on"],
        )


class NameForm(forms.Form):
    name = forms.CharField(label="名称", max_length=100)
    former = forms.BooleanField(label="这是曾用名", required=False)


class RenameForm(forms.Form):
    name = forms.CharField(label="新名称", max_length=100)
    short_name = forms.CharField(label="新简称", max_length=60, required=False)
    note = forms.CharField(label="依据", max_length=100, help_text="批复文号或说明，写入审计记录。")


class CloseForm(_WithUnits):
    on = DayField(label="撤并日期", help_text="从这一天起不再存在。")
    successor = UnitField(
        label="并入", required=False, help_text="继承其事项的单位；撤销而无继承的可以不填。"
    )
    note = forms.CharField(label="依据", max_length=100, help_text="批复文号或说明，写入审计记录。")


class LeaderForm(forms.Form):
    leader = forms.ModelChoiceField(label="分管领导", queryset=User.objects.none(), empty_label="请选择")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["leader"].queryset = people.leaders(user)


class DayForm(forms.Form):
    day = DayField(label="日期")
    is_workday = forms.TypedChoiceField(
        label="这一天",
        choices=[("no", "放假"), ("yes", "上班（调休）")],
        coerce=lambda value: value == "yes",
    )
    name = forms.CharField(label="名称", max_length=60, help_text="如 端午节、国庆节调休上班。")

    def clean_day(self) -> date:
        day: date = self.cleaned_data["day"]
        if day.year not in CALENDAR_YEARS:
            raise forms.ValidationError("年份超出范围，请核对。")
        return day


class YearListForm(forms.Form):
    """A year's published list, one day a line: 2027-05-01 放假 劳动节."""

    days = forms.CharField(
        label="整年的安排",
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text="每行一天：日期、放假或者上班、名称，用空格隔开；没有列出的日子按星期计算。",
    )

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year
        self.example = f"{year}-05-01 放假 劳动节"
        self.fields["days"].widget.attrs["placeholder"] = f"{self.example}\n{year}-10-11 上班 国庆节调休"

    def clean_days(self) -> dict[date, DayKind]:
        lines = [line.split(maxsplit=2) for line in self.cleaned_data["days"].splitlines() if line.strip()]
        found: dict[date, DayKind] = {}
        for position, line in enumerate(lines, start=1):
            try:
                written, word, name = line
                day, kind = date.fromisoformat(written), DayKind(WORDS[word], name)
            except (ValueError, KeyError) as error:
                raise forms.ValidationError(
                    f"第{position}行读不懂，请照“{self.example}”的样子写。"
                ) from error
            if day in found:
                raise forms.ValidationError(f"第{position}行的{written}前面已经写过，请只留一行。")
            found[day] = kind
        if any(day.year != self.year for day in found):
            raise forms.ValidationError(f"有不是{self.year}年的日期，请核对。")
        return found


class DocumentForm(forms.Form):
    document = forms.CharField(
        label="依据文件", max_length=120, required=False, help_text="国务院办公厅通知的名称；空着即为暂定。"
    )


KEY_AT_MOST = 2**63 - 1


class AuditFilterForm(forms.Form):
    actor = forms.CharField(required=False, max_length=60)
    action = forms.CharField(required=False, max_length=40)
    subject_type = forms.CharField(required=False, max_length=20)
    subject_id = forms.IntegerField(required=False, min_value=0, max_value=KEY_AT_MOST)
    first = forms.DateField(required=False)
    last = forms.DateField(required=False)
    before = forms.IntegerField(required=False, min_value=1, max_value=KEY_AT_MOST)
