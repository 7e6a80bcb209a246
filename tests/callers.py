"""Programs that call the API: with a token of their own, held to the description."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any
from urllib.parse import urlencode

import jsonschema
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from townships.models import Unit
from townships.rules.roles import Role
from townships.services import accounts, tokens


class Caller:
    """A program with a token; ``address``: what it asks where it says nothing else."""

    def __init__(self, role: Role, unit: Unit, address: str = "/api/v1/issues/") -> None:
        made = tokens.grant(name=f"{role}-{unit.code}", role=role, unit=unit, by=accounts.system_user())
        self.token = made.token
        self._client = Client(headers={"Authorization": f"Token {made.token}"})
        self._address = address

    def get(self, address: str = "", **headers: str) -> Any:
        return self._client.get(address or self._address, headers=headers)

    def read(self, address: str = "", **params: object) -> Any:
        address = address or self._address
        answer = self.get(f"{address}?{urlencode(params)}" if params else address)
        assert answer.status_code == 200, answer.content.decode()[:500]
        return answer.json()

    def pages(self, **params: object) -> Iterator[list[dict[str, Any]]]:
        following = f"{self._address}?{urlencode(params)}"
        while following:
            page = self.read(following)
            yield page["results"]
            following = page["next"]

    def all(self, **params: object) -> list[dict[str, Any]]:
        return [record for page in self.pages(**params) for record in page]


def check_described(name: str, value: object) -> None:
    """``value`` is as the description's component ``name`` says, without a field it does not name."""
    jsonschema.validate(value, {**_components(), "$ref": f"#/schemas/{name}"})


@cache
def _components() -> dict[str, Any]:
    described = SchemaGenerator().get_schema(public=True)
    components: dict[str, Any] = _strict(described["components"])
    return components


def _strict(schema: Any) -> Any:
    """OpenAPI 3.0's `nullable` in the words of JSON Schema; addresses of parts without their prefix."""
    if isinstance(schema, list):
        return [_strict(one) for one in schema]
    if not isinstance(schema, dict):
        return schema.replace("#/components/", "#/") if isinstance(schema, str) else schema
    inner = {name: _strict(value) for name, value in schema.items() if name != "nullable"}
    if isinstance(inner.get("properties"), dict) and inner.get("type") == "object":
        inner.setdefault("additionalProperties", False)
    return {"anyOf": [inner, {"type": "null"}]} if schema.get("nullable") is True else inner
