"""Addresses of what lies on a desk to be signed or ruled on and of what leaves as a document."""

from __future__ import annotations

from django.urls import URLPattern, path

from issues.web import documents, omissions, signing_pile

urlpatterns: list[URLPattern] = [
    path("issues/signing/", signing_pile.signing, name="signing"),
    path("issues/documents/", documents.documents, name="documents"),
    path("issues/omissions/", omissions.page, name="omissions"),
    path("issues/<slug:number>/omission/explain/", omissions.explain, name="omission_explain"),
    path("issues/<slug:number>/omission/rule/", omissions.rule, name="omission_rule"),
]
