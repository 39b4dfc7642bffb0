"""The commands as processes: what they print, write and exit with."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from chatpaper.resources import resource_path
from commands import commands, run_command
from night import Night, pdf_of, record, title_of
from servers.arxiv import Fault

REPORT_KEYS = [
    "topic",
    "date",
    "status",
    "found",
    "new",
    "posted",
    "failed",
    "post",
    "seconds",
    "llm",
    "why",
    "message",
    "undelivered",
]
SINCE = ("--since", "2026-11-01", "--until", "2026-11-30")


def environment(nights: Night) -> dict[str, str]:
    """Ours, without keys or settings of whoever runs the tests."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("CHATPAPER_") and not name.endswith("_API_KEY")
    }
    return {**kept, **nights.environment}


def chatpaper(
    nights: Night, *words: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a command in the night's folder until it ends."""
    return run_command(*words, env=env or environment(nights), cwd=nights.directory)


def test_run_reports_as_json(nights: Night) -> None:
    """One object a line on stdout, logs on stderr, exit code 0; then nothing new."""
    first = chatpaper(nights, "run", "--topic", "GAN", *SINCE, "--json")
    second = chatpaper(nights, "run", "--topic", "gan", *SINCE)

    assert (first.returncode, second.returncode) == (0, 0), first.stderr
    report = json.loads(first.stdout)
    assert list(report) == REPORT_KEYS
    assert (report["topic"], report["status"], report["posted"]) == ("GAN", "done", 3)
    keys = ["calls", "tokens_in", "tokens_out", "cost_usd", "uncounted"]
    assert list(report["llm"]) == keys
    assert Path(report["post"]).is_file()
    assert "draft paper=2611.00001v1" in first.stderr
    assert second.stdout.count("\n") == 1
    assert "nothing new - all 3 papers found were posted before" in second.stdout
    assert nights.whole().total() == 3


def test_exit_codes_tell_how_a_run_ended(nights: Night) -> None:
    """1 with a failed paper, 3 with nothing posted, 2 for bad arguments."""
    nights.arxiv.fail("/api", Fault(status=500, headers={"Retry-After": "0"}), times=2)
    broken = chatpaper(nights, "run", "--topic", "GAN", *SINCE, "--json")
    nights.arxiv.records[0] = record(0, pdf=None)
    partial = chatpaper(nights, "run", "--topic", "GAN", *SINCE, "--json")
    bad_day = chatpaper(nights, "run", "--since", "someday")
    nights.settings["arxiv"] = {"gap_s": "fast", "speed": 1}
    bad_config = chatpaper(nights, "run")

    assert broken.returncode == 3
    assert json.loads(broken.stdout)["why"] == "source-broken"
    assert partial.returncode == 1
    (lost,) = json.loads(partial.stdout)["failed"]
    assert (lost["id"], lost["stage"]) == ("2611.00000v1", "download")
    assert bad_day.returncode == 2
    assert bad_config.returncode == 2
    assert "CHATPAPER_ARXIV__GAP_S" in bad_config.stderr
    assert "CHATPAPER_ARXIV__SPEED" in bad_config.stderr
    assert "Traceback" not in bad_config.stderr


def test_no_secret_is_printed(nights: Night) -> None:
    """A refused key ends the run with 3 and is nowhere to be read."""
    env = {**environment(nights), "GEMINI_API_KEY": "sk-very-secret-0123456789"}

    ended = chatpaper(nights, "run", "--topic", "GAN", *SINCE, env=env)

    assert ended.returncode == 3
    assert "very-secret" not in ended.stdout + ended.stderr
    assert "wait" in ended.stdout


def test_a_key_is_needed_for_gemini_alone(nights: Night) -> None:
    """Asked for gemini without a key: 2. With `auto`: key sentences, and it is said."""
    env = environment(nights)
    del env["GEMINI_API_KEY"]

    refused = chatpaper(nights, "run", *SINCE, "--provider", "gemini", env=env)
    quoted = chatpaper(nights, "run", *SINCE, "--json", env=env)

    assert (refused.returncode, quoted.returncode) == (2, 0), quoted.stderr
    assert "GEMINI_API_KEY" in refused.stderr
    assert "no language model" in quoted.stderr
    assert json.loads(quoted.stdout)["posted"] == 3


def test_posts_can_be_held_to_account(nights: Night) -> None:
    """`verify` finds every claim as published; `check` tells what was changed."""
    env = environment(nights)
    done = chatpaper(nights, "run", "--topic", "GAN", *SINCE, "--json")
    post = Path(json.loads(done.stdout)["post"])

    verified = chatpaper(
        nights, "verify", "--json", str(post.with_suffix(".json")), env=env
    )
    checked = chatpaper(nights, "check", str(post))
    post.write_text(post.read_text("utf-8") + "\n<script>x</script>\n", "utf-8")
    told = chatpaper(nights, "check", str(post))
    by_twin = chatpaper(nights, "check", str(post.with_suffix(".json")))
    refused = chatpaper(nights, "check", "--strict", str(post))

    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert [json.loads(line)["agrees"] for line in verified.stdout.splitlines()] == [
        True
    ] * 3
    assert (checked.returncode, checked.stdout) == (0, "")
    assert (told.returncode, refused.returncode) == (0, 1)
    assert by_twin.stdout == told.stdout
    assert ": edited: html: not our HTML: '<script>" in told.stdout
    assert str(post) in refused.stdout
    assert nights.arxiv.count("/pdf") == 3


def test_single_papers_can_be_read(nights: Night, tmp_path: Path) -> None:
    """`extract` prints documents; a file it cannot read costs only itself."""
    good, bad = tmp_path / "good.pdf", tmp_path / "bad.pdf"
    good.write_bytes(pdf_of(1))
    bad.write_bytes(b"not a PDF")

    both = chatpaper(nights, "extract", str(good), str(bad), "--json")
    none = chatpaper(nights, "extract", str(bad))

    assert (both.returncode, none.returncode) == (1, 3)
    (line,) = both.stdout.splitlines()
    document = json.loads(line)
    assert document["file"] == "good.pdf"
    titles = [section["title"] for section in document["sections"]]
    assert "Introduction" in titles
    assert "bad.pdf" in both.stderr


def test_single_papers_can_be_summarised(nights: Night, tmp_path: Path) -> None:
    """`summarize` takes files and arXiv ids, and prints Markdown or records."""
    path = tmp_path / "one.pdf"
    path.write_bytes(pdf_of(1))

    markdown = chatpaper(nights, "summarize", str(path), "2611.00002")
    records = chatpaper(nights, "summarize", "2611.00002v1", "--json")
    unknown = chatpaper(nights, "summarize", "2611.99999")

    assert (markdown.returncode, records.returncode) == (0, 0), markdown.stderr
    assert title_of(1) in markdown.stdout
    assert title_of(2) in markdown.stdout
    assert json.loads(records.stdout)["paper"]["id"] == "2611.00002"
    assert unknown.returncode == 2
    assert len(nights.gemini.calls) == 2 * 2


def test_summaries_can_be_written_with_their_figures(nights: Night) -> None:
    """`--output` is made, holds a page of each paper, and is refused before a call."""
    sample = resource_path("samples") / "sample-01.pdf"
    folder = nights.directory / "notes" / "today"
    in_the_way = nights.directory / "file"
    in_the_way.touch()

    done = chatpaper(nights, "summarize", str(sample), "--output", str(folder))
    calls = len(nights.gemini.calls)
    refused = chatpaper(nights, "summarize", str(sample), "--output", str(in_the_way))

    page = folder / "sample-01.md"
    shown = re.findall(r"!\[.*?\]\((.+?)\)", page.read_text("utf-8"))
    assert (done.returncode, done.stdout) == (0, f"{page}\n"), done.stderr
    assert shown
    assert all((folder / name).is_file() for name in shown)
    assert refused.returncode == 3
    assert str(in_the_way) in refused.stderr
    assert len(nights.gemini.calls) == calls


def begun(is_so: Callable[[], object]) -> None:
    """Wait until something is seen of the command that was begun."""
    deadline = time.monotonic() + 200
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_publishes_what_is_done(nights: Night, number: signal.Signals) -> None:
    """SIGTERM and Ctrl-C, sent to the whole group, finish what is under way."""
    nights.arxiv.records += [record(n) for n in range(3, 12)]
    nights.settings["llm"] = {"concurrency": 1, "provider": "gemini"}
    nights.settings["reading"] = {"workers": 1}
    nights.gemini.latency_s = 0.2
    words = ["run", "--topic", "GAN", *SINCE, "--json"]
    group = commands().begin(words, environment(nights), nights.directory)
    begun(lambda: nights.gemini.calls)
    os.killpg(group, number)
    done = commands().end()

    report = json.loads(done.stdout)
    code = 130 if number == signal.SIGINT else 1
    assert (done.returncode, report["status"]) == (code, "partial"), done.stderr
    assert ("Ctrl-C again ends at once" in done.stderr) == (code == 130)
    assert report["why"] == "interrupted"
    assert report["failed"] == []
    assert 1 <= report["posted"] < 12
    assert nights.whole().total() == report["posted"]
    nights.gemini.latency_s = 0
    again = chatpaper(nights, "run", "--topic", "GAN", *SINCE, "--json")
    assert json.loads(again.stdout)["posted"] == 12 - report["posted"]
    assert set(nights.whole().values()) == {1}
    assert set(nights.calls().values()) == {1}


def test_an_interrupt_leaves_a_host_that_is_silent(nights: Night) -> None:
    """A download that hangs is cut off, its paper waits, and the exit code says why."""
    nights.settings["arxiv"] = {"timeout_s": 60}
    nights.arxiv.fail("/pdf", Fault(hang_s=60))
    words = ["run", "--topic", "GAN", *SINCE]
    group = commands().begin(words, environment(nights), nights.directory)
    begun(lambda: nights.arxiv.count("/pdf"))
    start_s = time.monotonic()
    os.killpg(group, signal.SIGINT)
    done = commands().end()

    assert time.monotonic() - start_s < 50
    assert done.returncode == 130
    assert "3 papers wait: the run was interrupted" in done.stdout


def test_a_second_interrupt_ends_at_once(nights: Night) -> None:
    """Nothing is waited for: neither the model nor a thread."""
    nights.settings["llm"] = {"concurrency": 1, "provider": "gemini"}
    nights.settings["llm"]["timeout_s"] = 100
    nights.gemini.going.clear()
    words = ["run", "--topic", "GAN", *SINCE]
    group = commands().begin(words, environment(nights), nights.directory)
    begun(lambda: nights.gemini.come)
    start_s = time.monotonic()
    os.killpg(group, signal.SIGINT)
    begun(lambda: "Ctrl-C again" in commands().said())
    os.killpg(group, signal.SIGINT)
    done = commands().end()

    assert done.returncode == 130, done.stderr
    assert time.monotonic() - start_s < 60
    assert "Traceback" not in done.stderr


def test_help_and_version_answer(nights: Night) -> None:
    """Both name what there is."""
    helped = chatpaper(nights, "--help")
    version = subprocess.run(
        [sys.executable, "-m", "chatpaper", "--version"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (helped.returncode, version.returncode) == (0, 0)
    for name in ("run", "extract", "summarize", "verify", "check"):
        assert name in helped.stdout
    assert version.stdout.startswith("chatpaper ")
