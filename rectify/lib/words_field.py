"""The form field of typed words: what bears a 密级 mark is refused beside what was typed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from rectify.lib.secrecy import words_refusal


class WordsField(forms.CharField):
    """Words about a matter: a description, a reason, a sentence of progress, the text of a paper."""

    def run_validators(self, value: Any) -> None:
        super().run_validators(value)
        if reason := words_refusal(value or ""):
            raise ValidationError(reason)
