"""What a run deals with, decided from what was found and the ledger."""

from datetime import UTC, date, datetime, timedelta

from chatpaper.pipeline import select_papers, window
from chatpaper.records import Paper, Relevance
from chatpaper.store import LedgerEntry, State

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


def paper(n: int, version: int = 1) -> Paper:
    return Paper(
        id=f"2611.{n:05}",
        version=version,
        title=f"t{n}",
        published=NOON + timedelta(minutes=n),
    )


def entry(n: int, state: State, version: int = 1, reason: str = "") -> LedgerEntry:
    day = date(2026, 11, 1) if state == "posted" else None
    return LedgerEntry(paper=paper(n, version), state=state, day=day, reason=reason)


def ledger(*entries: LedgerEntry) -> dict[str, LedgerEntry]:
    return {e.paper.id: e for e in entries}


def test_new_papers_are_digested_newest_first() -> None:
    """With an empty ledger everything found is to do."""
    choice = select_papers([paper(3), paper(2), paper(1)], {}, limit=2)

    assert [p.id for p in choice.todo] == ["2611.00003", "2611.00002"]
    assert [p.id for p in choice.over] == ["2611.00001"]
    assert (choice.new, choice.seen) == (2, 0)


def test_posted_and_given_up_papers_are_seen() -> None:
    """They are neither digested nor counted as new again."""
    known = ledger(entry(1, "posted"), entry(2, "gave up"))

    choice = select_papers([paper(2), paper(1)], known, limit=9)

    assert (choice.todo, choice.new, choice.seen) == ((), 0, 2)


def test_what_waits_comes_first() -> None:
    """Left out and failed papers come before new ones, found again or not."""
    known = ledger(
        entry(1, "waiting", reason="no budget"), entry(2, "failed", reason="404")
    )

    choice = select_papers([paper(9)], known, limit=2)

    assert [p.id for p in choice.todo] == ["2611.00002", "2611.00001"]
    assert choice.new == 0
    assert [p.id for p in choice.over] == ["2611.00009"]


def test_papers_never_begun_take_their_turn_by_age() -> None:
    """What was beyond the limit of a run does not push newer papers out."""
    choice = select_papers([paper(9)], ledger(entry(1, "waiting")), limit=2)

    assert [p.id for p in choice.todo] == ["2611.00009", "2611.00001"]
    assert choice.new == 1


def test_a_failed_paper_is_tried_in_its_newest_version() -> None:
    """A new version may cure what failed."""
    choice = select_papers([paper(2, version=3)], ledger(entry(2, "failed")), limit=9)

    assert [p.versioned_id for p in choice.todo] == ["2611.00002v3"]


def test_a_new_version_of_a_posted_paper_is_an_update() -> None:
    """It is told beside the posted one, not digested again."""
    choice = select_papers([paper(1, version=2)], ledger(entry(1, "posted")), limit=9)

    assert choice.todo == ()
    assert [u.paper.version for u in choice.updates] == [2]
    assert choice.updates[0].previous.version == 1
    assert choice.updates[0].posted_on == date(2026, 11, 1)


def test_updates_are_digested_when_configured() -> None:
    """Then they are work to do instead."""
    known = ledger(entry(1, "posted"))

    choice = select_papers([paper(1, version=2)], known, limit=9, updates_too=True)

    assert [p.versioned_id for p in choice.todo] == ["2611.00001v2"]
    assert choice.updates == ()
    assert choice.new == 0


def test_announced_versions_of_unknown_papers_do_not_matter() -> None:
    """A replacement announced for a paper never posted is not news."""
    known = ledger(entry(1, "posted"))

    choice = select_papers([], known, limit=9, announced=[paper(1, 2), paper(5, 4)])

    assert [u.paper.id for u in choice.updates] == ["2611.00001"]
    assert choice.todo == ()


def test_window_looks_back_from_now_at_first() -> None:
    """Nothing covered yet: the configured days."""
    since, until = window(
        NOON, since=None, until=None, lookback_days=7, covered_until=None
    )

    assert (since, until) == (NOON - timedelta(days=7), NOON)


def test_window_reaches_behind_the_last_success() -> None:
    """After an outage of ten days, nothing between is lost, nor what was held then."""
    last = NOON - timedelta(days=10)

    since, _ = window(NOON, since=None, until=None, lookback_days=7, covered_until=last)

    assert since == last - timedelta(days=7)


def test_asked_days_are_whole_utc_days() -> None:
    """Both days are inside the window."""
    since, until = window(
        NOON,
        since=date(2024, 1, 1),
        until=date(2024, 1, 2),
        lookback_days=7,
        covered_until=NOON,
    )

    assert since == datetime(2024, 1, 1, tzinfo=UTC)
    assert until == datetime(2024, 1, 3, tzinfo=UTC)


def test_an_end_alone_looks_back_from_there() -> None:
    """`--until` without `--since` keeps the look-back."""
    since, until = window(
        NOON, since=None, until=date(2024, 1, 9), lookback_days=7, covered_until=None
    )

    assert until - since == timedelta(days=7)


def test_the_most_relevant_are_taken_and_the_others_listed() -> None:
    """What failed comes first all the same; equals come newest first."""
    near = {f"2611.0000{n}": Relevance(score=n % 3) for n in range(1, 8)}
    known = ledger(entry(6, "failed", reason="404"))

    choice = select_papers(
        [paper(n) for n in (7, 5, 4, 3, 2)], known, limit=3, relevance=near
    )

    assert [p.id[-1] for p in choice.todo] == ["6", "5", "2"]
    assert [p.id[-1] for p in choice.listed] == ["7", "4", "3"]
    assert choice.over == ()


def test_what_was_listed_takes_only_what_is_left() -> None:
    """However near it is; and where it may not be taken, it is seen."""
    near = {"2611.00001": Relevance(score=9.0), "2611.00002": Relevance(score=8.0)}
    known = ledger(entry(1, "listed"), entry(2, "listed"))

    full = select_papers([paper(3)], known, limit=1, relevance=near)
    roomy = select_papers([paper(3)], known, limit=2, relevance=near)
    late = select_papers(
        [paper(3)], known, limit=9, relevance=near, mine=lambda _: False
    )

    assert [p.id[-1] for p in full.todo] == ["3"]
    assert [p.id[-1] for p in roomy.todo] == ["3", "1"]
    assert [p.id[-1] for p in late.todo] == ["3"]
    assert full.listed == roomy.listed == late.listed == ()
