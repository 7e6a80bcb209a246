"""Fields for evidence: several files at once, each known before anything is held; quantities as typed."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from issues.rules.evidence import MAX_FILES, MAX_MB, TAKEN, FileFormat
from issues.rules.records import EvidenceKind, choices
from issues.services.life import evidence
from issues.services.life.evidence import Given
from issues.services.workflow import Refused

ACCEPTED = ",".join(ending for one in FileFormat for ending in one.extensions)
FILES_HINT = f"{TAKEN}，每个不超过{MAX_MB}MB，可以一次选多个。照片里的位置信息会去掉。"


class _SeveralFiles(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Some files, as a list."""

    widget = _SeveralFiles

    def __init__(self, **more: Any) -> None:
        more.setdefault("help_text", FILES_HINT)
        super().__init__(label="照片或文件", widget=_SeveralFiles(attrs={"accept": ACCEPTED}), **more)
        self.error_messages |= {"required": "请选择照片或文件。", "invalid": "没有收到文件，请重新选择。"}

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        """The files that were sent; empty ones come through, to be refused by name."""
        files = [one for one in data if one] if isinstance(data, list | tuple) else [data] if data else []
        if self.required and not files:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        if len(files) > MAX_FILES:
            raise forms.ValidationError(f"一次最多{MAX_FILES}份，现在选了{len(files)}份。")
        return files


class WithFiles:
    """A form with ``files``: a browser does not send them again by itself."""

    files: Any

    @property
    def lost_files(self) -> bool:
        return bool(self.files)


def kind_field(**more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(
        label="类别", choices=choices(EvidenceKind), initial=EvidenceKind.AFTER.value, **more
    )


def received(form: forms.Form, *, taken_on: date | None = None, note: str = "") -> list[Given]:
    """The form's ``files`` of its ``kind``, recognised; what is refused stands at the field, by name."""
    kind = EvidenceKind(form.cleaned_data.get("kind") or EvidenceKind.OTHER)
    taken: list[Given] = []
    for upload in form.cleaned_data.get("files") or []:
        try:
            taken.append(evidence.receive(kind, upload.name or "", upload, taken_on=taken_on, note=note))
        except Refused as refused:
            form.add_error("files", str(refused))
    return taken


class QuantityField(forms.DecimalField):
    """A quantity as people type it: also in full-width digits, with or without commas."""

    def __init__(self, **more: Any) -> None:
        widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(widget=widget, max_digits=18, decimal_places=6, **more)
        self.error_messages |= {"invalid": "请填一个数，如3或0.5。"}

    def to_python(self, value: Any) -> Decimal | None:
        if isinstance(value, str):
            value = unicodedata.normalize("NFKC", value).replace(",", "").strip()
        return super().to_python(value)
