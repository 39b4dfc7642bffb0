"""Every way arXiv's API goes wrong: waited out, or a named error, never silence."""

from __future__ import annotations

import re
from threading import Thread

import pytest

from asking import (
    END,
    GAN,
    NOT_XML,
    START,
    XHTML,
    Make,
    Naps,
    record,
    without_entries,
)
from chatpaper.errors import FetchError, Throttled
from chatpaper.net import Pace
from chatpaper.records import Topic
from clock import Clock
from servers.arxiv import ArxivStandIn, Fault

PASSING = {
    "429": (Fault(status=429), Throttled),
    "406": (Fault(status=406), Throttled),
    "503": (Fault(status=503), Throttled),
    "500": (Fault(status=500), FetchError),
    "502": (Fault(status=502), FetchError),
    "rate exceeded in a 200": (Fault(body=b"Rate exceeded."), Throttled),
    "HTML page": (Fault(body=NOT_XML), FetchError),
    "XHTML page": (Fault(body=XHTML), FetchError),
    "empty reply": (Fault(body=b""), FetchError),
    "truncated XML": (Fault(body=lambda page: page[: len(page) // 2]), FetchError),
    "cut connection": (Fault(cut=0.5), FetchError),
    "reset": (Fault(reset=True), FetchError),
    "hang": (Fault(hang_s=60), FetchError),
    "date that is none": (
        Fault(body=lambda page: page.replace(b"<published>2024", b"<published>soon")),
        FetchError,
    ),
}


def dated(moment: bytes) -> Fault:
    """Entries whose last change was at this moment."""
    return Fault(
        body=lambda page: re.sub(
            b"<updated>[^<]*</updated>", b"<updated>%s</updated>" % moment, page
        )
    )


PASSING["before the year 1"] = (dated(b"0001-01-01T00:00:00+23:59"), FetchError)
PASSING["after the year 9999"] = (dated(b"9999-12-31T23:59:59-12:00"), FetchError)
PASSING["empty first page"] = (Fault(body=without_entries), FetchError)


def patience_s(fault: Fault, shortest_s: float) -> float:
    """Seconds that an answer is waited for: on a busy machine a good one is late."""
    return shortest_s if fault.hang_s else 30.0


@pytest.mark.parametrize("name", PASSING)
def test_a_passing_fault_costs_nothing_but_time(
    arxiv: ArxivStandIn, make: Make, naps: Naps, name: str
) -> None:
    """Each fault that waiting cures is waited out, and no paper is lost."""
    fault = PASSING[name][0]
    arxiv.records = [record(1)]
    arxiv.fail("/api", fault, times=2)

    found = make(timeout_s=patience_s(fault, 1.0)).find(GAN, START, END, 10)

    assert [p.id for p in found.papers] == ["2401.00001"]
    assert arxiv.count("/api") == 3
    assert len(naps) == 2
    assert naps[0] < naps[1]


@pytest.mark.parametrize("name", PASSING)
def test_a_lasting_fault_is_a_named_error(
    arxiv: ArxivStandIn, make: Make, name: str
) -> None:
    """Each fault that stays ends after the tries as its error, never as no papers."""
    fault, kind = PASSING[name]
    arxiv.records = [record(1)]
    arxiv.fail("/api", fault, times=9)

    with pytest.raises(kind) as caught:
        make(timeout_s=patience_s(fault, 0.1), tries=3).find(GAN, START, END, 10)

    assert arxiv.count("/api") == 3
    assert arxiv.url in str(caught.value)


def test_an_empty_middle_page_is_no_end(arxiv: ArxivStandIn, make: Make) -> None:
    """A page without papers between others is asked for again."""
    arxiv.records = [record(n) for n in range(1, 31)]
    arxiv.fail("/api", Fault(body=without_entries), skip=1)

    found = make(page_size=10).find(GAN, START, END, 100)

    assert len(found.papers) == 30
    assert arxiv.count("/api") == 4


def test_a_refusal_stops_at_once_and_for_good(
    arxiv: ArxivStandIn, make: Make, naps: Naps
) -> None:
    """After a 403 nothing more is sent, by anybody who shares the pace."""
    arxiv.records = [record(1)]
    arxiv.fail("/api", Fault(status=403))
    source = make()

    with pytest.raises(Throttled) as first:
        source.find(GAN, START, END, 10)
    with pytest.raises(Throttled):
        source.get(["2401.00001"])

    assert first.value.status == 403
    assert arxiv.count() == 1
    assert naps == []


def test_an_error_entry_is_told_in_arxivs_words(
    arxiv: ArxivStandIn, make: Make
) -> None:
    """A query that arXiv refuses is an error at once, in a 400 as in a 200."""
    bad = Topic(name="bad", queries=("ti:(GAN",))
    source = make()

    with pytest.raises(FetchError, match="unbalanced parentheses") as caught:
        source.find(bad, START, END, 10)
    arxiv.fail(
        "/api",
        Fault(
            body=b"<feed xmlns='http://www.w3.org/2005/Atom'"
            b" xmlns:o='http://a9.com/-/spec/opensearch/1.1/'>"
            b"<o:totalResults>1</o:totalResults><entry>"
            b"<id>http://arxiv.org/api/errors#x</id><title>Error</title>"
            b"<published>2024-01-01T00:00:00Z</published>"
            b"<updated>2024-01-01T00:00:00Z</updated>"
            b"<summary>incorrect id format</summary></entry></feed>"
        ),
    )
    with pytest.raises(FetchError, match="incorrect id format"):
        source.find(GAN, START, END, 10)

    assert caught.value.status == 400
    assert arxiv.count() == 2


def test_an_entry_without_a_date_is_counted(arxiv: ArxivStandIn, make: Make) -> None:
    """One broken entry neither hides nor ends the others, and is told."""
    arxiv.records = [record(n) for n in range(1, 4)]

    def broken(page: bytes) -> bytes:
        return page.replace(b"<published>2024-01-01T02:00:00Z</published>", b"")

    arxiv.fail("/api", Fault(body=broken))

    found = make().find(GAN, START, END, 10)

    assert [p.id for p in found.papers] == ["2401.00003", "2401.00001"]
    assert dict(found.excluded) == {"not readable": 1}


def test_an_entry_without_an_arxiv_id_is_counted(
    arxiv: ArxivStandIn, make: Make
) -> None:
    """An entry that names no paper is left out and told."""
    arxiv.records = [record(1), record(2)]
    arxiv.fail(
        "/api", Fault(body=lambda p: p.replace(b"abs/2401.00002v1", b"abs/../../etc"))
    )

    found = make().find(GAN, START, END, 10)

    assert [p.id for p in found.papers] == ["2401.00001"]
    assert dict(found.excluded) == {"not readable": 1}


# ---------------------------------------------------------------- pace and manners


@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured(
    arxiv: ArxivStandIn, make: Make, naps: Naps, status: int
) -> None:
    """The host's own wish, in seconds or as a date, is what is waited."""
    arxiv.records = [record(1)]
    dated = {
        "Retry-After": "Sun, 22 Nov 2026 10:00:40 GMT",
        "Date": "Sun, 22 Nov 2026 10:00:00 GMT",
    }
    arxiv.fail(
        "/api",
        Fault(status=status, headers={"Retry-After": "17"}),
        Fault(status=status, headers=dated),
    )

    make().find(GAN, START, END, 10)

    assert naps[0] == pytest.approx(17, abs=1)
    assert naps[1] == pytest.approx(40, abs=2)


def test_a_wish_longer_than_our_patience_ends_it(
    arxiv: ArxivStandIn, make: Make, naps: Naps
) -> None:
    """Who asks for an hour is not asked again, and the error tells the wish."""
    arxiv.fail("/api", Fault(status=429, headers={"Retry-After": "3600"}), times=9)

    with pytest.raises(Throttled) as caught:
        make(max_wait_s=60).find(GAN, START, END, 10)

    assert caught.value.retry_after_s == 3600
    assert arxiv.count() == 1
    assert naps == []


def test_every_request_bears_our_name(arxiv: ArxivStandIn, make: Make) -> None:
    """The host sees who asks, how to reach them, and what we take."""
    make().find(GAN, START, END, 10)

    headers = arxiv.asked[0].headers
    assert headers["User-Agent"].startswith("chatpaper/")
    assert headers["User-Agent"].endswith(" (a@b.org)")
    assert "application/atom+xml" in headers["Accept"]


def test_requests_keep_their_distance_in_all_threads(
    arxiv: ArxivStandIn, make: Make
) -> None:
    """However many ask, one request is under way, and each waits for its gap."""
    clock = Clock()
    arxiv.records = [record(n) for n in range(1, 5)]
    arxiv.fail("/api", Fault(hang_s=0.02), times=99)
    source = make(page_size=2, pace=Pace(3.0, now=clock.now, sleep=clock.sleep))
    threads = [Thread(target=source.find, args=(GAN, START, END, 10)) for _ in range(3)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert arxiv.count() == 6
    assert arxiv.most_at_once() == 1
    assert clock.naps == [3.0] * 5
