"""An uploaded workbook between its preview and its confirmation: kept for the browser that brought it."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest

from rectify.lib import clock

FOLDER = "setup"
KEPT_SECONDS = 24 * 3600


def keep(request: HttpRequest, what: str, upload: UploadedFile) -> Path:
    """Keep the file as this browser's ``what`` (in place of the one before); its path."""
    drop(request, what)
    folder = _folder()
    _sweep(folder)
    path = folder / uuid.uuid4().hex
    with path.open("wb") as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
    request.session[_key(what)] = {"file": path.name, "name": (upload.name or "")[:200]}
    return path


def kept(request: HttpRequest, what: str) -> tuple[Path, str] | None:
    """The path and the own name of the file this browser brought; None where there is none any more."""
    told = request.session.get(_key(what))
    path = _folder() / told["file"] if told else None
    return (path, told["name"]) if path is not None and path.exists() else None


def drop(request: HttpRequest, what: str) -> None:
    """Forget the file: it was used, or another takes its place."""
    told = request.session.pop(_key(what), None)
    if told:
        (_folder() / told["file"]).unlink(missing_ok=True)


def _key(what: str) -> str:
    return f"kept_{what}"


def _folder() -> Path:
    folder = Path(settings.PRIVATE_FILES_DIR) / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _sweep(folder: Path) -> None:
    """Remove what nobody came back for within a day."""
    for path in folder.iterdir():
        try:
            if clock.real_now().timestamp() - path.stat().st_mtime > KEPT_SECONDS:
                path.unlink()
        except FileNotFoundError:  # another request removed it
            continue
