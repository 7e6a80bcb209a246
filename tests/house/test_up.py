"""`manage.py up`: real processes, really killed."""

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest

from rectify import demo
from tests.conftest import REPOSITORY
from tests.house.conftest import wait_until

pytestmark = pytest.mark.engines
READY_SECONDS = 150  # on a machine that is busy with other things


class Running:
    """An `up` in a process group of its own, as a terminal would start it."""

    def __init__(self, environment: dict[str, str], port: int, *options: str) -> None:
        self.environment, self.port = environment, port
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", "--port", str(port), "--no-demo", "--json", *options],
            cwd=REPOSITORY,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def get(self, path: str) -> tuple[int, str]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.process.communicate()[1]
        return self.get("/readyz")[0] == 200

    def members(self) -> dict[int, str]:
        """pid → command line of every process of the session."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                stat = (folder / "stat").read_text().rpartition(")")[2].split()
                line = (folder / "cmdline").read_text().replace("\0", " ")
            except (FileNotFoundError, ProcessLookupError):
                continue
            if int(stat[3]) == self.process.pid and stat[0] != "Z":
                found[int(folder.name)] = line
        return found

    def pids_of(self, word: str) -> set[int]:
        return {pid for pid, line in self.members().items() if word in line}

    def stop(self, number: int = signal.SIGINT) -> tuple[str, str]:
        os.killpg(self.process.pid, number)
        return self.process.communicate(timeout=60)


@pytest.fixture
def up(house: dict[str, str], free_port: int) -> Iterator[Running]:
    running = Running(house, free_port)
    try:
        wait_until(running.is_ready, "up to be ready", READY_SECONDS)
        yield running
    finally:
        for pid in running.members():
            os.kill(pid, signal.SIGKILL)
        running.process.communicate()


def test_it_comes_up_whole_refuses_a_second_start_and_ctrl_c_leaves_nothing(
    up: Running, house: dict[str, str], free_port: int
) -> None:
    assert json.loads(up.get("/readyz")[1]) == {
        "ready": True,
        "database": True,
        "broker": True,
        "worker": True,
    }
    second = Running(house, up.port + 1)
    out, err = second.process.communicate(timeout=60)
    assert (second.process.returncode, out) == (2, "")
    assert f"已经在运行（进程 {up.process.pid}" in err
    assert "Traceback" not in err

    out, err = up.stop()
    assert up.process.returncode == 0, err
    assert json.loads(out) == {"url": f"http://127.0.0.1:{up.port}/"}
    assert up.members() == {}
    left = {path.name for path in Path(house["RECTIFY_VAR"]).iterdir()}
    assert not {name for name in left if name.endswith((".pid", ".lock", ".sock"))}


def test_killed_children_are_started_again_and_sigterm_to_the_supervisor_stops_all(up: Running) -> None:
    for word in ("rectify worker", "rectify beat", "gunicorn"):
        before = up.pids_of(word)
        os.kill(min(before), signal.SIGKILL)
        wait_until(lambda word=word: bool(up.pids_of(word)), f"a new {word}")  # type: ignore[misc]
        wait_until(lambda old=before: not old & up.members().keys(), f"the old {word} to be gone")  # type: ignore[misc]
    wait_until(
        lambda: up.get("/healthz")[0] == 200, "the web to answer again on the same port", READY_SECONDS
    )

    up.process.terminate()
    _, err = up.process.communicate(timeout=60)
    assert up.process.returncode == 0
    assert up.members() == {}
    for name in ("后台任务", "定时任务", "网页服务"):
        assert f"{name} 意外退出" in err


def test_children_die_with_a_killed_supervisor_and_the_lock_is_free(
    up: Running, house: dict[str, str]
) -> None:
    up.process.kill()
    up.process.wait()
    wait_until(lambda: up.members() == {}, "all children to be gone", READY_SECONDS)
    again = Running(house, up.port)
    wait_until(lambda: again.get("/healthz")[0] == 200, "a fresh start after the kill", READY_SECONDS)
    again.stop()
    assert again.process.returncode == 0


def test_a_taken_port_is_said_in_one_sentence(house: dict[str, str], free_port: int) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", free_port))
        taken.listen()
        refused = Running(house, free_port)
        out, err = refused.process.communicate(timeout=60)
    assert (refused.process.returncode, out) == (2, "")
    assert f"无法监听 127.0.0.1:{free_port}" in err
    assert len(err.strip().splitlines()) == 1


def test_a_demo_password_keeps_the_house_on_this_machine(
    house: dict[str, str], manage: Callable[..., subprocess.CompletedProcess[str]], free_port: int
) -> None:
    account = (
        "from townships.models import User; User.objects.create(username='demo', role='office', is_demo=True)"
    )
    assert manage("shell", "-c", account).returncode == 0
    refused = manage("up", "--host", "0.0.0.0", "--port", str(free_port), "--json")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "公开密码" in refused.stderr


def test_an_empty_start_over_a_demo_is_refused(
    house: dict[str, str], manage: Callable[..., subprocess.CompletedProcess[str]], free_port: int
) -> None:
    folder = Path(house["RECTIFY_VAR"])
    folder.mkdir(exist_ok=True)
    demo.remember(folder, house["DATABASE_URL"])
    refused = manage("up", "--no-demo", "--port", str(free_port))
    assert refused.returncode == 2
    assert "演示县" in refused.stderr
