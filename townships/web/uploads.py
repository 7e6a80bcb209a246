"""An uploaded file on disk for as long as it is read."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.uploadedfile import UploadedFile


@contextmanager
def stored(upload: UploadedFile) -> Iterator[Path]:
    """The path of a copy of ``upload``, removed afterwards; what the file is, its content decides."""
    with tempfile.NamedTemporaryFile(prefix="rectify-") as copy:
        for chunk in upload.chunks():
            copy.write(chunk)
        copy.flush()
        yield Path(copy.name)
