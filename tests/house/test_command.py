"""Every command: `--json` prints one object alone; a refusal is one sentence and exit 2."""

import importlib
import json
import pkgutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from rectify.lib.command import JsonCommand

Manage = Callable[..., subprocess.CompletedProcess[str]]
ROOMS = ("rectify", "townships", "projects", "issues", "alerts", "dashboards")


def our_commands(repository: Path) -> dict[str, type]:
    """name → class of every command that the project brings."""
    found = {}
    for room in ROOMS:
        folder = repository / room / "management" / "commands"
        for module in pkgutil.iter_modules([str(folder)]):
            found[module.name] = importlib.import_module(f"{room}.management.commands.{module.name}").Command
    return found


def test_every_command_takes_json(repository: Path) -> None:
    commands = our_commands(repository)
    assert {"up", "backup", "restore", "seed_demo"} <= commands.keys()
    assert [name for name, command in commands.items() if not issubclass(command, JsonCommand)] == []


def test_a_refusal_is_one_sentence_and_exit_two(manage: Manage) -> None:
    refused = manage("restore", "/nowhere/x.tar.gz", "--json")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.strip().endswith("。")
    assert "CommandError" not in refused.stderr


def test_a_wrong_option_is_exit_two(manage: Manage) -> None:
    assert manage("backup", "--no-such-option").returncode == 2


def test_a_database_without_tables_is_said_in_words(
    manage: Manage, house_without_tables: dict[str, str]
) -> None:
    refused = manage("load_county", "demo/county", "--json", environment=house_without_tables)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "migrate" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_json_is_all_that_is_printed(manage: Manage, tmp_path: Path) -> None:
    done = manage("backup", str(tmp_path / "empty.tar.gz"), "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["version"]


@pytest.mark.parametrize("target", ["run", "test", "setup", "check", "bench", "soak"])
def test_make_help_lists_every_door(repository: Path, target: str) -> None:
    listed = subprocess.run(["make", "help"], cwd=repository, capture_output=True, text=True, check=True)
    assert f"make {target} " in listed.stdout


def test_make_says_in_one_line_when_venv_is_missing(repository: Path, tmp_path: Path) -> None:
    for name in ("Makefile", "requirements.lock"):
        (tmp_path / name).write_bytes((repository / name).read_bytes())
    bare = tmp_path / "python3"
    bare.write_text(f'#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexec {sys.executable} "$@"\n')
    bare.chmod(0o755)
    command = ["make", "setup", f"PYTHON={bare}", f"VAR={tmp_path}/var"]
    refused = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert refused.returncode != 0
    assert "apt-get install python3-venv" in refused.stderr
    assert not (tmp_path / ".venv").exists()
