"""Nights that are told: once, whole, and never at the cost of a post."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from chatpaper.config import Config
from chatpaper.pipeline import exit_code
from chatpaper.store import Store
from commands import commands, run_command
from night import PARTS, Night, night, record
from servers.robots import TOKEN, Robots
from servers.smtp import MailServer

TO = ["first@example.org", "second@example.org"]


@pytest.fixture
def robots(monkeypatch: pytest.MonkeyPatch) -> Iterator[Robots]:
    """A group's robot at WeCom, whose webhook the environment has."""
    with Robots() as server:
        monkeypatch.setenv("WECOM_WEBHOOK", server.url("wecom"))
        yield server


@pytest.fixture
def told(tmp_path: Path, robots: Robots) -> Iterator[Night]:
    """A night of two papers, told to the robot."""
    with night(tmp_path, 2) as made:
        made.settings["llm"] = {"provider": "extractive"}
        made.settings["deliver"] = {"channels": [{"kind": "wecom"}], "timeout_s": 30}
        yield made


def texts(robots: Robots) -> list[str]:
    """What the robot has taken."""
    return [said["markdown"]["content"] for said in robots.taken]


def receipts(nights: Night) -> list[tuple[str, str, str]]:
    """Day, state and answer of every receipt, in order."""
    with closing(sqlite3.connect(nights.directory / "store/chatpaper.sqlite3")) as db:
        return db.execute(
            "SELECT day, state, answer FROM receipts ORDER BY n"
        ).fetchall()


def test_a_post_is_told_once(told: Night, robots: Robots) -> None:
    """The second run of a day has nothing to add, and says nothing."""
    first, second = told.run(), told.run()

    assert (first.status, second.status) == ("done", "nothing new")
    (text,) = texts(robots)
    assert text.count("https://arxiv.org/abs/") == 2
    assert receipts(told) == [("2026-11-18", "delivered", "WeCom: ok")]


def test_a_later_run_of_the_day_tells_what_is_new(told: Night, robots: Robots) -> None:
    """The papers of the morning are not told again at noon."""
    told.run()
    told.arxiv.records.append(record(7))
    told.run()

    _, text = texts(robots)
    assert "2611.00007v1" in text
    assert text.count("https://arxiv.org/abs/") == 1


@pytest.mark.parametrize("fault", ["html", "errcode 310000", "500", "empty"])
def test_what_is_refused_is_sent_by_the_next_run(
    told: Night, robots: Robots, fault: str
) -> None:
    """Also when that is the next night's, which has papers of its own."""
    robots.script.append(fault)
    refused = told.run()
    told.now += timedelta(days=1)
    told.arxiv.records.append(record(8, published=told.now - timedelta(hours=20)))
    done = told.run()

    assert (refused.status, refused.posted) == ("partial", 2)
    assert "not delivered: wecom: refused" in refused.message
    with Store(told.directory / "store") as store:
        kept = store.runs(2)[1][1]
    assert (kept.status, kept.undelivered) == ("partial", refused.undelivered)
    assert kept.undelivered[0].startswith("wecom: refused")
    assert "not delivered" not in kept.message
    table = run_command("runs", env=environment(told), cwd=told.directory).stdout
    assert re.search(r"undelivered.*\n.* 0 +\d+\.\d .*\n.* 1 +\d+\.\d ", table)
    assert exit_code([refused]) == 1
    assert exit_code([done]) == 0
    late, today = texts(robots)
    assert "2026-11-18 · 2 篇" in late
    assert "2026-11-19 · 1 篇" in today


def test_a_whole_post_sent_late_is_not_called_partial(
    told: Night, robots: Robots
) -> None:
    """The run that sends it again finds nothing new, which is no lack of the post."""
    robots.script.append("500")
    told.run()
    again = told.run()

    assert (again.status, again.why) == ("nothing new", "all-seen")
    (sent,) = texts(robots)
    assert "2 篇" in sent
    assert "未全部完成" not in sent


@pytest.mark.parametrize("fault", ["cut", "reset", "silent", "502"])
def test_what_has_no_answer_is_not_sent_twice(
    told: Night, robots: Robots, fault: str
) -> None:
    """At most once: it may have arrived. A person can send it again."""
    robots.script.append(fault)
    if fault == "silent":
        told.settings["deliver"]["timeout_s"] = 0.5
    first, second = told.run(), told.run()

    assert first.status == "partial"
    assert "nobody knows whether the message of 2026-11-18 arrived" in first.message
    assert second.status == "nothing new"
    assert robots.calls == 1
    done = run_command(
        *["deliver", "--day", "2026-11-18", "--again"],
        env={**environment(told), "WECOM_WEBHOOK": robots.url("wecom")},
        cwd=told.directory,
    )
    assert done.returncode == 0, done.stderr
    assert len(robots.taken) == 1


def test_a_silent_channel_is_left_alone(
    told: Night, robots: Robots, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After two messages without an answer the others wait for the next run."""
    told.settings["deliver"]["timeout_s"] = 0.5
    told.arxiv.records += [record(2), record(3)]
    sections = told.sections
    sections["topics"] = [
        {"name": name, "queries": [f"ti:{part}"]}
        for name, part in zip(("GAN", "A", "B", "C"), PARTS, strict=False)
    ]
    monkeypatch.setattr(Night, "sections", sections)
    robots.script.extend(["silent"] * 4)
    told.run_all()
    assert robots.calls == 2
    robots.script.clear()
    sections["deliver"] = {**told.settings["deliver"], "timeout_s": 30}
    told.run_all()

    assert [text.split()[0] for text in texts(robots)] == ["**B", "**C"]


def test_a_passing_refusal_is_waited_for(told: Night, robots: Robots) -> None:
    """A robot that is too busy is asked again within the minute, and not for ever."""
    robots.script.extend(["429", "errcode 45009"])
    assert told.run().status == "done"
    assert [nap for nap in told.naps if nap in (5.0, 20.0)] == [5.0, 20.0]
    assert receipts(told)[0][1] == "delivered"

    robots.script.extend(["429"] * 9)
    told.now += timedelta(days=1)
    told.arxiv.records.append(record(8, published=told.now - timedelta(hours=20)))
    assert told.run().status == "partial"
    assert robots.calls == 6


@pytest.mark.parametrize("kind", ["mail", "wecom"])
def test_a_server_that_is_down_holds_nobody_long(
    told: Night, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked thrice within eight seconds, as it may restart, then by the next run.

    Later receivers of the night do not wait for it.
    """
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    mail = {"host": "127.0.0.1", "port": port, "security": "none", "to": TO}
    mail |= {"sender": "papers@example.org"}
    told.settings["deliver"] = {
        "channels": [{"kind": kind, **(mail if kind == "mail" else {})}]
    }
    monkeypatch.setenv("WECOM_WEBHOOK", f"http://127.0.0.1:{port}/robot?key=x")
    report = told.run()

    assert told.naps[-2:] == [2.0, 6.0]
    assert not {5.0, 20.0} & {*told.naps}
    assert report.status == "partial"
    assert f"not delivered: {kind}" in report.message
    assert report.message.count("; the next run tries again") == len(receipts(told))
    if kind == "mail":
        assert f"nothing listens at 127.0.0.1, port {port}" in report.message


def environment(nights: Night) -> dict[str, str]:
    """A command's, with the channel of `told`."""
    named = dict(nights.environment)
    named["CHATPAPER_DELIVER__CHANNELS"] = "[{kind: wecom}]"
    named["PATH"] = os.environ["PATH"]
    return named


def test_a_kill_between_message_and_receipt(told: Night, robots: Robots) -> None:
    """What a killed run has sent is not sent again, and that is said once."""
    deliver = told.settings.pop("deliver")
    told.run()
    robots.script.append("silent")
    words = ["deliver", "--day", "2026-11-18"]
    env = {**environment(told), "WECOM_WEBHOOK": robots.url("wecom")}
    group = commands().begin(words, env, told.directory)
    end_s = time.monotonic() + 200
    while not robots.calls and time.monotonic() < end_s:
        time.sleep(0.02)
    os.killpg(group, signal.SIGKILL)
    commands().end()

    assert [state for _, state, _ in receipts(told)] == ["begun"]
    told.settings["deliver"] = deliver
    report, after = told.run(), told.run()
    assert report.status == "partial"
    assert "nobody knows whether" in report.message
    assert after.status == "nothing new"
    assert robots.calls == 1
    assert [state for _, state, _ in receipts(told)] == ["unknown"]


def test_an_empty_day_is_one_line(told: Night, robots: Robots) -> None:
    """With the reason, once a day."""
    told.arxiv.records.clear()
    told.run()
    told.run()

    (text,) = texts(robots)
    assert "今日无新论文" in text
    assert len(text.splitlines()) == 1


def test_a_failed_night_tells_why(told: Night, robots: Robots) -> None:
    """And the post is told when it comes after all."""
    told.settings["arxiv"] = {"base_url": "http://127.0.0.1:1", "tries": 1}
    failed = told.run()
    again = told.run()
    del told.settings["arxiv"]
    told.run()

    assert (failed.status, again.status) == ("failed", "failed")
    why, post = texts(robots)
    assert "今日未能更新：arXiv 未能正常应答" in why
    assert "2 篇" in post


def test_silence_is_told_once(told: Night, robots: Robots) -> None:
    """After so many days without a post; and again only after another post."""
    deliver: dict[str, Any] = told.settings["deliver"]
    deliver["silence_days"] = 3
    told.run()
    told.arxiv.records.clear()
    for _ in range(6):
        told.now += timedelta(days=1)
        told.run()

    lines = texts(robots)[1:]
    assert len(lines) == 6
    assert [
        n for n, text in enumerate(lines, 1) if "已 3 天没有新论文收录" in text
    ] == [3]


def test_each_receiver_of_a_mail_has_receipts(told: Night) -> None:
    """One of two is refused: the next run sends to that one alone."""
    with MailServer(rcpt={TO[0]: "550 no such user"}) as server:
        told.settings["deliver"] = {
            "channels": [
                {
                    "kind": "mail",
                    "host": "127.0.0.1",
                    "port": server.port,
                    "security": "none",
                    "sender": "papers@example.org",
                    "to": TO,
                }
            ]
        }
        first = told.run()
        server.rcpt.clear()
        second = told.run()

    assert first.status == "partial"
    assert (
        f"mail {TO[0]}: refused: 127.0.0.1 refuses the receiver: 550" in first.message
    )
    assert second.status == "nothing new"
    assert [receiver for receiver, _ in server.taken] == [TO[1], TO[0]]


def test_a_missing_secret_costs_no_post(
    told: Night, robots: Robots, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The post stands, the report names the variable, the next run delivers."""
    monkeypatch.delenv("WECOM_WEBHOOK")
    report = told.run()
    assert (report.status, report.posted) == ("partial", 2)
    assert "WECOM_WEBHOOK must be set in the environment" in report.message

    monkeypatch.setenv("WECOM_WEBHOOK", robots.url("wecom"))
    told.run()
    assert len(robots.taken) == 1


def test_an_entry_taken_out_by_hand_is_not_told(told: Night, robots: Robots) -> None:
    """Readers hear of what stands in the post."""
    deliver = told.settings.pop("deliver")
    told.run()
    (path,) = (told.directory / "posts").glob("*/*.md")
    text = path.read_text("utf-8")
    # The older paper is the last.
    heading = max(found.start() for found in re.finditer("\n#+ .*kind 0", text))
    path.write_text(text[: heading + 1], encoding="utf-8")
    told.settings["deliver"] = deliver
    told.run()

    (said,) = texts(robots)
    assert said.count("https://arxiv.org/abs/") == 1


def test_what_is_written_beside_a_post_is_not_told(told: Night, robots: Robots) -> None:
    """A post that must stay as it is gets a new one beside it, which no reader sees."""
    told.run()
    (path,) = (told.directory / "posts").glob("*/*.md")
    path.chmod(0o444)
    told.arxiv.records.append(record(7))
    told.run()
    assert path.with_name("GAN.md.new").exists()
    assert len(robots.taken) == 1


def test_channels_take_their_topics(told: Night, robots: Robots) -> None:
    """A channel that is for another topic hears nothing of this one."""
    told.settings["deliver"] = {"channels": [{"kind": "wecom", "topics": "NeRF"}]}
    told.run()

    assert robots.calls == 0


def test_a_dry_run_tells_nobody(told: Night, robots: Robots) -> None:
    """It writes nothing, so that there is nothing to tell."""
    told.run(dry_run=True)

    assert robots.calls == 0


def test_without_channels_nothing_is_imported(tmp_path: Path) -> None:
    """A night that tells nobody loads nothing of it."""
    code = (
        "import sys, chatpaper.pipeline.run, chatpaper.config as c; c.load_config();"
        "print(*sys.modules)"
    )
    import subprocess

    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=tmp_path,
    )
    loaded = set(done.stdout.split())

    assert not loaded & {"smtplib", "apprise", "chatpaper.delivery"}
    assert not {name for name in loaded if name.startswith("chatpaper.delivery")}


def test_deliver_by_hand(told: Night, robots: Robots) -> None:
    """`--dry-run` shows the message and leaves no trace; without it it is sent once."""
    told.settings.pop("deliver")
    told.run()
    env = {**environment(told), "WECOM_WEBHOOK": robots.url("wecom")}
    words = ["deliver", "--day", "2026-11-18", "--topic", "gan"]

    def run(*more: str) -> Any:
        return run_command(*words, *more, env=env, cwd=told.directory)

    shown = run("--dry-run")
    assert shown.returncode == 0, shown.stderr
    assert "--- GAN 2026-11-18 -> wecom" in shown.stdout
    assert "**GAN · 2026-11-18 · 2 篇**" in shown.stdout
    assert (robots.calls, receipts(told)) == (0, [])

    robots.script.append("code 19021")
    refused, sent, nothing = run(), run(), run()
    assert refused.returncode == 1
    assert "wecom: refused" in refused.stdout
    assert (sent.returncode, nothing.returncode) == (0, 0)
    assert "GAN 2026-11-18 -> wecom: delivered: WeCom: ok" in sent.stdout
    assert "nothing to tell" in nothing.stdout
    assert len(robots.taken) == 1
    for done in (shown, refused, sent, nothing):
        assert TOKEN not in done.stdout + done.stderr
    other = run_command("deliver", "--day", "2020-01-01", env=env, cwd=told.directory)
    assert other.returncode == 2
    assert "no post and no run of 2020-01-01" in other.stderr


def test_no_secret_is_kept(told: Night, robots: Robots) -> None:
    """Neither the store nor the posts nor a report has the webhook's token."""
    robots.script.extend(["code 19021", "html"])
    reports = [told.run(), told.run(), told.run()]

    kept = b"".join(p.read_bytes() for p in told.directory.rglob("*") if p.is_file())
    assert TOKEN.encode() not in kept
    assert TOKEN not in str(reports)


def test_the_doctor_shows_the_last_success(told: Night, robots: Robots) -> None:
    """Of each topic and channel, what went wrong since, and what is missing."""
    told.run()
    told.arxiv.records.append(record(9))
    robots.script.append("html")
    told.run()
    env = environment(told)
    env["CHATPAPER_DELIVER__CHANNELS"] = (
        "[{kind: wecom}, {kind: feishu}, {kind: wecom, name: w2, topics: GANs}]"
    )
    env["WECOM_WEBHOOK"] = robots.url("wecom")
    (told.directory / "config.yaml").write_text("topics: [GAN]\n", "utf-8")
    done = run_command("doctor", env=env, cwd=told.directory)

    assert "warn  deliver wecom: GAN: delivered 2026-11-18" in done.stdout
    assert "then refused on 2026-11-18" in done.stdout
    assert "warn  deliver w2: GANs is no topic of the configuration" in done.stdout
    assert "bad   deliver feishu: FEISHU_WEBHOOK not set" in done.stdout
    assert TOKEN not in done.stdout


def test_a_recorded_night_tells_nobody(told: Night, robots: Robots) -> None:
    """And its folder does not say who would have been told."""
    config = Config.model_validate(told.sections)
    assert config.deliver.channels
    env = {
        **environment(told),
        "WECOM_WEBHOOK": robots.url("wecom"),
        "CHATPAPER_LLM__PROVIDER": "extractive",
    }
    (told.directory / "config.yaml").write_text("topics: [GAN]\n", "utf-8")
    done = run_command(
        *["run", "--record", "kept", "--since", "2026-11-10", "--until", "2026-11-18"],
        env=env,
        cwd=told.directory,
    )

    assert done.returncode == 0, done.stderr
    assert robots.calls == 0
    assert "wecom" not in (told.directory / "kept" / "night.json").read_text("utf-8")


def test_receipts_of_an_older_store(tmp_path: Path) -> None:
    """A store from before has no receipts, and can have them."""
    with Store(tmp_path) as store:
        assert store.receipts.latest("delivered") == []
        assert store.receipts.settle("x") == []
