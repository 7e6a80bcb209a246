"""What every test may use, and what none may do: no socket leaves this machine."""

import fcntl
import os
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis
from celery import current_app
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

REPOSITORY = Path(__file__).resolve().parent.parent
ENGINE_FIXTURES = {"db", "transactional_db", "live_server", "django_db_setup"}

hypothesis_settings.register_profile(
    "fast", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.register_profile(
    "soak", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "fast"))


def _touches_an_engine(item: pytest.Item) -> bool:
    if item.get_closest_marker("django_db") or item.get_closest_marker("engines"):
        return True
    test_class = getattr(item, "cls", None)
    if test_class is not None and issubclass(test_class, TransactionTestCase):
        return True
    return not ENGINE_FIXTURES.isdisjoint(getattr(item, "fixturenames", ()))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave pure tests out of the second engine's run, and long ones to `make soak`."""
    is_soak = os.environ.get("HYPOTHESIS_PROFILE") == "soak"
    engines_only = "RECTIFY_TEST_ENGINES_ONLY" in os.environ
    left_out = [
        item
        for item in items
        if (item.get_closest_marker("soak") and not is_soak)
        or (engines_only and not _touches_an_engine(item))
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        kept = set(items) - set(left_out)
        items[:] = [item for item in items if item in kept]


def _is_loopback(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a UNIX socket
    host = address[0]
    if host in ("localhost", ""):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True, scope="session")
def no_socket_beyond_loopback() -> Iterator[None]:
    """Refuse every connection that would leave the machine (the product runs in a closed network)."""
    patch = pytest.MonkeyPatch()

    def guarded(connect: Callable[[socket.socket, Any], Any]) -> Callable[[socket.socket, Any], Any]:
        def checked(self: socket.socket, address: Any) -> Any:
            if not _is_loopback(address):
                raise ConnectionRefusedError(f"a test tried to reach {address}")
            return connect(self, address)

        return checked

    patch.setattr(socket.socket, "connect", guarded(socket.socket.connect))
    patch.setattr(socket.socket, "connect_ex", guarded(socket.socket.connect_ex))
    yield
    patch.undo()


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """A folder that the first worker of a run that asks fills by ``make``. To be copied, never changed."""
    base = factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, is_whole = shared / name, shared / f"{name}.whole"
    with (shared / f"{name}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not is_whole.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            is_whole.touch()
    return folder


def own_settings() -> dict[str, str]:
    """The environment of a house of its own on the embedded engines: as in the office, nothing of the tests'."""
    foreign = ("RECTIFY_", "DJANGO_", "MAKE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "rectify.settings",
        "SECRET_KEY": "only-for-tests-0123456789-abcdefghijklmnopqrstuvwxyz",
        "DATABASE_URL": "",
        "REDIS_URL": "",
        "DEBUG": "0",
    }


def make_tables(environment: dict[str, str]) -> None:
    """Run the migrations in that house."""
    command = [sys.executable, "manage.py", "migrate", "-v", "0"]
    subprocess.run(command, cwd=REPOSITORY, env=environment, check=True)


@pytest.fixture(scope="session")
def house_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an embedded house that has all its tables and nothing in them: to be copied."""
    return made_once(
        tmp_path_factory,
        "house-with-tables",
        lambda folder: make_tables(own_settings() | {"RECTIFY_VAR": str(folder)}),
    )


@contextmanager
def scratch_database(*, template: str = "") -> Iterator[str]:
    """The URL of a PostgreSQL database that lives as long: empty, or a copy of the one at ``template``."""
    server = os.environ["RECTIFY_TEST_DATABASE_URL"].rsplit("/", 1)[0]
    name = f"rectify_scratch_{uuid.uuid4().hex[:12]}"
    connection = psycopg2.connect(f"{server}/postgres")
    connection.autocommit = True
    copied = f' TEMPLATE "{template.rsplit("/", 1)[1]}"' if template else ""
    with connection.cursor() as cursor:
        cursor.execute(f'CREATE DATABASE "{name}"{copied}')
        yield f"{server}/{name}"
        cursor.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    connection.close()


@pytest.fixture
def scratch_database_url() -> Iterator[str]:
    """An empty database on the engine of this run: "" (embedded SQLite) or a fresh PostgreSQL one."""
    if "RECTIFY_TEST_DATABASE_URL" not in os.environ:
        yield ""
        return
    with scratch_database() as url:
        yield url


@pytest.fixture(scope="session")
def database_with_tables() -> Iterator[str]:
    """A PostgreSQL database that has all its tables and nothing in them: to be copied; "" on SQLite."""
    if "RECTIFY_TEST_DATABASE_URL" not in os.environ:
        yield ""
        return
    with scratch_database() as url:
        make_tables(own_settings() | {"DATABASE_URL": url})
        yield url


@pytest.fixture
def scratch_redis_url() -> str:
    """An empty Redis database on the engine of this run, one a worker; "" for the embedded queue."""
    server = os.environ.get("RECTIFY_TEST_REDIS_URL", "").rsplit("/", 1)[0]
    if not server:
        return ""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    url = f"{server}/{14 - worker}"
    redis.Redis.from_url(url).flushdb()
    return url


@pytest.fixture
def house_without_tables(tmp_path: Path, scratch_database_url: str, scratch_redis_url: str) -> dict[str, str]:
    """The environment of an own house that nobody ever started."""
    own = {"RECTIFY_VAR": str(tmp_path / "empty"), "DATABASE_URL": scratch_database_url}
    return own_settings() | own | {"REDIS_URL": scratch_redis_url}


@pytest.fixture
def house(
    tmp_path: Path, house_with_tables: Path, database_with_tables: str, scratch_redis_url: str
) -> Iterator[dict[str, str]]:
    """The environment of an own house with its tables and nothing in them."""
    folder = tmp_path / "var"
    own = own_settings() | {"RECTIFY_VAR": str(folder), "REDIS_URL": scratch_redis_url}
    if database_with_tables:
        with scratch_database(template=database_with_tables) as url:
            yield own | {"DATABASE_URL": url}
        return
    shutil.copytree(house_with_tables, folder)
    yield own


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of the repository."""
    return REPOSITORY


@pytest.fixture
def on_day(settings: Any) -> Callable[[str], None]:
    """Play on a fixed day: `on_day("2018-06-06")`, as RECTIFY_TODAY does."""

    def fix(day: str) -> None:
        settings.RECTIFY_TODAY = date.fromisoformat(day)

    return fix


@pytest.fixture
def eager_jobs() -> Iterator[None]:
    """Run queued tasks at once, in this process (together with `django_capture_on_commit_callbacks`)."""
    current_app.conf.task_always_eager = True
    yield
    current_app.conf.task_always_eager = False
