"""A night that was kept is run again elsewhere: offline, and to the same bytes."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path

import pymupdf
import pytest

import chatpaper
from chatpaper.config import Config
from chatpaper.errors import ConfigError
from chatpaper.pipeline import Asked, Controls, record_night, replay_night
from chatpaper.records import RunReport
from chatpaper.resources import resource_path
from chatpaper.store import Store
from commands import run_command
from night import Night, night, pdf_of, record, title_of
from servers.arxiv import Fault
from servers.gemini_faults import KEY

RECORDED = Path(__file__).parent / "recorded"
# Runs a command in a process that may open no socket to any host.
OFFLINE = """
import sys
def refuse(event, args):
    unix = event == "socket.__new__" and args[1] == 1  # to our own workers
    if event in ("socket.getaddrinfo", "socket.__new__") and not unix:
        raise AssertionError(f"{event} {args}")
sys.addaudithook(refuse)
from chatpaper.cli import app
app(sys.argv[1:])
"""


def _arxiv(nights: Night) -> None:
    nights.arxiv.fail("/api", Fault(status=429), Fault(reset=True))
    nights.arxiv.fail("/pdf", Fault(cut=0.5))
    nights.arxiv.fail("/pdf/2611.00001", Fault(hang_s=9), times=9)
    nights.settings["arxiv"] = {"tries": 3, "timeout_s": 0.5}


def _closed(nights: Night) -> None:
    wish = Fault(status=503, headers={"Retry-After": "2"})
    nights.arxiv.fail("/api", wish, times=9)


def _shut(nights: Night) -> None:
    nights.arxiv.fail("/pdf/2611.00001", Fault(status=403))


def _model(nights: Night) -> None:
    nights.gemini.by_paper = {
        title_of(0): deque(["429-retry-info", "not-json", "ok"]),
        title_of(1): deque(["cut", "deep-body", "deep-body", "html-200"]),
        title_of(2): deque(["reset", "truncated-body", "safety"]),
    }


def _quota(nights: Night) -> None:
    nights.gemini.script = deque(["ok", "429-per-day"])


def _judge(nights: Night) -> None:
    nights.gemini.by_kind = {"judge": deque(["half-verdicts", "500", "500"])}


def kept(nights: Night, **asked: object) -> list[RunReport]:
    """A night of the stand-ins, kept in the folder `kept`."""
    config = Config.model_validate(nights.sections)
    controls = Controls(key=KEY, now=lambda: nights.now, sleep=nights.naps.append)
    folder = nights.directory / "kept"
    return record_night(folder, config, Asked(**asked), controls)  # type: ignore[arg-type]


def replayed(nights: Night) -> tuple[list[RunReport], tuple[str, ...]]:
    """The kept night again."""
    controls = Controls(sleep=nights.naps.append)
    return replay_night(nights.directory / "kept", None, controls)


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def environment(**changes: str) -> dict[str, str]:
    """Ours, without keys or settings of whoever runs the tests."""
    mine = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CHATPAPER_") and not name.endswith("_API_KEY")
    }
    return {**mine, **changes}


def test_the_same_night_without_a_network(nights: Night) -> None:
    """Another process, store and zone, no key, no socket: the same bytes of all files.

    The pictures are those of a sample paper.
    """
    sample = sorted(resource_path("samples").glob("*.pdf"))[0].read_bytes()
    nights.arxiv.records[1] = record(1, pdf=sample)
    nights.settings["output"] = {"timezone": ""}
    first = run_command(
        *("run", "--topic", "GAN", "--since", "2026-11-01", "--until", "2026-11-30"),
        *("--record", "kept"),
        env=environment(**nights.environment),
        cwd=nights.directory,
    )
    asked = nights.arxiv.count(), len(nights.gemini.calls)
    elsewhere = nights.directory / "elsewhere"
    elsewhere.mkdir()
    again = subprocess.run(
        [sys.executable, "-c", OFFLINE, "run", "--replay", "../kept", "--output", "p"],
        env=environment(TZ="America/New_York", HOME=str(elsewhere)),
        cwd=elsewhere,
        capture_output=True,
        text=True,
        timeout=200,
        check=False,
    )
    posts = contents(nights.directory / "posts")

    assert first.returncode == again.returncode == 0, first.stderr + again.stderr
    assert {Path(name).suffix for name in posts} >= {".md", ".json", ".jpg"}
    assert contents(elsewhere / "p") == posts
    assert (nights.arxiv.count(), len(nights.gemini.calls)) == asked != (0, 0)
    assert {path.name for path in elsewhere.iterdir()} == {"p"}


@pytest.mark.parametrize("break_it", [_arxiv, _closed, _shut, _model, _quota, _judge])
def test_faults_are_kept(nights: Night, break_it: Callable[[Night], None]) -> None:
    """What went wrong goes wrong again, in the same way and without waiting."""
    break_it(nights)
    (then,) = kept(nights)
    before = nights.naps[:]
    (now,), differences = replayed(nights)

    assert differences == ()
    assert (now.status, now.why, now.posted, now.failed, now.llm) == (
        then.status,
        then.why,
        then.posted,
        then.failed,
        then.llm,
    )
    assert nights.naps == before


def test_what_was_before_is_kept(nights: Night) -> None:
    """A second night of a day goes by the ledger, its paid drafts and its post."""
    nights.settings["trust"] = {"judge": True}
    nights.gemini.by_kind = {"judge": deque(["ok", "429-per-day"])}
    nights.run()
    nights.arxiv.records.append(record(7))
    drafts = nights.gemini.calls[:]
    (then,) = kept(nights)
    (now,), differences = replayed(nights)

    assert differences == ()
    assert then.posted == now.posted > 0
    assert then.llm.calls == now.llm.calls < 2 * then.posted
    assert len(drafts) > 0
    (post,) = nights.posts()
    assert len(post.digests) == 4


def test_nothing_private_is_kept(
    nights: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No key, even when a host repeats it; no cookie, contact, folder or user."""
    monkeypatch.setenv("GOOGLE_API_KEY", "AIza-of-another-day")
    monkeypatch.setenv("HOME", str(nights.directory))
    nights.settings["arxiv"] = {"contact": "ada@example.org"}
    cookie = Fault(
        status=400,
        headers={"Set-Cookie": "session=crumbs", "X-Host": "inner.example"},
        body=f"<summary>{KEY} and AIza-of-another-day</summary>".encode(),
    )
    nights.arxiv.fail("/pdf/2611.00002", cookie)
    nights.settings["storage"] = {"dir": str(nights.directory / "store")}
    kept(nights)
    everything = b"\n".join(contents(nights.directory / "kept").values())

    assert b"the-key-was-here and the-key-was-here" in everything
    for word in (
        KEY,
        "AIza-of-another-day",
        "crumbs",
        "inner.example",
        "ada@example.org",
        str(nights.directory),
        "x-goog-api-key",
        "user-agent",
    ):
        assert word.lower().encode() not in everything.lower(), word
    assert (nights.directory / "kept").stat().st_mode & 0o077 == 0


def test_a_cached_pdf_is_kept_too(nights: Night) -> None:
    """A paper that an earlier night fetched is in the recording of a later one."""
    nights.gemini.always = "500"
    nights.run()
    nights.gemini.always = "ok"
    (then,) = kept(nights)
    _, differences = replayed(nights)

    assert then.posted == 3
    assert differences == ()


@pytest.mark.parametrize(
    ("name", "zone"), [("Asia/Kolkata", "+05:30"), ("America/New_York", "-05:00")]
)
def test_the_system_s_zone_is_kept(
    nights: Night, monkeypatch: pytest.MonkeyPatch, name: str, zone: str
) -> None:
    """The day of a post is the one it was where the night was kept."""
    nights.settings["output"] = {"timezone": ""}
    nights.now = nights.now.replace(hour=23 if zone[0] == "+" else 2)
    monkeypatch.setenv("TZ", name)
    time.tzset()
    (then,) = kept(nights)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    (now,), differences = replayed(nights)
    night = json.loads((nights.directory / "kept" / "night.json").read_text("utf-8"))

    assert night["config"]["output"]["timezone"] == zone
    assert then.day == now.day != nights.now.date()
    assert differences == ()


def test_missing_and_unused_exchanges_are_named(nights: Night) -> None:
    """One line says how many and which; exit code 2."""
    kept(nights)
    exchanges = nights.directory / "kept" / "exchanges"
    shutil.copy(exchanges / "0001.json", exchanges / "0099.json")
    _, unused = replayed(nights)
    for path in exchanges.glob("0002.*"):
        path.unlink()
    done = run_command(
        *("run", "--replay", "kept"), env=environment(), cwd=nights.directory
    )
    (line,) = [x for x in done.stderr.splitlines() if x.startswith("chatpaper:")]

    (one,) = unused
    assert one.startswith("1 exchanges were not used, the first is 0099.json (GET http")
    assert done.returncode == 2
    assert "no reply is recorded to 2 requests, the first is GET http" in line
    assert "/pdf/2611.00002v1; 3 exchanges were not used" in line
    assert "GAN ended otherwise: ('done', '', 3), now ('partial', '', 2)" in line


def test_other_bytes_are_named(nights: Night) -> None:
    """A chatpaper that writes another post is told from the one that was recorded."""
    kept(nights)
    path = nights.directory / "kept" / "night.json"
    night = json.loads(path.read_text("utf-8"))
    night["config"]["output"]["author"] = "somebody else"
    night["versions"]["chatpaper"] = "0.0.1"
    path.write_text(json.dumps(night), encoding="utf-8")
    done = run_command(
        *("run", "--replay", "kept"), env=environment(), cwd=nights.directory
    )

    assert done.returncode == 2
    assert "2 files have other bytes, the first is 2026-11-18/GAN.json" in done.stderr
    assert "recorded with chatpaper 0.0.1, replayed with" in done.stderr


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--record", "full"), "--record: full is there and not empty"),
        (("--record", "new", "--source", "full"), "send full as it is"),
        (("--replay", "full"), "full/night.json: no such file: not a recording"),
        (("--replay", "gone"), "gone/night.json: no such file: not a recording"),
        (("--replay", "full", "--topic", "GAN"), "--output and --json alone"),
        (("--replay", "full", "--record", "new"), "--output and --json alone"),
    ],
)
def test_what_cannot_be_kept_or_replayed(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    """One line names the option and the reason; exit code 2."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "paper.pdf").write_bytes(b"%PDF-")
    done = run_command(
        *("run", *words),
        env=environment(CHATPAPER_STORAGE__DIR="store"),
        cwd=tmp_path,
    )

    assert done.returncode == 2, done.stderr
    assert said in done.stderr.splitlines()[-1]


def test_batches_are_not_kept(nights: Night) -> None:
    """A job's replies come on another night, so that no one night holds them."""
    nights.settings["llm"] = {"service_tier": "batch"}

    with pytest.raises(ConfigError, match="night with batches is not kept"):
        kept(nights)


def test_a_stranger_s_recording_reaches_nothing(nights: Night) -> None:
    """It can name neither a cluster nor a folder of ours, by settings or by links."""
    kept(nights)
    folder = nights.directory / "kept"
    path = folder / "night.json"
    night = json.loads(path.read_text("utf-8"))
    night["config"]["reading"] |= {
        "executor": "dask",
        "dask_address": "tcp://127.0.0.1:1",
    }
    night["config"]["interests"]["library"] = [str(RECORDED / "night.json"), ".."]
    night["config"]["output"]["dir"] = str(nights.directory / "mine")
    night["config"]["storage"]["dir"] = str(nights.directory / "mine")
    path.write_text(json.dumps(night), encoding="utf-8")
    secret = nights.directory / "secret"
    secret.write_text("mine", encoding="utf-8")
    (folder / "before").mkdir()
    (folder / "before" / "stolen").symlink_to(secret)
    _, differences = replayed(nights)

    assert differences == ()
    assert not (nights.directory / "mine").exists()
    assert not (folder / "replayed" / "stolen").exists()
    shutil.rmtree(folder / "replayed")
    (folder / "replayed").symlink_to(nights.directory / "posts")
    with pytest.raises(ConfigError, match="is a link"):
        replayed(nights)


def test_a_run_that_was_killed_is_said(nights: Night) -> None:
    """A recording without its last files is told from a whole one."""
    kept(nights)
    folder = nights.directory / "kept"
    (folder / "result.json").unlink()
    _, differences = replayed(nights)
    (folder / "store.json").unlink()

    assert differences == ("how the recorded night ended is not known: it did not end",)
    with pytest.raises(ConfigError, match="the recorded run was killed"):
        replayed(nights)


def test_recording_costs_the_night_nothing(nights: Night) -> None:
    """A kept night is a night: the next one pays for nothing again."""
    (then,) = kept(nights)
    again = nights.run()
    with Store(nights.directory / "store") as store:
        entries = store.entries("GAN")

    assert (then.posted, again.why) == (3, "all-seen")
    assert {entry.state for entry in entries.values()} == {"posted"}


def test_a_recording_of_an_earlier_version_is_read(tmp_path: Path) -> None:
    """What was kept once can be run for good, and the version is said.

    The night was kept by `python tests/test_recording.py`. Its post may come out
    otherwise by now, which is then said, but nothing is missing or unused.
    """
    shutil.copytree(RECORDED, tmp_path / "night")
    done = run_command(
        *("run", "--replay", "night", "--json"), env=environment(), cwd=tmp_path
    )
    said = done.stderr.splitlines()[-1]

    report = json.loads(done.stdout)
    assert (report["status"], report["posted"]) == ("done", 1), done.stderr
    assert "recorded with chatpaper 0.2.0-dev, replayed with chatpaper" in done.stderr
    assert done.returncode == 0 or "night: 2 files have other bytes" in said


def keep_one(folder: Path) -> None:
    """Keep a night with one small paper and without a language model."""
    with pymupdf.open("pdf", pdf_of(1)) as document:
        document.subset_fonts()
        pdf = document.tobytes(garbage=4, deflate=True)
    with night(folder) as nights:
        nights.arxiv.records[:] = [record(1, pdf=pdf)]
        nights.settings["llm"] = {"provider": "extractive"}
        kept(nights)
    shutil.rmtree(RECORDED, ignore_errors=True)
    shutil.copytree(folder / "kept", RECORDED)
    path = RECORDED / "night.json"
    version = f'"chatpaper": "{chatpaper.__version__}"'
    text = path.read_text("utf-8").replace(version, '"chatpaper": "0.2.0-dev"')
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch:
        keep_one(Path(scratch))
