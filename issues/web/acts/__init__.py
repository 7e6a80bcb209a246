"""Every verb that has a page, by subject; the address is the verb's own word."""

from __future__ import annotations

from issues.rules.workflow import Verb
from issues.web.acts import (
    assigning,
    closing,
    deadlines,
    planning,
    proposals,
    reporting,
    signing,
    solving,
    splitting,
    verifying,
)
from issues.web.acts.base import Act

ACTS: dict[Verb, Act] = {
    **reporting.ACTS,
    **signing.ACTS,
    **assigning.ACTS,
    **planning.ACTS,
    **deadlines.ACTS,
    **verifying.ACTS,
    **closing.ACTS,
    **proposals.ACTS,
    **splitting.ACTS,
    **solving.ACTS,
}
