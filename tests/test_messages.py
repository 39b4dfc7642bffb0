"""What a user is told when something cannot go on, by the commands themselves."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from chatpaper.errors import StoreError
from chatpaper.store import only_run
from commands import run_command
from night import Night
from servers.arxiv import Fault

SINCE = ("--since", "2026-11-01", "--until", "2026-11-30")
NO_KEY = "no language model is used"


def chatpaper(
    nights: Night, *words: str, key: bool = True, settings: Mapping[str, str] = {}
) -> subprocess.CompletedProcess[str]:
    """A command in the night's folder; settings are as `ARXIV__TRIES`."""
    env = {f"CHATPAPER_{name}": value for name, value in settings.items()}
    env = {**nights.environment, **env}
    if not key:
        del env["GEMINI_API_KEY"]
    return run_command(*words, env=env, cwd=nights.directory)


@pytest.mark.parametrize(
    ("option", "setting"), [("--output", "output.dir"), ("--storage", "storage.dir")]
)
@pytest.mark.parametrize("command", ["run", "backfill"])
def test_a_folder_that_cannot_be_written_is_found_first(
    nights: Night, command: str, option: str, setting: str
) -> None:
    """Nothing is asked of the model for a post that could not be written."""
    (nights.directory / "file").touch()
    place = str(nights.directory / "file" / "below")

    done = chatpaper(nights, command, "--topic", "GAN", *SINCE, option, place)

    assert done.returncode == 3
    told = f"chatpaper: {place}: cannot be written: Not a directory; set {setting}, or"
    assert done.stderr.splitlines()[-1] == f"{told} {option}"
    assert nights.gemini.calls == []
    assert nights.arxiv.count("/pdf") == 0


@pytest.mark.parametrize("wish", ["9" * 5000, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_wish_to_wait_for_ever_costs_one_topic(nights: Night, wish: str) -> None:
    """One clear line for the first, and the next one is posted."""
    fault = Fault(status=503, headers={"Retry-After": wish})
    nights.arxiv.fail("/api", fault, times=1)
    topics = ("--topic", "other words", "--topic", "GAN")
    waits = {"ARXIV__MAX_WAIT_S": "0.2", "ARXIV__TRIES": "1"}

    done = chatpaper(nights, "run", *topics, *SINCE, settings=waits)

    first, second = done.stdout.splitlines()
    assert done.returncode == 1
    assert "failed - the host asks for patience (HTTP 503" in first
    assert len(first) < 200
    assert "3 papers posted" in second
    assert "Traceback" not in done.stderr


def test_no_network_is_said_once(nights: Night) -> None:
    """At once, without a query, and every topic ends with the reason."""
    away = {"ARXIV__BASE_URL": "http://nowhere.invalid", "ARXIV__MAX_WAIT_S": "7"}

    done = chatpaper(nights, "run", "--topic", "GAN", "--topic", "x y", settings=away)

    said = "no network: nowhere.invalid has no address; `chatpaper doctor` tells more"
    assert done.returncode == 3
    assert [said in line for line in done.stdout.splitlines()] == [True, True]
    assert "waiting try=1" in done.stderr
    assert done.stderr.count("WARNING") == 1
    assert "search_query" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("run --topic=", "--topic: '' has no word to search for"),
        ("run --topic gans", "--topic: gans: did you mean GAN?"),
        ("backfill --topic gans --since 7d", "--topic: gans: did you mean GAN?"),
        ("topics --topic gans", "--topic: gans: did you mean GAN?"),
        ("run --since someday", "--since: 'someday' is no day; write 2026-11-24"),
        ("run --until 2026-02-30", "--until: '2026-02-30' is no day of the calendar"),
        ("run --since 2200", "--since: 2200-01-01 is yet to come"),
        ("run --source nowhere", "--source: nowhere: not arxiv, samples or a folder"),
        ("run --provider bing", "arguments: llm.provider: must be 'auto', 'gemini'"),
        ("summarize nofile.pdf", "nofile.pdf: no such file"),
        ("collect", "environment: batches are made by a model: set GEMINI_API_KEY"),
    ],
)
def test_a_wrong_argument_is_one_line(nights: Night, words: str, said: str) -> None:
    """Exit code 2, and no word of a key that has nothing to do with it."""
    (nights.directory / "config.yaml").write_text("topics: {GAN: ti:GAN}\n", "utf-8")

    done = chatpaper(nights, *words.split(), key=False)

    assert done.returncode == 2
    assert done.stdout == ""
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"chatpaper: {said}")


def test_the_missing_key_is_told_when_it_matters(nights: Night, tmp_path: Path) -> None:
    """With the first paper that is summarised without it, and once."""
    storage = ("--storage", str(tmp_path / "elsewhere"))

    quoted = chatpaper(nights, "run", "--topic", "GAN", *SINCE, *storage, key=False)
    again = chatpaper(nights, "run", "--topic", "GAN", *SINCE, *storage, key=False)
    runs = chatpaper(nights, "runs", *storage)

    assert (quoted.returncode, again.returncode) == (0, 0)
    assert (quoted.stderr.count(NO_KEY), again.stderr.count(NO_KEY)) == (1, 0)
    assert runs.stdout.count("GAN") == 2


def test_a_stop_ends_the_wait_for_another_run(nights: Night) -> None:
    """Whoever presses Ctrl-C does not wait for a lock, and is told of it."""
    nights.settings["storage"] = {"lock_wait_s": 300}
    stop = threading.Event()
    stop.set()

    with (
        only_run(nights.directory / "store", wait_s=0),
        pytest.raises(StoreError, match="interrupted while it waited for another run"),
    ):
        nights.run_all(stop=stop)
