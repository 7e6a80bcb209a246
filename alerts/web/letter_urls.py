"""Addresses of letters."""

from __future__ import annotations

from django.urls import URLPattern, path

from alerts.web import letter_acts, letter_drafts, letter_notices, letter_wordings, letters

urlpatterns: list[URLPattern] = [
    path("letters/", letters.letter_list, name="letters"),
    path("letters/draft/", letter_drafts.draft, name="letter-draft"),
    path("letters/submit/", letters.submit_many, name="letter-submit"),
    path("letters/notices/", letter_notices.notice_page, name="letter-notices"),
    path("letters/words/", letter_wordings.words, name="letter-words"),
    path("letters/words/<slug:name>/", letter_wordings.wording, name="letter-wording"),
    path("letters/<int:pk>/", letters.letter_page, name="letter"),
    path("letters/<int:pk>/edit/", letter_drafts.edit, name="letter-edit"),
    path("letters/<int:pk>/pdf/", letters.letter_file, {"form": "pdf"}, name="letter-pdf"),
    path("letters/<int:pk>/docx/", letters.letter_file, {"form": "docx"}, name="letter-docx"),
    path("letters/<int:pk>/replies/<int:reply>/file/", letters.reply_file, name="letter-reply-file"),
    path("letters/<int:pk>/<slug:verb>/", letter_acts.act, name="letter-act"),
]
