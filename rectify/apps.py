"""The house as a Django app: it brings commands, templates' error pages and the Celery app."""

from django.apps import AppConfig


class RectifyConfig(AppConfig):
    name = "rectify"
    verbose_name = "整改督办"

    def ready(self) -> None:
        """Make our Celery app the current one, so that `lib.jobs` can queue by name."""
        from rectify import celery

        celery.app.set_default()
