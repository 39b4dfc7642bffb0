"""A reader's Zotero library: asked politely, once a day, never the end of a night."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chatpaper.config import Config, load_config
from chatpaper.errors import ConfigError, FetchError
from chatpaper.pipeline import Asked, Controls, ranking_of, record_night, replay_night
from chatpaper.pipeline.zotero import zotero_titles
from chatpaper.ranking import Zotero, ZoteroTitles
from chatpaper.store import Store
from night import night
from servers.gemini_faults import KEY as GEMINI_KEY
from servers.zotero import KEY, ZoteroStandIn, item

NOW = datetime(2026, 11, 29, 6, tzinfo=UTC)


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Iterator[ZoteroStandIn]:
    """A library of three papers, whose key is in the environment."""
    monkeypatch.setenv("ZOTERO_API_KEY", KEY)
    items = [item(n, f"Title {n}") for n in range(3)]
    with ZoteroStandIn(items) as stand_in:
        yield stand_in


def client(library: ZoteroStandIn, naps: list[float], **more: object) -> Zotero:
    """Asks it, and notes how long it would have waited."""
    facts = {
        "library": "users/12345",
        "key": KEY,
        "base_url": library.url,
        "timeout_s": 5.0,
        "sleep": naps.append,
    }
    return Zotero(**{**facts, **more})  # type: ignore[arg-type]


def test_all_pages_are_read(library: ZoteroStandIn) -> None:
    """A hundred a page, paced, the key with each; every title once."""
    library.items = [item(n, f"Title {n}") for n in range(250)]
    naps: list[float] = []
    found = client(library, naps).titles()

    assert found == ZoteroTitles(
        version=7, titles=tuple(f"Title {n}" for n in range(250))
    )
    assert [query["start"] for query, _ in library.asked] == [["0"], ["100"], ["200"]]
    assert all(headers["Zotero-API-Key"] == KEY for _, headers in library.asked)
    assert naps == [0.5, 0.5]


def test_only_papers_count(library: ZoteroStandIn) -> None:
    """No files, notes, marks, nothing in the trash or without a title, none twice."""
    library.items = [
        item(1, "A paper"),
        item(2, "paper.pdf", itemType="attachment"),
        item(3, "", itemType="note"),
        item(4, "A mark", itemType="annotation"),
        item(5, "Gone", deleted=1),
        item(6, "  "),
        item(7, "A paper"),
        item(8, "A\nbook", itemType="book"),
        {"key": "X"},
        {"data": {"title": ["no", "text"]}},
    ]

    assert client(library, []).titles().titles == ("A paper", "A book")


def test_an_unchanged_library_is_one_request(library: ZoteroStandIn) -> None:
    """The version that is known is sent; a changed library is read anew."""
    known = client(library, []).titles()
    again = client(library, []).titles(known)
    library.version, library.items = 8, [item(9, "New")]
    changed = client(library, []).titles(known)

    assert again is known
    assert library.asked[1][1]["If-Modified-Since-Version"] == "7"
    assert changed == ZoteroTitles(version=8, titles=("New",))


def test_wishes_of_the_service_are_heeded(library: ZoteroStandIn) -> None:
    """Backoff before the next page, Retry-After before the next try."""
    library.items = [item(n, f"Title {n}") for n in range(150)]
    library.backoff = "10"
    library.script = deque([(429, {"Retry-After": "7"}), (503, {})])
    naps: list[float] = []

    assert len(client(library, naps).titles().titles) == 150
    assert naps == [7.0, 8.0, 10.0]


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ([(429, {"Retry-After": "3600"})], "HTTP 429"),
        ([(503, {})] * 3, "HTTP 503"),
        ([(500, {})] * 3, "HTTP 500"),
        ([(404, {})], "no such library: users/12345"),
        ([(403, {})], "ZOTERO_API_KEY may not read users/12345"),
        ([(302, {"Location": "http://evil.invalid/"})], "HTTP 302"),
        ([(304, {})], "HTTP 304"),
    ],
)
def test_refusals(
    library: ZoteroStandIn, script: list[tuple[int, dict[str, str]]], told: str
) -> None:
    """Each is named, none is waited for too long, and none shows the key."""
    library.script = deque(script)
    with pytest.raises(FetchError) as caught:
        client(library, []).titles()

    assert told in str(caught.value)
    assert KEY not in str(caught.value)
    assert len(library.asked) == len(script)


def test_a_private_library_wants_a_key(library: ZoteroStandIn) -> None:
    """The way out is named."""
    with pytest.raises(FetchError, match="is not public: set ZOTERO_API_KEY"):
        client(library, [], key=None).titles()


@pytest.mark.parametrize("body", [b"<html>login</html>", b'{"a": 1}', b"[" * 100_000])
def test_other_answers(library: ZoteroStandIn, body: bytes) -> None:
    """A proxy's page is no library."""
    library.body = body
    with pytest.raises(FetchError, match=r"not JSON|not a list"):
        client(library, []).titles()


def test_a_host_that_is_not_there(library: ZoteroStandIn) -> None:
    """It is tried three times, and then named."""
    naps: list[float] = []
    with pytest.raises(FetchError):
        client(library, naps, base_url="http://127.0.0.1:9").titles()

    assert len(naps) == 2


# ---------------------------------------------------------------- a day, and a night


def settings(library: ZoteroStandIn, folder: Path) -> Config:
    """A configuration with the library."""
    interests = {"zotero": "users/12345", "zotero_url": library.url, "encoder": "words"}
    return Config.model_validate({"interests": interests, "storage": {"dir": folder}})


def test_it_is_asked_once_a_day(library: ZoteroStandIn, tmp_path: Path) -> None:
    """What is kept is used for twenty hours, then the version is asked for."""
    config = settings(library, tmp_path)
    with Store(tmp_path) as store:
        for hours in (0, 1, 19, 21, 22):
            controls = Controls(now=lambda h=hours: NOW + timedelta(hours=h))  # type: ignore[misc]
            titles = zotero_titles(config, store, controls)
            assert titles == ("Title 0", "Title 1", "Title 2")

    assert len(library.asked) == 2
    assert "If-Modified-Since-Version" in library.asked[1][1]


def test_a_fault_costs_what_is_new(
    library: ZoteroStandIn, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The titles of last time are used; without any the library does not rank."""
    config = settings(library, tmp_path)
    library.script = deque([(404, {})])
    with Store(tmp_path) as store, caplog.at_level(logging.WARNING, "chatpaper"):
        assert zotero_titles(config, store, Controls(now=lambda: NOW)) == ()
        assert "zotero failed: no such library" in caplog.text
        zotero_titles(config, store, Controls(now=lambda: NOW))
        library.script = deque([(403, {})])
        later = Controls(now=lambda: NOW + timedelta(days=2))
        assert len(zotero_titles(config, store, later)) == 3

    assert "titles: as of 2026-11-29" in caplog.text
    assert KEY not in caplog.text


def test_titles_rank(library: ZoteroStandIn, tmp_path: Path) -> None:
    """As those of a file do."""
    ranker = ranking_of(settings(library, tmp_path), None, Controls(now=lambda: NOW))

    assert ranker is not None
    assert ranker.interests.library == ("Title 0", "Title 1", "Title 2")


@pytest.mark.parametrize("name", ["12345", "users/me", "users/1/../2", "https://x.y"])
def test_what_is_no_library(tmp_path: Path, name: str) -> None:
    """The key of the configuration is named."""
    path = tmp_path / "config.yaml"
    path.write_text(f"interests: {{zotero: '{name}'}}")
    with pytest.raises(ConfigError, match=r"interests\.zotero"):
        load_config(path, environ={})


def test_a_recorded_night_keeps_the_titles(
    library: ZoteroStandIn, tmp_path: Path
) -> None:
    """The replay ranks alike, asks nobody, and has no key."""
    with night(tmp_path, 4) as made:
        made.settings["interests"] = {
            "zotero": "users/12345",
            "zotero_url": library.url,
            "encoder": "words",
        }
        folder = tmp_path / "kept"
        config = Config.model_validate(made.sections)
        controls = Controls(key=GEMINI_KEY, now=lambda: made.now)
        record_night(folder, config, Asked(), controls)
    asked = len(library.asked)
    replay_night(folder, None, Controls())

    assert asked == 1
    assert len(library.asked) == 1
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(b"Title 1" in path.read_bytes() for path in files)
    assert not any(KEY.encode() in path.read_bytes() for path in files)
