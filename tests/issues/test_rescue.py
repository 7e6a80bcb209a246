"""A worker that died, a message that was lost: the next scan finds the row and queues it again."""

from __future__ import annotations

import os
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from issues.models import Export, Import
from issues.services import rescue
from issues.services.imports import progress
from rectify.lib import clock
from tests.townships.conftest import COUNTY
from townships.models import User
from townships.services import accounts, units

pytestmark = pytest.mark.django_db


@pytest.fixture
def system(settings: Any, tmp_path: Path) -> User:
    settings.PRIVATE_FILES_DIR = tmp_path
    units.load_county(COUNTY, by=None)
    return accounts.system_user()


@pytest.fixture
def queued(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> list[tuple[str, int]]:
    """What was put on the queue."""
    put: list[tuple[str, int]] = []

    def note(name: str, *ids: int) -> bool:
        put.append((name, *ids))  # type: ignore[arg-type]
        return True

    monkeypatch.setattr("rectify.lib.jobs.enqueue", note)
    return put


def left_behind(by: User, status: str) -> Import:
    return Import.objects.create(
        file_name="台账.xlsx",
        stored_as="imports/x",
        sha256="0" * 64,
        size=1,
        status=status,
        uploaded_by=by,
        uploaded_at=clock.now(),
    )


def test_a_silent_import_is_queued_again(
    system: User, queued: list[tuple[str, int]], django_capture_on_commit_callbacks: Any
) -> None:
    lost = left_behind(system, "writing")
    with django_capture_on_commit_callbacks(execute=True):
        assert rescue.requeue_lost() == 1
    assert queued == [("issues.run_import", lost.pk)]
    lost.refresh_from_db()
    assert lost.status == "queued"


def test_one_that_speaks_is_left_alone(system: User, queued: list[tuple[str, int]]) -> None:
    progress.report(left_behind(system, "writing").pk, "写入", 1, 2)
    assert rescue.requeue_lost() == 0
    assert queued == []


def test_a_reading_nobody_reads_is_queued_again_and_what_is_done_is_not(
    system: User, queued: list[tuple[str, int]], tmp_path: Path
) -> None:
    reading = left_behind(system, "reading")
    progress.report(reading.pk, "识别", 0, 0)
    old = time.time() - rescue.SILENT_SECONDS - 1
    os.utime(tmp_path / "imports" / f"{reading.pk}.progress", (old, old))
    left_behind(system, "done")
    left_behind(system, "ready")
    assert rescue.requeue_lost() == 1
    assert queued == [("issues.read_import", reading.pk)]


def test_an_export_that_stopped_half_way_is_written_again(
    system: User, queued: list[tuple[str, int]]
) -> None:
    before = clock.real_now() - timedelta(minutes=rescue.EXPORT_MINUTES + 1)
    lost = Export.objects.create(owner=system, reason="报送", status="writing", asked_at=before)
    Export.objects.create(owner=system, reason="报送", status="queued", asked_at=clock.real_now())
    assert rescue.requeue_lost() == 1
    assert queued == [("issues.run_export", lost.pk)]
