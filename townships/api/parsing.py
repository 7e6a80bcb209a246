"""What is sent to the API: JSON of a decent size."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser


class SmallJSONParser(JSONParser):
    """JSON up to DATA_UPLOAD_MAX_MEMORY_SIZE, nested no deeper than Python reads."""

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        """Reads Django's ``body``, which keeps to the limit; the stream itself would not."""
        body = BytesIO(parser_context["request"].body)
        try:
            return super().parse(body, media_type, parser_context)
        except RecursionError as error:
            raise ParseError from error
