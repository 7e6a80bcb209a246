"""Audit events and seals cannot be changed or deleted, whoever asks the database (网络安全法第二十一条: logs kept).

RECTIFY_APPEND_ONLY=False leaves the guards out: only for tests, which empty their tables.
A later migration that rebuilds one of the two tables on SQLite has to install them again; verify_audit says so.
"""

from django.conf import settings
from django.db import migrations

TABLES = {"event_append_only": "townships_event", "seal_append_only": "townships_seal"}
REFUSAL = "audit records are append-only"


def install(connection):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "CREATE OR REPLACE FUNCTION rectify_append_only() RETURNS trigger LANGUAGE plpgsql AS "
                f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$"
            )
        for name, table in TABLES.items():
            for act in ("UPDATE", "DELETE"):
                cursor.execute(_statement(connection.vendor, f"{name}_{act.lower()}", table, act))


def _statement(vendor, name, table, act):
    if vendor == "postgresql":
        return (
            f"CREATE TRIGGER {name} BEFORE {act} ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION rectify_append_only()"
        )
    return f"CREATE TRIGGER {name} BEFORE {act} ON {table} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"


def remove(connection):
    with connection.cursor() as cursor:
        for name, table in TABLES.items():
            for act in ("update", "delete"):
                on_table = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}_{act}{on_table}")


def forwards(apps, schema_editor):
    if settings.RECTIFY_APPEND_ONLY:
        install(schema_editor.connection)


def backwards(apps, schema_editor):
    remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("townships", "0001_initial")]

    operations = [migrations.RunPython(forwards, backwards)]
