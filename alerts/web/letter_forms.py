"""Forms of letters: what is typed becomes values; the services decide."""

from __future__ import annotations

from typing import Any

from django import forms

from alerts.models import Letter
from alerts.rules.letter_words import Wording
from alerts.rules.letters import DRAFTED, KINDS, LetterKind
from alerts.services.letters.drafting import Wish
from alerts.services.letters.editing import Edited
from issues.web.acts.fields import UnitsField, day_field
from issues.web.acts.files import ACCEPTED, WithFiles
from rectify.lib import clock
from rectify.lib.words_field import WordsField
from townships.models import Unit, User
from townships.queries.units import directory, unit_index

KINDS_OFFERED = [(kind.value, KINDS[kind].label) for kind in DRAFTED]


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class DraftForm(forms.Form):
    """What a batch of drafts has in common."""

    kind = forms.ChoiceField(label="种类", choices=KINDS_OFFERED)
    reply_due_on = day_field("回复期限", required=False, help_text="不填按这一种类的工作日数计算。")
    basis = WordsField(
        label="依据", max_length=200, required=False, help_text="如 《实施方案》（某办〔2018〕9号）。"
    )
    units = UnitsField(
        label="主送单位",
        required=False,
        help_text="不填就按所选问题的责任单位，每个单位起草一份；书面检查可以不选问题，只写单位。",
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["units"].user = user

    def wish(self, numbers: list[str]) -> Wish:
        given = self.cleaned_data
        return Wish(
            kind=LetterKind(given["kind"]),
            numbers=numbers,
            units=[unit for _, unit in given["units"] if unit is not None],
            basis=given["basis"],
            reply_due_on=given["reply_due_on"],
        )


class EditForm(forms.Form):
    """A draft's words; the issues of the letter stand below with a line each."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    title = WordsField(label="标题", max_length=100)
    body = WordsField(label="正文", widget=_area(9), help_text="每行一段，印在主送单位之后、要求之前。")
    demands = WordsField(label="要求", widget=_area(8), help_text="每行一段，印在正文和问题表之后。")
    basis = WordsField(label="依据", max_length=200, required=False, help_text="重写正文时用到。")
    reply_due_on = day_field("回复期限", required=False)
    copies = WordsField(
        label="抄送",
        required=False,
        widget=_area(3),
        help_text="每行一个；写单位全称的，该单位也能看到这份函件。",
    )
    contact = WordsField(
        label="联系人",
        max_length=60,
        required=False,
        help_text="印在成文日期下面；手机号会被遮盖，请写座机。",
    )

    def __init__(self, *args: Any, letter: Letter, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.letter, self.user = letter, user
        self.items = list(letter.items.order_by("position").select_related("issue"))
        if not KINDS[LetterKind(letter.kind)].days:
            del self.fields["reply_due_on"]
        self.asks_demands = KINDS[LetterKind(letter.kind)].prints_demands
        for item in self.items:
            self.fields[f"leave-{item.pk}"] = forms.BooleanField(required=False, label="去掉")
            if not self.asks_demands:
                continue
            self.fields[f"requirement-{item.pk}"] = WordsField(
                max_length=300, required=False, label="整改要求", widget=_area(2), initial=item.requirement
            )

    @classmethod
    def of(cls, letter: Letter, user: User) -> EditForm:
        """The form as the letter stands."""
        names = ("title", "body", "demands", "basis", "reply_due_on", "contact", "version")
        started = {name: getattr(letter, name) for name in names}
        started["copies"] = "\n".join(copy.name for copy in letter.copies.all())
        return cls(letter=letter, user=user, initial=started)

    @property
    def words(self) -> list[forms.BoundField]:
        """The fields above the table."""
        return [field for field in self.visible_fields() if "-" not in field.name]

    @property
    def rows(self) -> list[tuple[Any, forms.BoundField | None, forms.BoundField]]:
        """Each issue with its fields: what is asked of it, where the letter prints that; to leave it out."""
        asked = {item.pk: self[f"requirement-{item.pk}"] for item in self.items if self.asks_demands}
        return [(item.issue, asked.get(item.pk), self[f"leave-{item.pk}"]) for item in self.items]

    def edited(self) -> Edited:
        """As the service takes it."""
        given = self.cleaned_data
        return Edited(
            **{name: given[name] for name in ("title", "body", "demands", "basis", "contact")},
            reply_due_on=given.get("reply_due_on"),
            copies=[self._copy(line.strip()) for line in given["copies"].splitlines() if line.strip()],
            requirements={
                item.pk: given.get(f"requirement-{item.pk}", item.requirement)
                for item in self.items
                if not given[f"leave-{item.pk}"]
            },
        )

    def _copy(self, name: str) -> tuple[str, Unit | None]:
        """The unit of that name, or the name alone."""
        match = unit_index(clock.today()).resolve(name)
        unit = directory(self.user).filter(code=match.unit.code).first() if match else None
        return (unit.name, unit) if unit else (name, None)


class WordsForm(forms.Form):
    """An act with words; ``asks``: whether they have to be there."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False)
    words = WordsField(widget=_area(4))

    def __init__(self, *args: Any, label: str, most: int, asks: bool, hint: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["words"]
        field.label, field.required, field.help_text, field.max_length = label, asks, hint, most


class ReturnForm(WordsForm):
    due_on = day_field("重新回复的期限", required=False, help_text="不改就空着。")


class AnswerForm(WithFiles, WordsForm):
    """The reply, with what it points at."""

    refers = forms.MultipleChoiceField(label="所附材料", required=False, widget=forms.CheckboxSelectMultiple)
    paper = forms.FileField(label="原件", required=False, widget=forms.FileInput(attrs={"accept": ACCEPTED}))

    def __init__(self, *args: Any, offered: list[tuple[str, str]], asks_paper: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["refers"].choices = offered
        if not offered:
            del self.fields["refers"]
        paper = self.fields["paper"]
        paper.required = asks_paper
        paper.help_text = "签字盖章的扫描件或者照片。"
        paper.error_messages |= {"required": "请附签字盖章的原件。", "empty": "这个文件是空的。"}


class WordingForm(forms.Form):
    """The county's own words for one kind."""

    organ = WordsField(label="发文机关", max_length=60, required=False, help_text="不填用起草人的单位名称。")
    mark = WordsField(label="机关代字", max_length=12, help_text="如 整督函，印成 整督函〔2018〕12号。")
    days = forms.IntegerField(label="回复期限（工作日）", min_value=0, max_value=60)
    title = WordsField(label="标题", max_length=100)
    body = WordsField(label="正文", widget=_area(6))
    demands = WordsField(label="要求", widget=_area(6))

    def __init__(self, *args: Any, kind: LetterKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not KINDS[kind].days:
            del self.fields["days"]

    def wording(self) -> Wording:
        return Wording(**{"days": 0, **self.cleaned_data})


class WaiverForm(forms.Form):
    reason = WordsField(label="理由", max_length=200, help_text="如 检查当场已经整改到位。")
