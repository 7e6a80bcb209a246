"""`verify_audit`: prove that no audit event was altered or deleted; exit 1 when one was."""

from __future__ import annotations

from typing import Any

from rectify.lib.command import FOUND_WRONG, JsonCommand
from townships.services import seals


class Command(JsonCommand):
    help = "验证审计记录：逐条核对指纹链和封存链"

    def run(self, **options: Any) -> tuple[Any, int]:
        """Returns {"ok", "checked", "differences"}."""
        proof = seals.verify()
        return proof.as_json(), FOUND_WRONG if proof.differences else 0

    def render(self, payload: Any) -> str:
        if payload["ok"]:
            return f"共核对{payload['checked']}条审计记录，全部完好。"
        lines = [
            f"共核对{payload['checked']}条审计记录，发现{len(payload['differences'])}处问题：",
            *payload["differences"],
        ]
        return "\n".join(lines)
