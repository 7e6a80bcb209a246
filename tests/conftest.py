"""What every test may use, and what none may do: no socket leaves this machine."""

import socket
from collections.abc import Callable, Iterator
from datetime import date
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from celery import current_app
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

REPOSITORY = Path(__file__).resolve().parent.parent

hypothesis_settings.register_profile(
    "fast", max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.register_profile(
    "soak", max_examples=1000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)


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
