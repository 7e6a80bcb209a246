"""Addresses of leads: the ledger, reporting one, the page of one and what is done to it."""

from __future__ import annotations

from django.urls import URLPattern, path

from issues.web import lead_acts, leads

urlpatterns: list[URLPattern] = [
    path("leads/", leads.page, name="leads"),
    path("leads/add/", leads.add, name="lead_add"),
    path("leads/<slug:number>/", leads.one, name="lead"),
    path("leads/<slug:number>/judge/", lead_acts.judge, name="lead_judge"),
    path("leads/<slug:number>/hand/", lead_acts.hand, name="lead_hand"),
    path("leads/<slug:number>/result/", lead_acts.result, name="lead_result"),
    path("leads/<slug:number>/issue/", lead_acts.turn, name="lead_turn"),
]
