"""Settings come from the environment and raise on nonsense."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

Settings = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def settings_with(tmp_path: Path, repository: Path) -> Settings:
    """Print settings in a fresh process: `settings_with("DEBUG, HOST", DEBUG="1")`."""

    def read(names: str, **environment: str) -> subprocess.CompletedProcess[str]:
        kept = {"PATH": os.environ["PATH"], "RECTIFY_VAR": str(tmp_path), "SECRET_KEY": "a-key"}
        code = f"from rectify.settings import {names}; print(repr(({names},)))"
        return subprocess.run(
            [sys.executable, "-c", code],
            cwd=repository,
            env=kept | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    return read


def refusal(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 1
    return done.stderr.strip().splitlines()[-1]


def test_a_secret_key_is_required_unless_debugging(settings_with: Settings) -> None:
    assert "缺少 SECRET_KEY" in refusal(settings_with("SECRET_KEY", SECRET_KEY=""))
    assert settings_with("SECRET_KEY", SECRET_KEY="", DEBUG="1").returncode == 0


def test_the_embedded_house_reads_the_key_that_setup_made(settings_with: Settings, tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text("made-by-setup\n")
    assert settings_with("SECRET_KEY", SECRET_KEY="").stdout.strip() == "('made-by-setup',)"
    on_postgresql = settings_with("SECRET_KEY", SECRET_KEY="", DATABASE_URL="postgres://u@h/db")
    assert "缺少 SECRET_KEY" in refusal(on_postgresql)


def test_the_day_is_fixed_only_for_demo_and_debugging(settings_with: Settings) -> None:
    assert "RECTIFY_TODAY" in refusal(settings_with("RECTIFY_TODAY", RECTIFY_TODAY="2018-06-06"))
    for allowed in ({"DEBUG": "1"}, {"RECTIFY_DEMO": "1"}):
        done = settings_with("RECTIFY_TODAY", RECTIFY_TODAY="2018-06-06", **allowed)
        assert done.stdout.strip() == "(datetime.date(2018, 6, 6),)"
    assert "不是日期" in refusal(settings_with("RECTIFY_TODAY", RECTIFY_TODAY="6月6日", DEBUG="1"))


def test_commands_beside_the_demo_live_on_its_day_and_other_databases_do_not(
    settings_with: Settings, tmp_path: Path
) -> None:
    mark = "from pathlib import Path; from rectify import demo; demo.remember(Path({!r}), '')"
    subprocess.run([sys.executable, "-c", mark.format(str(tmp_path))], check=True)
    assert settings_with("DEMO, RECTIFY_TODAY").stdout.strip() == "(True, datetime.date(2018, 6, 6))"
    other = settings_with("DEMO, RECTIFY_TODAY", DATABASE_URL="postgres://u@h/county")
    assert other.stdout.strip() == "(False, None)"


def test_the_time_zone_and_language_are_no_settings(settings_with: Settings) -> None:
    done = settings_with("TIME_ZONE, LANGUAGE_CODE", TIME_ZONE="UTC", LANGUAGE_CODE="en")
    assert done.stdout.strip() == "('Asia/Shanghai', 'zh-hans')"


def test_an_https_origin_makes_cookies_secure(settings_with: Settings) -> None:
    names = "SESSION_COOKIE_SECURE, CSRF_COOKIE_SECURE, SECURE_HSTS_SECONDS > 0"
    code = names.replace(" > 0", "")
    plain = settings_with(code)
    secure = settings_with(code, CSRF_TRUSTED_ORIGINS="https://zgdb.example")
    assert plain.stdout.strip() == "(False, False, 0)"
    assert secure.stdout.strip() == "(True, True, 31536000)"


def test_only_sqlite_and_postgresql_are_accepted(settings_with: Settings) -> None:
    assert "只支持" in refusal(settings_with("DATABASES", DATABASE_URL="mysql://u@h/db"))


def test_a_blank_variable_is_one_not_given(settings_with: Settings, repository: Path) -> None:
    done = settings_with("HOST, REDIS_URL, OUTBOUND_ALLOW", HOST="", REDIS_URL="", OUTBOUND_ALLOW="")
    assert done.stdout.strip() == "('127.0.0.1', '', [])"


def test_every_variable_stands_in_the_example(repository: Path) -> None:
    source = (repository / "rectify" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"\benv(?:\.\w+)?\(\s*\"(\w+)\"", source))
    example = (repository / ".env.example").read_text(encoding="utf-8")
    shown = set(re.findall(r"^(\w+)=", example, re.MULTILINE))
    compose = (repository / "docker-compose.yml").read_text(encoding="utf-8")
    only_compose = set(re.findall(r"\$\{(\w+)", compose))
    assert read
    assert shown == read | only_compose


def test_the_version_comes_from_the_changelog(repository: Path) -> None:
    from rectify.version import version

    assert f'version = "{version()}"' in (repository / "pyproject.toml").read_text(encoding="utf-8")
