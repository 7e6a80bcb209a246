"""The Celery app and its timetable; thresholds and dates live in our tables, here is only when to look."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "rectify.settings")
TRANSPORT_ALIASES["files"] = "rectify.lib.broker:Transport"

app = Celery("rectify")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
app.conf.beat_schedule = {
    # A late heartbeat says nothing: it expires instead of piling up behind a long import.
    "heartbeat": {"task": "rectify.beat_heart", "schedule": 10.0, "options": {"expires": 30}},
    "requeue-lost": {"task": "issues.requeue_lost", "schedule": 60.0, "options": {"expires": 60}},
    "scan-deadlines": {"task": "alerts.scan_deadlines", "schedule": 600.0, "options": {"expires": 600}},
    "keep-rounds": {"task": "alerts.keep_rounds", "schedule": 1800.0, "options": {"expires": 1800}},
    "make-digests": {"task": "alerts.make_digests", "schedule": 60.0, "options": {"expires": 60}},
    "send-deliveries": {"task": "alerts.send_deliveries", "schedule": 60.0, "options": {"expires": 60}},
    "seal-events": {"task": "townships.seal_events", "schedule": 60.0, "options": {"expires": 60}},
}
