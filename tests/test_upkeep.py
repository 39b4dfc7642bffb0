"""`init`, `doctor`, `runs` and `topics`, run as a user runs them."""

import http.server
import json
import os
import subprocess
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatpaper.config import Config, load_config
from chatpaper.records import RunReport
from chatpaper.setup import examine
from chatpaper.store import Store
from commands import run_command
from servers.silent import Silent

FEED = b"<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'></feed>"
SECRET = "sk-never-shown"


class Handler(Silent, http.server.BaseHTTPRequestHandler):
    """arXiv and the model on one port: a feed, a known model, a known key."""

    def do_GET(self) -> None:
        if self.path.startswith("/api/query"):
            self.reply(200, FEED)
        elif self.headers.get("x-goog-api-key") != SECRET:
            self.reply(403, b"{}")
        else:
            self.reply(200 if self.path.endswith("/models/known") else 404, b"{}")

    def reply(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def config(url: str, tmp_path: Path) -> Config:
    environ = {
        "CHATPAPER_ARXIV__BASE_URL": url,
        "CHATPAPER_LLM__BASE_URL": url,
        "CHATPAPER_LLM__MODEL": "known",
        "CHATPAPER_STORAGE__DIR": str(tmp_path / "store"),
        "CHATPAPER_OUTPUT__DIR": str(tmp_path / "posts"),
    }
    return load_config(None, environ)


def run(
    tmp_path: Path, *words: str, **environ: str
) -> subprocess.CompletedProcess[str]:
    """The command, in an empty folder, with a store of its own."""
    env = {
        **os.environ,
        "CHATPAPER_STORAGE__DIR": str(tmp_path / "store"),
        "COLUMNS": "150",
        **environ,
    }
    return run_command(*words, env=env, cwd=tmp_path)


def healths(config: Config, key: str | None = SECRET) -> dict[str, str]:
    """Health by check."""
    environ = {"GEMINI_API_KEY": key} if key else {}
    return {answer.name: answer.health for answer in examine(config, environ=environ)}


def test_doctor_finds_a_whole_installation_well(config: Config) -> None:
    """Everything there: every check is ok."""
    assert set(healths(config).values()) == {"ok"}


def test_doctor_never_shows_the_key(config: Config) -> None:
    """Neither a good key nor a refused one is printed."""
    for key in (SECRET, SECRET + "-wrong"):
        answers = list(examine(config, environ={"GEMINI_API_KEY": key}))

        assert SECRET not in "".join(a.text + a.fix for a in answers)


@pytest.mark.parametrize(
    ("changes", "key", "name", "health"),
    [
        ({}, None, "model", "warn"),
        ({}, "other", "model", "bad"),
        ({"llm": {"provider": "gemini"}}, None, "model", "bad"),
        ({"llm": {"provider": "extractive"}}, None, "model", "ok"),
        ({"llm": {"model": "gone"}}, SECRET, "model", "bad"),
        ({"llm": {"base_url": "http://127.0.0.1:9"}}, SECRET, "model", "bad"),
        ({"arxiv": {"base_url": "http://127.0.0.1:9"}}, SECRET, "arXiv", "bad"),
        ({"storage": {"dir": "/proc/nowhere"}}, SECRET, "store", "bad"),
        ({"output": {"dir": "/proc/nowhere"}}, SECRET, "posts", "bad"),
    ],
)
def test_doctor_names_what_is_wrong(
    config: Config,
    changes: dict[str, dict[str, str]],
    key: str | None,
    name: str,
    health: str,
) -> None:
    """Each fault is found by the check of its name, and has a way out."""
    values = config.model_dump()
    for section, keys in changes.items():
        values[section] |= keys
    sick = Config.model_validate(values)

    answers = list(examine(sick, environ={"GEMINI_API_KEY": key} if key else {}))

    (answer,) = [answer for answer in answers if answer.name == name]
    assert answer.health == health
    assert bool(answer.fix) == (health != "ok")


def test_doctor_notices_a_wrong_clock_and_missing_topics(config: Config) -> None:
    """A day off, or nothing to follow, is told."""
    bare = config.model_copy(update={"topics": ()})
    found = {
        answer.name: answer.health
        for answer in examine(
            bare, environ={}, now=lambda: datetime.now(UTC) + timedelta(days=1)
        )
    }

    assert found["clock"] == "bad"
    assert found["config"] == "warn"


def test_doctor_command_ends_with_one_when_something_is_bad(tmp_path: Path) -> None:
    """The exit code can be used by a script."""
    dead = "http://127.0.0.1:9"
    done = run(
        tmp_path,
        "doctor",
        "--json",
        CHATPAPER_ARXIV__BASE_URL=dead,
        CHATPAPER_LLM__PROVIDER="extractive",
    )

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 1
    assert {line["name"]: line["health"] for line in lines}["arXiv"] == "bad"


def test_init_writes_what_run_reads(tmp_path: Path) -> None:
    """The written configuration is valid, and nothing is replaced."""
    first = run(tmp_path, "init", "blog")
    second = run(tmp_path, "init", "blog")

    assert first.returncode == 0
    assert load_config(tmp_path / "blog" / "config.yaml", {}).topic("GAN")
    assert second.returncode == 2
    assert "already" in second.stderr


def test_runs_lists_past_runs(tmp_path: Path) -> None:
    """What a run did can be seen later, as a table or as JSON."""
    report = RunReport(
        topic="[b]GAN", day=datetime(2026, 11, 20, tzinfo=UTC).date(), status="done"
    )
    with Store(tmp_path / "store") as store:
        store.add_run(datetime(2026, 11, 20, 3, tzinfo=UTC), report)

    table = run(tmp_path, "runs").stdout
    (line,) = run(tmp_path, "runs", "--json").stdout.splitlines()

    assert "2026-11-20 03:00" in table
    assert "[b]GAN" in table
    assert json.loads(line)["date"] == "2026-11-20"


def test_runs_and_doctor_say_what_went_wrong(config: Config, tmp_path: Path) -> None:
    """The newest reasons stand below the table; a topic that failed last is a doubt."""
    day = datetime(2026, 11, 20, 3, tzinfo=UTC)
    topic = config.topics[0].name
    with Store(config.storage.path) as store:
        for number in range(8):
            report = RunReport(
                topic=topic if number < 2 else "once",
                day=day.date(),
                status="done" if number == 1 else "failed",
                message=f"reason {number}\x1b[2J",
                undelivered=("wecom: refused",) if number == 7 else (),
            )
            store.add_run(day + timedelta(days=number), report)

    shown = run_command(
        "runs", "--storage", str(config.storage.path), cwd=tmp_path, env={}
    ).stdout.splitlines()
    reasons = [line for line in shown if "reason" in line]
    well = healths(config)["store"]
    with Store(config.storage.path) as store:
        store.add_run(
            day + timedelta(days=9),
            RunReport(
                topic=topic, day=day.date(), status="failed", message="no network"
            ),
        )
    (answer,) = [a for a in examine(config, environ={}) if a.name == "store"]

    assert reasons[0] == "2026-11-27 03:00 once: reason 7[2J; wecom: refused"
    assert [line[-4] for line in reasons[1:]] == ["6", "5", "4", "3"]
    assert shown[-1] == "and 2 more: chatpaper runs --json"
    assert well == "ok"
    assert (answer.health, answer.fix) == ("warn", "`chatpaper runs` says why")
    assert answer.text == f"last run 2026-11-29 03:00 UTC; {topic} failed"


def test_topics_explains_queries(tmp_path: Path) -> None:
    """The exact query is shown, with doubts about it."""
    done = run(tmp_path, "topics", "--explain", "--topic", "GAN")

    assert done.returncode == 0
    assert 'abs:"generative adversarial"' in done.stdout
    assert "submittedDate:[" in done.stdout
    assert "doubt: ti:GAN" in done.stdout


def test_completion_can_be_shown(tmp_path: Path) -> None:
    """The shell completion is there."""
    done = run(
        tmp_path,
        "--show-completion",
        "bash",
        _TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION="1",
    )

    assert "_CHATPAPER_COMPLETE" in done.stdout or "complete" in done.stdout.lower()
