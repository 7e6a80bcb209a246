from django.apps import AppConfig


class IssuesConfig(AppConfig):
    name = "issues"
    verbose_name = "问题"
    default_auto_field = "django.db.models.BigAutoField"
