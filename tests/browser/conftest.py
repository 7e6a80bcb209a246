"""Browser tests drive Debian's Chromium over the whole house: `manage.py up` with web, worker and beat."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import REPOSITORY, made_once, own_settings

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
DESK = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 740}
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
DEMO_PASSWORD = json.loads((REPOSITORY / "demo" / "demo.json").read_text(encoding="utf-8"))["password"]
STARTING_SECONDS = 120


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything here needs the browser; one house serves one engine, so it runs once."""
    for item in items:
        if "browser" in Path(item.path).parts:
            item.add_marker(pytest.mark.browser)


@dataclass(frozen=True)
class House:
    """A running house: where it answers, its folder, what it said while starting."""

    url: str
    folder: Path
    log: Path

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment_of(folder: Path) -> dict[str, str]:
    """As in the office: nothing of the tests' own settings, one folder for everything."""
    return own_settings() | {"RECTIFY_VAR": str(folder)}


def run_house(folder: Path, *arguments: str) -> Iterator[House]:
    folder.mkdir(parents=True, exist_ok=True)
    port, log = _free_port(), folder / "up.log"
    with log.open("w", encoding="utf-8") as output:
        up = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(port), *arguments],
            cwd=REPOSITORY,
            env=environment_of(folder),
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    house = House(f"http://127.0.0.1:{port}", folder, log)
    try:
        _wait(up, house)
        yield house
    finally:
        up.send_signal(signal.SIGTERM)
        try:
            up.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(up.pid, signal.SIGKILL)
            up.wait(10)


def _wait(up: subprocess.Popen[bytes], house: House) -> None:
    until = time.monotonic() + STARTING_SECONDS
    while house.url not in house.said():
        assert up.poll() is None, house.said()
        assert time.monotonic() < until, house.said()
        time.sleep(0.2)


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a demo county that was started once and ended: to be copied."""

    def start(folder: Path) -> None:
        for _ in run_house(folder, "--demo"):
            pass

    return made_once(tmp_path_factory, "demo-folder", start)


@pytest.fixture(scope="session")
def demo_house(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo county with its seven ledgers, to be read: other files' tests count its figures."""
    yield from run_house(_copied(demo_folder, tmp_path_factory), "--demo")


@pytest.fixture(scope="module")
def own_demo_house(demo_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo county for the tests of one file, which may write."""
    yield from run_house(_copied(demo_folder, tmp_path_factory), "--demo")


@pytest.fixture
def never_started_house(tmp_path: Path) -> Iterator[House]:
    """An empty start, as `make run DEMO=0`, from no folder at all."""
    yield from run_house(tmp_path / "house", "--no-demo")


@pytest.fixture
def empty_house(house_with_tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The same, its tables made before."""
    yield from run_house(_copied(house_with_tables, tmp_path_factory), "--no-demo")


@pytest.fixture(scope="module")
def own_empty_house(house_with_tables: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """One of them for all tests of a file."""
    yield from run_house(_copied(house_with_tables, tmp_path_factory), "--no-demo")


def _copied(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Path(shutil.copytree(folder, tmp_path_factory.mktemp("house"), dirs_exist_ok=True))


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for the tests of a file; its event loop must not outlive them, Django refuses beside one."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


OpenPage = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[OpenPage]:
    """A page of a fresh session: `open_page(house, user="zhenggaiban", viewport=PHONE)`; logged in if named."""
    contexts = []

    def opened(
        house: House, *, user: str = "", password: str = DEMO_PASSWORD, viewport: dict[str, int] = DESK
    ) -> Page:
        context = chromium.new_context(viewport=viewport, locale="zh-CN", base_url=house.url)
        contexts.append(context)
        page = context.new_page()
        if user:
            page.goto("/accounts/login/")
            page.fill("[name=username]", user)
            page.fill("[name=password]", password)
            page.press("[name=password]", "Enter")
            page.wait_for_url(lambda address: "/login/" not in address)
        return page

    yield opened
    for context in contexts:
        context.close()
