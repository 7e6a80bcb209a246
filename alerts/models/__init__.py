"""The tables of the alerts room."""

from alerts.models.alerts import Alert, LightChange, Scan
from alerts.models.deliveries import Channel, Choice, Delivery, Digest, Telling
from alerts.models.letters import (
    Letter,
    LetterCopy,
    LetterFile,
    LetterItem,
    LetterReply,
    LetterWording,
    NoticeWaiver,
)
from alerts.models.records import LadderRecord
from alerts.models.rounds import Collection, Filing, Round
from alerts.models.rules import RuleSet, Rung

__all__ = [
    "Alert",
    "Channel",
    "Choice",
    "Collection",
    "Delivery",
    "Digest",
    "Filing",
    "LadderRecord",
    "Letter",
    "LetterCopy",
    "LetterFile",
    "LetterItem",
    "LetterReply",
    "LetterWording",
    "LightChange",
    "NoticeWaiver",
    "Round",
    "RuleSet",
    "Rung",
    "Scan",
    "Telling",
]
