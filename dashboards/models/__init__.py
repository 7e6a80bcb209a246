"""What the dashboards room keeps of its own."""

from dashboards.models.bulletins import Bulletin, BulletinFile
from dashboards.models.focus import Focus
from dashboards.models.targets import Target

__all__ = ["Bulletin", "BulletinFile", "Focus", "Target"]
