"""Clocks that jump and nights that have 23 or 25 hours: nothing is lost or repeated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat

import pytest

from night import NOON, Night, code_of, record

HOUR, YEAR = timedelta(hours=1), timedelta(days=365)


@pytest.mark.parametrize("jump", [HOUR, -HOUR, YEAR])
def test_a_clock_that_was_wrong_for_a_night(nights: Night, jump: timedelta) -> None:
    """The papers of that night, and those of the three weeks behind it, are posted."""
    nights.run()
    nights.now = NOON + jump
    nights.arxiv.records.append(record(3, published=NOON - 2 * HOUR))
    wrong = nights.run()
    nights.now = NOON + timedelta(days=21)
    later = [NOON + timedelta(days=day) for day in (1, 10, 20)]
    nights.arxiv.records += [record(n, published=at) for n, at in enumerate(later, 4)]
    right = nights.run()

    assert code_of(wrong) == code_of(right) == 0, (wrong, right)
    assert nights.whole() == {f"2611.{n:05d}v1": 1 for n in range(7)}
    assert set(nights.calls().values()) == {1}


def test_a_clock_that_is_a_year_behind(nights: Night) -> None:
    """It is said, nobody is asked, and the year between is not asked for afterwards."""
    nights.run()
    asked = len(nights.arxiv.asked)
    nights.now = NOON - YEAR
    wrong = nights.run()
    asked_then = len(nights.arxiv.asked)
    nights.now = NOON + timedelta(days=1)
    before = [NOON - timedelta(days=day) for day in (30, 300)]
    nights.arxiv.records += [record(n, published=at) for n, at in enumerate(before, 3)]
    nights.arxiv.records.append(record(5, published=NOON))
    right = nights.run()

    assert (code_of(wrong), wrong.why) == (3, "clock")
    assert "it says 2025-11-18 12:00 UTC" in wrong.message
    assert "a paper of 2026-11-16 has been found" in wrong.message
    assert asked_then == asked
    assert (right.status, right.posted) == ("done", 1)
    assert set(nights.whole()) == {f"2611.{n:05d}v1" for n in (0, 1, 2, 5)}


@pytest.mark.parametrize("jump", [HOUR, -HOUR, YEAR, -YEAR])
def test_a_clock_that_jumps_in_the_middle_of_a_night(
    nights: Night, jump: timedelta
) -> None:
    """The night goes by the moment it began; the next one finds nothing to repair."""
    clock: Iterator[datetime] = chain([NOON, NOON], repeat(NOON + jump))
    report = nights.run(now=lambda: next(clock))
    nights.now = NOON + timedelta(days=1)
    again = nights.run()

    assert (report.status, report.posted, report.day) == ("done", 3, NOON.date())
    assert (again.status, again.why) == ("nothing new", "all-seen")
    assert set(nights.whole().values()) == {1}


# The moments at which a cron line of 02:30 fires: twice in autumn, when 02:30 comes
# twice (vixie cron fires once, others do not), and at 03:00 or 03:30 in spring.
@pytest.mark.parametrize(
    ("zone", "moments", "day"),
    [
        ("Europe/Berlin", ("2026-10-25T00:30", "2026-10-25T01:30"), "2026-10-25"),
        ("Europe/Berlin", ("2027-03-28T01:00", "2027-03-28T01:30"), "2027-03-28"),
        ("America/New_York", ("2026-11-01T06:30", "2026-11-01T07:30"), "2026-11-01"),
        ("America/New_York", ("2027-03-14T07:00", "2027-03-14T07:30"), "2027-03-14"),
    ],
)
def test_nights_of_23_and_25_hours(
    nights: Night, zone: str, moments: tuple[str, str], day: str
) -> None:
    """Both runs are of one day; the second adds what came between, once."""
    nights.settings["output"] = {"timezone": zone}
    first, second = (datetime.fromisoformat(m).replace(tzinfo=UTC) for m in moments)
    nights.arxiv.records[:] = [record(n, published=first - HOUR) for n in range(2)]
    nights.now = first
    one = nights.run()
    nights.arxiv.records.append(record(2, published=first + timedelta(minutes=10)))
    nights.now = second
    two = nights.run()
    nights.now = second + timedelta(days=1)
    three = nights.run()
    (post,) = nights.posts()

    assert [one.posted, two.posted, three.posted] == [2, 1, 0]
    assert one.day.isoformat() == two.day.isoformat() == day
    assert three.day - one.day == timedelta(days=1)
    assert set(nights.whole().values()) == {1}
    assert len(post.digests) == 3
