"""Addresses of lists, of units' parts in them, and of their templates."""

from __future__ import annotations

from django.urls import URLPattern, path

from issues.web import list_page, list_parts, list_templates, lists, registering

urlpatterns: list[URLPattern] = [
    path("lists/", lists.list_page, name="lists"),
    path("lists/add/", lists.list_add, name="list_add"),
    path("lists/<int:pk>/", list_page.one_list, name="one_list"),
    path("lists/<int:pk>/change/", lists.list_change, name="list_change"),
    path("lists/<int:pk>/start/", list_page.start, name="list_start"),
    path("lists/<int:pk>/register/", registering.register, name="list_register"),
    path("lists/<int:pk>/lock/", list_page.lock, name="list_lock"),
    path("lists/<int:pk>/template/", list_page.choose, name="list_template"),
    path("lists/<int:pk>/takeover/", list_page.take_over, name="list_takeover"),
    path("lists/parts/<int:pk>/", list_parts.one_part, name="part"),
    path("lists/parts/<int:pk>/register/", registering.register_own, name="part_register"),
    path("lists/parts/<int:pk>/take-back/", list_parts.take_back, name="part_take_back"),
    path("lists/parts/<int:pk>/check/", list_parts.check, name="part_check"),
    path("lists/parts/<int:pk>/sign/", list_parts.sign, name="part_sign"),
    path("setup/templates/", list_templates.list_page, name="templates"),
    path("setup/templates/add/", list_templates.add, name="template_add"),
    path("setup/templates/<int:pk>/", list_templates.change, name="template"),
]
