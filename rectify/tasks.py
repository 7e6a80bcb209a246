"""The house's own tasks."""

from celery import shared_task

from rectify import heartbeat


@shared_task(name="rectify.beat_heart")
def beat_heart() -> None:
    """Show that the worker is alive (readyz asks)."""
    heartbeat.beat()
