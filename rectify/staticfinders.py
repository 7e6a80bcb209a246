"""Which files of npm packages are served: a short list, never a whole `dist` (brotli would take minutes)."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.core.checks import CheckMessage
from django.core.checks import Error as CheckError
from django.core.files.storage import FileSystemStorage

PACKAGES_DIR = Path(settings.BASE_DIR) / "node_modules"
SERVED = (
    "bootstrap/dist/css/bootstrap-reboot.min.css",
    "bootstrap/dist/css/bootstrap-reboot.min.css.map",
    "bootstrap/dist/css/bootstrap-grid.min.css",
    "bootstrap/dist/css/bootstrap-grid.min.css.map",
    "echarts/dist/echarts.common.min.js",
)
PREFIX = "vendor/"


class PackageFinder(BaseFinder):
    """Serves `vendor/<package>/<path>` for each file of SERVED from node_modules."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        self.storage = FileSystemStorage(location=PACKAGES_DIR)
        self.storage.prefix = PREFIX.rstrip("/")  # type: ignore[attr-defined]  # collectstatic reads it
        super().__init__(*args, **kwargs)

    def check(self, **kwargs: Any) -> list[CheckMessage]:
        missing = [name for name in SERVED if not (PACKAGES_DIR / name).exists()]
        if not missing:
            return []
        return [
            CheckError(
                f"front-end files are missing, run `make setup`: {', '.join(missing)}", id="rectify.E001"
            )
        ]

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:
        name = path.removeprefix(PREFIX)
        if not path.startswith(PREFIX) or name not in SERVED or not (PACKAGES_DIR / name).exists():
            return []
        found = str(PACKAGES_DIR / name)
        return [found] if find_all else found

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, FileSystemStorage]]:
        for name in SERVED:
            if (PACKAGES_DIR / name).exists():
                yield name, self.storage
