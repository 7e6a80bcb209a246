"""Everything in one command: migrate, then web, worker and beat, kept alive together in the foreground."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from argparse import BooleanOptionalAction
from collections.abc import Sequence
from datetime import date
from io import StringIO
from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError, CommandParser
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from dashboards.services.setup_code import setup_code
from rectify import demo, heartbeat
from rectify.lib import jobs
from rectify.lib.command import JsonCommand, as_json
from rectify.supervisor import AlreadyHeldError, Child, Lock, Supervisor, end_with_parent
from townships.models import Unit, User
from townships.rules.roles import Role
from townships.services import accounts

WEB_FIRST_SECONDS = 3.0
"""The web has the machine to itself so long: somebody waits for its first page."""
EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104 - named to be recognised


class Command(JsonCommand):
    help = "启动整改督办：网页、后台任务和定时任务在一起；Ctrl-C 停止。"
    announced = False

    def add_options(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default=settings.HOST, help="监听地址（默认取 HOST，即 127.0.0.1）")
        parser.add_argument("--port", type=int, default=8000, help="监听端口（默认 8000）")
        parser.add_argument(
            "--demo", action=BooleanOptionalAction, default=None, help="数据库为空时是否载入演示县"
        )

    def run(self, **options: Any) -> tuple[None, int]:
        if os.environ.get("MAKELEVEL"):
            end_with_parent()  # a make that is killed takes us along
        host, port = options["host"], options["port"]
        lock = _lock()
        try:
            listener = _listen(host, port)
            lock.write(f"进程 {os.getpid()}，{_url(host, port)}")
            _migrate()
            call_command("load_templates", stdout=StringIO())
            day = self._first_start(options["demo"])
            _refuse_open_demo(host)
            self._supervise(listener, lock, day, url=_url(host, port), as_object=options["json"])
        finally:
            lock.release()
        return None, 0

    def _tell(self, sentence: str) -> None:
        self.stderr.write(sentence)
        self.stderr.flush()

    def _first_start(self, wants_demo: bool | None) -> date | None:
        """Load the demo county into an empty database when asked. Returns the day to play on, if fixed."""
        if wants_demo and (demo.was_interrupted(settings.VAR_DIR) or not Unit.objects.exists()):
            self._tell("首次启动，正在载入演示县，约需一分钟……")
            return _load_demo()
        if wants_demo is False and settings.DEMO:
            raise CommandError(
                f"{settings.VAR_DIR} 里是演示县。要从空白开始，请先移走这个目录，或用 RECTIFY_VAR 另指一个。"
            )
        return settings.RECTIFY_TODAY

    def _supervise(
        self, listener: socket.socket, lock: Lock, day: date | None, *, url: str, as_object: bool
    ) -> None:
        environment = dict(os.environ)
        if day is not None:
            environment |= _demo_environment(day)
        heartbeat.forget()
        children = _children(listener, lock)
        supervisor = Supervisor(children, environment=environment, say=self._tell)
        address = listener.getsockname()
        code = setup_code()
        welcome = _welcome(url, day, code)
        connection.close()

        def announce_once() -> None:
            if not self.announced and _answers(address[0], address[1]):
                self.announced = True
                jobs.enqueue("rectify.beat_heart")
                self.stdout.write(as_json({"url": url}) if as_object else welcome)
                self.stdout.flush()
                if as_object and code:
                    self._tell(f"首次设置码：{code}")

        supervisor.run(on_tick=announce_once)
        self._tell("已停止。")


def _migrate() -> None:
    """Bring the tables up to date; a start with nothing to do does not pay for it."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", interactive=False, verbosity=0)


def _lock() -> Lock:
    try:
        return Lock(settings.VAR_DIR / "up.lock")
    except AlreadyHeldError as error:
        raise CommandError(f"已经在运行（{error.note or '正在启动'}），不再启动第二个。") from error


def _listen(host: str, port: int) -> socket.socket:
    """The listening socket, opened here so that a taken port is said before anything starts."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise CommandError(
            f"无法监听 {host}:{port}，端口可能已被占用；请换一个，例如 make run PORT=8080。"
        ) from error
    listener.listen(128)
    return listener


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (host not in EVERYWHERE and ip_address(host).is_loopback)


def _refuse_open_demo(host: str) -> None:
    """A password that stands in the README opens no door beyond this machine."""
    if _is_loopback(host):
        return
    if accounts.demo_passwords_live():
        raise CommandError(f"演示账号的公开密码仍然有效，不能监听 {host}；请先停用这些账号或修改密码。")


def _demo_environment(day: date) -> dict[str, str]:
    return {"RECTIFY_DEMO": "1", "RECTIFY_TODAY": day.isoformat()}


def _load_demo() -> date:
    """Load the demo in a process of its own (this one has read its settings) and mark the database."""
    command = [sys.executable, "manage.py", "seed_demo"]
    environment = os.environ | _demo_environment(demo.DAY)
    demo.begin(settings.VAR_DIR)
    loaded = subprocess.run(command, cwd=settings.BASE_DIR, env=environment, check=False)
    if loaded.returncode:
        raise CommandError("演示县没有载入成功，原因见上；已停止。")
    demo.remember(settings.VAR_DIR, settings.DATABASE_URL)
    return demo.DAY


def _children(listener: socket.socket, lock: Lock) -> Sequence[Child]:
    """On SQLite one web process of eight threads (throttling counts per process), on PostgreSQL two."""
    web = [sys.executable, "-m", "gunicorn", "rectify.wsgi", "--bind", f"fd://{listener.fileno()}"]
    web += ["--no-control-socket", "--log-level", "warning", "--graceful-timeout", "10"]
    if connection.vendor == "sqlite":
        web += ["--worker-class", "gthread", "--workers", "1", "--threads", "8"]
    else:
        web += ["--worker-class", "sync", "--workers", "2"]
    # As root (a container, a trial) celery warns about pickle, which this queue never carries.
    quiet = ["-W", "ignore:You're running the worker with superuser"]
    celery = [sys.executable, *quiet, "-m", "celery", "--quiet", "--skip-checks", "-A", "rectify"]
    worker = [
        *celery,
        "worker",
        "--concurrency",
        "1",
        "--loglevel",
        "WARNING",
        "--max-memory-per-child",
        "300000",
    ]
    worker += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    beat = [*celery, "beat", "--loglevel", "WARNING", "--pidfile="]
    held = (lock.descriptor,)
    later = time.monotonic() + WEB_FIRST_SECONDS
    return [
        Child("网页服务", web, (listener.fileno(), *held)),
        Child("后台任务", worker, held, start_after=later),
        Child("定时任务", beat, held, start_after=later),
    ]


def _answers(host: str, port: int) -> bool:
    probe = http.client.HTTPConnection("127.0.0.1" if host in EVERYWHERE else host, port, timeout=1)
    try:
        probe.request("GET", "/healthz")
        probe.getresponse()
    except OSError:
        return False
    finally:
        probe.close()
    return True


def _url(host: str, port: int) -> str:
    shown = "127.0.0.1" if host in EVERYWHERE else f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/"


def _welcome(url: str, day: date | None, code: str) -> str:
    lines = [f"整改督办已启动：{url}"]
    if code:
        lines.append("还没有账号：请在本机浏览器打开上面的地址，完成首次设置。")
        lines.append(f"从别的电脑设置，要输入首次设置码 {code}（设置完成后作废）。")
    if day is not None:
        lines.append(f"演示数据，纯属虚构；演示日期 {day.isoformat()}。")
        lines += _demo_accounts()
    lines.append("按 Ctrl-C 停止。")
    return "\n".join(lines)


def _demo_accounts() -> list[str]:
    """The accounts whose password is still the one the demo printed, one a line."""
    people = User.objects.filter(is_demo=True, is_active=True, password_changed_at=None)
    rows = [
        f"  {person.username:<12} {Role(person.role).label}（{person.unit.name if person.unit else ''}）"
        for person in people.select_related("unit")
    ]
    password = json.loads((settings.BASE_DIR / "demo" / "demo.json").read_text(encoding="utf-8"))["password"]
    return [f"演示账号（密码都是 {password}）：", *rows] if rows else []
