"""The API asked whatever its description allows, and whatever it does not: no 5xx, no answer it does not name."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from issues.models import Issue
from tests import factories
from townships.models import Unit
from townships.rules.roles import Role
from townships.services import accounts, tokens

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
EXAMPLES = 60 if os.environ.get("HYPOTHESIS_PROFILE") == "soak" else 6


@cache
def described() -> Any:
    """The description, in front of the house itself."""
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
    schema.app = get_wsgi_application()
    return schema


def operations() -> list[str]:
    found = (one.ok() for one in described().get_all_operations())
    return sorted(f"{one.method.upper()} {one.path}" for one in found)


@pytest.fixture
def kept_open() -> Iterator[None]:
    """Requests leave the test's connection alone, as those of Django's own test client do."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def token() -> str:
    """Of a cadre's program, which reads and reports, in a county that has something of everything."""
    county = factories.county()
    campaign, office = factories.campaign(county), factories.user("office", county)
    listed = factories.issue_list(campaign)
    town = Unit.objects.get(code=f"{factories.COUNTY}101")
    factories.category(campaign, "C1", "饮水")
    made = factories.issue(listed, office, quantity=3, township=town, unit=town)
    factories.project(factories.programme(campaign, "P1", "饮水工程"), office, arranged=2)
    Issue.objects.filter(pk=made.pk).update(state="rectifying")
    by = accounts.system_user()
    return tokens.grant(name="填报程序", role=Role.CADRE, unit=town, by=by).token


@pytest.mark.django_db
@pytest.mark.usefixtures("kept_open")
@pytest.mark.parametrize("name", operations())
def test_every_answer_is_one_that_the_description_names(name: str, token: str) -> None:
    method, path = name.split(" ")
    operation = described()[path][method]
    allowed, refused = (operation.as_strategy(generation_mode=mode) for mode in GenerationMode)

    @given(case=allowed | refused)
    @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def ask(case: Any) -> None:
        case.headers = {**(case.headers or {}), "Authorization": f"Token {token}"}
        answer = case.call()
        case.validate_response(answer, checks=CHECKS)

    ask()
