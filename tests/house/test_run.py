"""The runner of the suite: an engine that answers but refuses fails the run."""

import socket
import threading

import pytest

from tests import run


def test_an_engine_that_answers_but_refuses_fails_the_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], free_port: int
) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", free_port))
        server.listen()
        thread = threading.Thread(target=lambda: server.accept()[0].close())
        thread.start()
        monkeypatch.setenv("RECTIFY_TEST_DATABASE_URL", f"postgres://postgres@127.0.0.1:{free_port}/x")
        assert run.main([]) == 1
        thread.join()
    assert "PostgreSQL answers but refuses" in capsys.readouterr().err


def test_no_server_is_no_failure(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("RECTIFY_TEST_DATABASE_URL", raising=False)
    monkeypatch.delenv("RECTIFY_TEST_REDIS_URL", raising=False)
    monkeypatch.setattr(run, "_answers", lambda port: False)
    runs: list[dict[str, str]] = []
    monkeypatch.setattr(run, "run_pytest", lambda arguments, engines: runs.append(engines) or 0)
    assert run.main([]) == 0
    assert runs == [{}]
    assert "no PostgreSQL or Redis answers" in capsys.readouterr().out


def test_both_engines_run_and_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RECTIFY_TEST_DATABASE_URL", "postgres://u@h/db")
    monkeypatch.setenv("RECTIFY_TEST_REDIS_URL", "redis://h/0")
    monkeypatch.setattr(run, "postgresql_version", lambda url: "PostgreSQL 15.20")
    monkeypatch.setattr(run, "redis_version", lambda url: "Redis 7.0.15")
    runs: list[dict[str, str]] = []
    monkeypatch.setattr(run, "run_pytest", lambda arguments, engines: runs.append(engines) or 0)
    assert run.main([]) == 0
    assert [bool(engines) for engines in runs] == [False, True]
    out = capsys.readouterr().out
    assert "SQLite" in out
    assert "PostgreSQL 15.20 + Redis 7.0.15" in out
