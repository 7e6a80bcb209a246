"""What every test may use, and what none may do: no socket leaves this machine."""

import os
import socket
from collections.abc import Callable, Iterator
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
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
