from django.apps import AppConfig


class TownshipsConfig(AppConfig):
    name = "townships"
    verbose_name = "单位与人员"
    default_auto_field = "django.db.models.BigAutoField"
