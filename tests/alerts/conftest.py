"""Receivers on loopback for the tests of delivery, and the morning they happen on."""

import socket
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from tests.alerts.receivers import HTTPReceiver, Receiver, SMTPReceiver, receiver
from tests.alerts.telling import MORNING


@pytest.fixture
def web() -> Iterator[Receiver]:
    """A web server that 系统管理员 may list."""
    with receiver(HTTPReceiver) as kept:
        yield kept


@pytest.fixture
def post_office(settings: Any) -> Iterator[Receiver]:
    """A mail server that EMAIL_URL names."""
    with receiver(SMTPReceiver) as kept:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", kept.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.DEFAULT_FROM_EMAIL = "rectify@county.example"
        yield kept


@pytest.fixture
def free_port() -> int:
    """A TCP port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def morning() -> Iterator[time_machine.Traveller]:
    """2018-06-06 08:31 in Beijing, and the clock goes on from there."""
    with time_machine.travel(MORNING, tick=True) as traveller:
        yield traveller
