"""Addresses of the import: the files, one file's steps, the rows left out."""

from __future__ import annotations

from django.urls import URLPattern, path

from issues.web import import_decisions, import_pending, import_review, imports

urlpatterns: list[URLPattern] = [
    path("import/", imports.listing, name="imports"),
    path("import/pending/", import_pending.everywhere, name="pending"),
    path("import/pending/<int:pending_id>/mend/", import_pending.mend_row, name="pending_mend"),
    path("import/pending/<int:pending_id>/drop/", import_pending.drop_row, name="pending_drop"),
    path("import/<int:import_id>/", import_review.page, name="import"),
    path("import/<int:import_id>/progress/", import_review.progress_fragment, name="import_progress"),
    path("import/<int:import_id>/restart/", import_review.restart, name="import_restart"),
    path("import/<int:import_id>/sheet/", import_review.sheet, name="import_sheet"),
    path("import/<int:import_id>/dates/", import_review.dates, name="import_dates"),
    path("import/<int:import_id>/decisions/", import_decisions.decisions, name="import_decisions"),
    path("import/<int:import_id>/rows/", import_decisions.rows, name="import_rows"),
    path("import/<int:import_id>/changes/", import_review.changes, name="import_changes"),
    path("import/<int:import_id>/confirm/", import_review.confirm, name="import_confirm"),
    path("import/<int:import_id>/pending/", import_pending.of_import, name="import_pending"),
    path("import/<int:import_id>/withdraw/", imports.withdraw, name="import_withdraw"),
    path("import/<int:import_id>/abandon/", imports.abandon, name="import_abandon"),
    path("import/<int:import_id>/file/", imports.download, name="import_file"),
]
