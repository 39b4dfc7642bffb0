"""Batches that a server will not have, loses, or answers without names."""

from __future__ import annotations

import os
from collections import Counter, deque
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path

import pymupdf
import pytest

from chatpaper.records import RunReport
from commands import run_command
from night import Night, code_of, night, record, title_of

IDS = {f"2611.{n:05d}v1" for n in range(3)}
TITLES = {title_of(n): 1 for n in range(3)}
NOUNS = ("harbour", "orchard", "glacier", "railway")


@cache
def own_pdf(number: int) -> bytes:
    """A paper no sentence of which stands in another one."""
    noun = NOUNS[number]
    sections = {
        "Abstract": f"We draw every {noun} from sketches that a {noun} warden made. "
        f"No earlier {noun} drawing was made without a photograph of the {noun}.",
        "1 Introduction": f"A {noun} changes faster than any {noun} map can follow. "
        f"Our main contribution is a {noun} loss that compares two {noun} sketches.",
        "2 Method": f"The {noun} generator begins with the outline of the {noun}. "
        f"Then a {noun} critic looks at each {noun} edge and at each {noun} shade.",
        "3 Results": f"On {noun} images the accuracy is {70 + number}.5% in the {noun} "
        f"study. Every {noun} warden preferred our {noun} to the older {noun}.",
        "4 Conclusion": f"A small network is enough for a {noun} at any {noun} hour. "
        f"A limitation is that {noun} fog is still missing from the {noun}.",
    }
    body = "".join(f"<h2>{name}</h2><p>{text}</p>" for name, text in sections.items())
    document = pymupdf.open()
    html = f"<h1>{title_of(number)}</h1><p>Ada Author</p>{body}"
    document.new_page().insert_htmlbox((72, 72, 540, 720), html)
    data: bytes = document.tobytes()
    return data


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Night]:
    """Three papers with words of their own; summaries are ordered by batch."""
    with night(tmp_path) as made:
        made.arxiv.records = [
            record(n, pdf=own_pdf(n), abstract=f"A GAN for the {NOUNS[n]}.")
            for n in range(3)
        ]
        made.settings["llm"] = {"service_tier": "batch"}
        made.gemini.batch_polls = 0
        yield made


def next_night(nights: Night) -> RunReport:
    nights.now += timedelta(days=1)
    return nights.run()


def single(nights: Night) -> Counter[str]:
    """Papers that were summarised in calls of their own."""
    calls = nights.gemini.calls
    return Counter(
        call.paper for call in calls if call.kind == "summary" and call.path != "batch"
    )


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize(
    "refuses",
    [
        {"create": 404},
        {"create": 404, "list": 404},
        {"create": 400, "list": 503},
        {"create": 501, "list": 501},
    ],
)
def test_a_refused_batch_is_told_and_bought_singly(
    nights: Night, refuses: dict[str, int]
) -> None:
    """In the same run, whether or not jobs can be listed; it is no success."""
    nights.gemini.batch_refuses = refuses

    report = nights.run()

    assert (code_of(report), report.posted) == (1, 3)
    assert "3 papers posted; the batch was refused: " in report.message
    assert f"(HTTP {refuses['create']})" in report.message
    assert nights.whole() == dict.fromkeys(IDS, 1)
    assert single(nights) == TITLES
    again = next_night(nights)
    assert (code_of(again), again.why) == (0, "all-seen")
    assert single(nights) == TITLES


def test_a_refused_batch_without_fallback_is_a_failed_night(nights: Night) -> None:
    """It says so each night, and the papers wait for a server that takes it."""
    nights.settings["llm"]["batch_fallback"] = False
    nights.gemini.batch_refuses = {"create": 404, "list": 404}

    reports = [nights.run(), next_night(nights)]

    for report in reports:
        assert (code_of(report), report.why, report.posted) == (3, "batch-refused", 0)
        assert "3 papers wait: the batch was not taken" in report.message
    nights.gemini.batch_refuses = {}
    assert next_night(nights).why == "batch"
    assert next_night(nights).posted == 3
    assert single(nights) == {}


def test_an_order_that_cannot_be_looked_up_is_bought_singly(nights: Night) -> None:
    """A job whose name was lost is lost where no jobs are listed, also an older one."""
    nights.gemini.script.append("reset")
    nights.gemini.batch_refuses = {"list": 503}
    first = nights.run()
    nights.gemini.batch_refuses = {"list": 404}

    second = next_night(nights)

    assert (code_of(first), first.posted) == (1, 0)
    assert "nobody knows whether a batch was made" in first.message
    assert (code_of(second), second.posted) == (1, 3)
    assert "a batch is lost: the server does not list batches" in second.message
    assert single(nights) == TITLES
    assert code_of(next_night(nights)) == 0


def test_a_list_that_fails_for_a_night_loses_no_order(nights: Night) -> None:
    """Nothing is bought twice that may have been bought."""
    nights.gemini.script.append("reset")
    nights.gemini.batch_refuses = {"list": 503}
    nights.run()
    nights.gemini.batch_refuses = {}

    assert next_night(nights).posted == 3
    assert len(nights.gemini.jobs) == 1
    assert single(nights) == {}


@pytest.mark.parametrize(("code", "posted"), [(400, 3), (503, 0)])
def test_a_job_that_is_not_told_of(nights: Night, code: int, posted: int) -> None:
    """Refused, it is lost and bought singly; a server that fails is asked again."""
    nights.run()
    nights.gemini.batch_refuses = {"get": code}

    second = next_night(nights)

    assert (code_of(second), second.posted) == (1, posted)
    assert f"(HTTP {code})" in second.message
    nights.gemini.batch_refuses = {}
    third = next_night(nights)
    assert (code_of(third), third.posted) == (0, 3 - posted)
    assert nights.whole() == dict.fromkeys(IDS, 1)


@pytest.mark.parametrize("fault", ["429-per-day", "400-key", "403"])
def test_a_batch_that_is_not_taken_today_is_told(nights: Night, fault: str) -> None:
    """A spent quota or a bad key is the reason, and no order is pending."""
    nights.gemini.script.append(fault)

    first = nights.run()

    assert (code_of(first), first.why) == (3, "quota")
    assert next_night(nights).why == "batch"
    assert next_night(nights).posted == 3
    assert single(nights) == {}


def test_the_commands_tell_it_on_stdout(nights: Night) -> None:
    """`run` and `collect` print the refusal in their one line, with the exit code."""
    nights.gemini.script.append("reset")
    nights.gemini.batch_refuses = {"list": 503}
    nights.run()
    nights.gemini.batch_refuses = {"list": 404}
    env = {**os.environ, **nights.environment}

    done = run_command("collect", env=env, cwd=nights.directory)

    assert done.returncode == 1, done.stderr
    (line,) = done.stdout.splitlines()
    assert "partial - 3 papers posted; a batch is lost: the server does not" in line


# ---------------------------------------------------------------- without names


def test_replies_without_names_are_known_by_their_order(nights: Night) -> None:
    """As many as requests, in their order, and their quotes are the papers' own."""
    nights.gemini.batch_names = lambda _: False
    nights.run()

    report = next_night(nights)

    assert (report.status, report.posted) == ("done", 3)
    assert nights.whole() == dict.fromkeys(IDS, 1)
    assert single(nights) == {}


def test_a_failed_part_has_its_place_too(nights: Night) -> None:
    """An error without a name is that paper's; the others keep their places."""
    nights.gemini.by_paper[f"Title: {title_of(1)}\n"] = deque(["500"])
    nights.gemini.batch_names = lambda _: False
    nights.run()

    assert next_night(nights).posted == 3
    assert single(nights) == {title_of(1): 1}


@pytest.mark.parametrize(
    "order",
    [lambda r: r[::-1], lambda r: [*r[1:], r[0]], lambda r: [r[0], r[0], r[0]]],
    ids=["reversed", "shifted", "repeated"],
)
def test_no_paper_gets_the_reply_of_another(nights: Night, order: object) -> None:
    """What stands in a wrong place quotes another paper: it is asked for singly."""
    nights.gemini.batch_names = lambda _: False
    nights.gemini.batch_order = order  # type: ignore[assignment]
    nights.run()

    report = next_night(nights)

    assert report.posted == 3
    assert max(single(nights).values()) == 1
    assert len(single(nights)) >= 2
    (post,) = nights.posts()
    for digest in post.digests:
        assert digest.summary is not None
        own = NOUNS[int(digest.paper.id[-1])]
        for claim in digest.summary.claims:
            assert all(own in quote for quote in claim.evidence)


def test_too_few_replies_without_names_are_of_nobody(nights: Night) -> None:
    """Which one is missing cannot be known."""
    nights.gemini.batch_names = lambda _: False
    nights.gemini.batch_order = lambda replies: replies[1:]
    nights.run()

    assert next_night(nights).posted == 3
    assert single(nights) == TITLES


@pytest.mark.parametrize(("shift", "singly"), [(0, 0), (1, 1)])
def test_a_name_out_of_place_makes_places_worthless(
    nights: Night, shift: int, singly: int
) -> None:
    """Named replies are used wherever they stand; others only if the names fit."""
    nights.gemini.batch_names = lambda place: place != 1
    nights.gemini.batch_order = lambda replies: [*replies[shift:], *replies[:shift]]
    nights.run()

    assert next_night(nights).posted == 3
    assert sum(single(nights).values()) == singly


def test_strays_are_not_ordered_for_ever(nights: Night) -> None:
    """Without single calls, three jobs that bring another paper's reply are enough."""
    nights.settings["llm"]["batch_fallback"] = False
    nights.gemini.batch_names = lambda _: False
    nights.gemini.batch_order = lambda replies: replies[::-1]
    reports = [nights.run(), *(next_night(nights) for _ in range(6))]

    lost = [failure for report in reports for failure in report.failed]
    assert lost
    assert "is of another paper: 0 of " in lost[0].reason
    assert len(nights.gemini.jobs) == 3
