"""A county to measure in: database, units, campaign, an account of the office; how its commands are run."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from bench import database

REPOSITORY = Path(__file__).resolve().parent.parent
CAMPAIGN = "bench"
USER = "bench-office"
DEMO = json.loads((REPOSITORY / "demo" / "demo.json").read_text(encoding="utf-8"))
COUNTY = DEMO["campaign"]["unit"]
DAY = "2018-06-06"
"""The demo's day: inside the campaign, after the ledgers' dates, so that much is overdue and much is not."""


class House:
    """Runs the project's commands as a server's would run: no DEBUG, PostgreSQL, a folder of its own."""

    def __init__(self, folder: Path, name: str = database.HOUSE) -> None:
        self.folder, self.name = folder, name
        self.password = f"Aa1-{secrets.token_urlsafe(16)}"  # of three classes, whatever is drawn
        self._secret = secrets.token_urlsafe(50)

    def env(self, name: str = "", **more: str) -> dict[str, str]:
        """The environment of a process of this house, in its database or in the one called ``name``."""
        cleared = {
            key: value for key, value in os.environ.items() if not key.startswith(("RECTIFY_", "DJANGO_"))
        }
        return cleared | {
            "DJANGO_SETTINGS_MODULE": "bench.settings",
            "DATABASE_URL": database.url(name or self.name),
            "REDIS_URL": "",
            "DEBUG": "0",
            "SECRET_KEY": self._secret,
            "RECTIFY_VAR": str(self.folder),
            "RECTIFY_DEMO": "1",
            "RECTIFY_TODAY": DAY,
            "PYTHONPATH": str(REPOSITORY),
            **more,
        }

    def build(self) -> None:
        """Make the database with its county, campaign and account."""
        database.create(self.name)
        self.manage("migrate", "--verbosity", "0")
        self.manage("load_county", "demo/county")
        dates = ("--start", "2018-06-01", "--end", "2018-09-08")
        self.manage("create_campaign", CAMPAIGN, "性能测量", *dates, "--unit", COUNTY)
        account = ("create_user", USER, "--role", "office", "--unit", COUNTY, "--name", "测量员")
        self.manage(*account, "--password-stdin", text=f"{self.password}\n")

    def manage(self, *arguments: str, text: str = "", env: Mapping[str, str] | None = None) -> None:
        """Run one command of manage.py; CalledProcessError when it fails."""
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(
            command,
            cwd=REPOSITORY,
            env=dict(env or self.env()),
            input=text,
            text=True,
            check=True,
            stdout=subprocess.DEVNULL,
        )
