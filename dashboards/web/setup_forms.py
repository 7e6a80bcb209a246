"""Forms of the set-up: the first people, the campaign, a workbook."""

from __future__ import annotations

import re
from typing import Any

from django import forms

from dashboards.services.setup import FirstPerson, FirstSetup
from projects.models import Campaign
from projects.services.campaigns import DATES, NewCampaign
from rectify.lib.day_field import DayField
from townships.models import Unit
from townships.rules.passwords import HINT
from townships.rules.roles import Level
from townships.services.accounts import USERNAME_LENGTH, AccountError, check_new_password

_CODE = re.compile(r"[A-Za-z0-9._-]{1,32}")
_UNPRINTABLE = "不能含看不见的字符。"


REQUIRED = {"required": "请填写。"}


class PlainCharField(forms.CharField):
    """A line of text without control characters, which no database column wants."""

    default_error_messages = REQUIRED

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if not text.isprintable():
            raise forms.ValidationError(_UNPRINTABLE)
        return text


def _password(label: str, hint: str = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password"})
    return forms.CharField(
        label=label, strip=False, max_length=128, widget=widget, help_text=hint, error_messages=REQUIRED
    )


def _username(initial: str) -> PlainCharField:
    return PlainCharField(
        label="用户名",
        max_length=USERNAME_LENGTH,
        initial=initial,
        help_text="登录用，字母、数字或汉字，不能含空格。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )


class FirstForm(forms.Form):
    """The county and its first two people; where units were loaded before, the county is not asked."""

    county_name = PlainCharField(
        label="县（市、区）名称", max_length=100, help_text="写全称，如 某某县、某某区。"
    )
    level = forms.ChoiceField(
        label="层级",
        choices=[(Level.COUNTY.value, "县、区、县级市"), (Level.CITY.value, "市、州（下辖县）")],
        help_text="市、州使用时，县在下一步的单位表里。",
    )
    county_code = PlainCharField(
        label="行政区划代码",
        max_length=32,
        required=False,
        help_text="六位数字；不填由系统编一个，建立后不能改。",
    )
    admin_name = PlainCharField(label="姓名", max_length=60)
    admin_username = _username("admin")
    admin_password = _password("密码", HINT)
    admin_again = _password("再输一次密码")
    office_name = PlainCharField(label="姓名", max_length=60)
    office_username = _username("zhenggaiban")
    office_password = _password("密码", HINT)
    office_again = _password("再输一次密码")

    def __init__(self, *args: Any, county: Unit | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if county is not None:
            for name in ("county_name", "level", "county_code"):
                del self.fields[name]

    @property
    def parts(self) -> list[tuple[str, str, list[Any]]]:
        """The fields as the page shows them: heading, remark, fields."""
        heads = (
            ("county", "本县", ""),
            ("admin", "系统管理员账号", "只管账号、单位和系统设置，看不到业务数据。"),
            ("office", "整改办账号", "导入台账、分办、核查、统计；接下来的设置由这个账号做。"),
        )
        return [
            (head, remark, fields)
            for key, head, remark in heads
            if (fields := [field for field in self if self._part(field.name) == key])
        ]

    @staticmethod
    def _part(name: str) -> str:
        return name.partition("_")[0] if name.startswith(("admin", "office")) else "county"

    def clean_county_code(self) -> str:
        code: str = self.cleaned_data["county_code"]
        if code and not _CODE.fullmatch(code):
            raise forms.ValidationError("代码只能用字母、数字和 . _ -。")
        return code

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        for who in ("admin", "office"):
            first, again = given.get(f"{who}_password"), given.get(f"{who}_again")
            if first and again and first != again:
                self.add_error(f"{who}_again", "两次输入的密码不一样。")
            elif first:
                self._check_password(who, first, given.get(f"{who}_username", ""))
        if self.errors:
            self.add_error(None, "账号没有建立。请改正下面标出的各处，密码要重新输入。")
        return given

    def _check_password(self, who: str, password: str, username: str) -> None:
        try:
            check_new_password(password, username=username)
        except AccountError as error:
            for problem in error.problems:
                self.add_error(f"{who}_password", problem)

    def first_setup(self) -> FirstSetup:
        """What the service takes."""
        given = self.cleaned_data
        people = [
            FirstPerson(given[f"{who}_name"], given[f"{who}_username"], given[f"{who}_password"])
            for who in ("admin", "office")
        ]
        return FirstSetup(
            county_name=given.get("county_name", ""),
            county_code=given.get("county_code", ""),
            level=Level(given.get("level", Level.COUNTY.value)),
            sysadmin=people[0],
            office=people[1],
        )


class CodeForm(forms.Form):
    code = PlainCharField(
        label="首次设置码",
        max_length=40,
        help_text="启动时显示在服务器的控制台上，形如 ABCD-EFGH-JKMN，大小写不限。",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )


class CampaignForm(forms.Form):
    code = PlainCharField(
        label="代号",
        max_length=32,
        help_text="字母、数字、- 和 _，如 bjgj2018；用在网址和命令里，建立后不能改。",
    )
    name = PlainCharField(label="名称", max_length=100, help_text="如 夏季战役·百日攻坚。")
    start_on = DayField(label="开始日期", required=False)
    end_on = DayField(label="结束日期", required=False, help_text="常年工作没有结束日期，空着即可。")
    list_lock_on = DayField(
        label="清单锁定日期",
        required=False,
        help_text="这一天以后新增的问题算增量。",
    )
    plan_due_on = DayField(label="整改计划期限", required=False)

    def __init__(self, *args: Any, campaign: Campaign | None = None, **kwargs: Any) -> None:
        if campaign is not None:
            kwargs["initial"] = {name: getattr(campaign, name) for name in ("name", *DATES)}
        super().__init__(*args, **kwargs)
        if campaign is not None:
            del self.fields["code"]

    def campaign(self, unit: Unit, code: str = "") -> NewCampaign:
        """What the service takes."""
        given = self.cleaned_data
        days = {name: given[name] for name in DATES}
        return NewCampaign(code=given.get("code", code), name=given["name"], unit=unit, **days)


class WorkbookForm(forms.Form):
    """A workbook; ``about`` is what its hint says it must hold."""

    file = forms.FileField(
        label="文件",
        help_text="xlsx、xls 或 csv，最大20MB。",
        error_messages={"required": "请选择文件。", "empty": "这个文件是空的。"},
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.xls,.csv,.xlsm,.et"}),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > 20 * 1024 * 1024:
            raise forms.ValidationError("文件超过20MB，请只保留名单再上传。")
        return file
