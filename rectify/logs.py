"""How log lines are written: masked, so that no ID or phone number reaches a file (design, invariant 11)."""

import logging

from rectify.lib.masking import mask_text


class MaskedFormatter(logging.Formatter):
    """The finished line, traceback included, goes through the masking of `lib.masking`."""

    def format(self, record: logging.LogRecord) -> str:
        return mask_text(super().format(record))
