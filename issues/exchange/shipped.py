"""The templates that ship, one JSON file each."""

from __future__ import annotations

import json
from pathlib import Path

from issues.rules.templates import TemplateFacts


def read_templates(folder: Path) -> list[TemplateFacts]:
    """The templates of ``folder`` in the order of their codes; ValueError names the file that is none."""
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            found.append(TemplateFacts.from_json(json.loads(path.read_text(encoding="utf-8"))))
        except (ValueError, TypeError, AttributeError) as error:
            raise ValueError(f"{path.name}不是清单模板：{error}") from error
    return found
