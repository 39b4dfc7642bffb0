"""ArXiv's calendar: when submissions are announced, and why a day is quiet."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatpaper.sources.arxiv import (
    EASTERN,
    announcements,
    expected_empty,
    latest_feed_day,
)
from servers.arxiv_calendar import announcement_for


def eastern(text: str) -> datetime:
    """A moment of US Eastern time."""
    return datetime.fromisoformat(text).replace(tzinfo=EASTERN)


@pytest.mark.parametrize(
    ("submitted", "announced"),
    [
        ("2026-11-16 14:00", "2026-11-17 20:00"),  # Monday to Tuesday
        ("2026-11-17 13:59", "2026-11-17 20:00"),
        ("2026-11-17 14:00", "2026-11-18 20:00"),  # Tuesday to Wednesday
        ("2026-11-19 13:59", "2026-11-19 20:00"),  # Wednesday to Thursday
        ("2026-11-19 14:00", "2026-11-22 20:00"),  # Thursday to Friday: Sunday
        ("2026-11-20 13:59", "2026-11-22 20:00"),
        ("2026-11-20 14:00", "2026-11-23 20:00"),  # Friday to Monday: Monday
        ("2026-11-21 03:00", "2026-11-23 20:00"),
        ("2026-11-23 13:59", "2026-11-23 20:00"),
        ("2026-11-25 15:00", "2026-11-29 20:00"),  # before Thanksgiving: Friday's round
        ("2026-11-26 10:00", "2026-11-29 20:00"),
        ("2026-12-28 15:00", "2026-12-30 20:00"),  # the 29th is deferred
        ("2026-12-24 15:00", "2026-12-28 20:00"),  # no deadline on Christmas Friday
        ("2026-03-06 15:00", "2026-03-09 20:00"),  # the clocks change on the 8th
        ("2027-11-25 10:00", "2027-11-28 20:00"),  # Thanksgiving of any year
    ],
)
def test_submissions_are_announced_as_arxiv_says(
    submitted: str, announced: str
) -> None:
    """The published table, with holidays and across a change of the clocks."""
    assert announcement_for(eastern(submitted)) == eastern(announced)


@pytest.mark.parametrize(
    ("since", "until", "code"),
    [
        ("2026-11-19 21:00", "2026-11-20 21:00", "weekend"),
        ("2026-11-20 08:00", "2026-11-21 08:00", "weekend"),
        ("2026-11-20 08:00", "2026-11-22 19:59", "weekend"),
        ("2026-11-25 21:00", "2026-11-26 21:00", "holiday"),
        ("2026-12-28 21:00", "2026-12-30 08:00", "holiday"),
        ("2026-11-17 08:00", "2026-11-17 19:00", "not yet"),
        ("2026-11-20 08:00", "2026-11-22 20:00", None),
        ("2026-11-16 08:00", "2026-11-17 08:00", None),
    ],
)
def test_quiet_days_have_their_reason(since: str, until: str, code: str | None) -> None:
    """Weekend, holiday and too early are told apart; a working day has no excuse."""
    quiet = expected_empty(eastern(since), eastern(until))

    assert (quiet.code if quiet else None) == code


def test_the_sentence_tells_when_more_comes() -> None:
    """The reader learns the next announcement in UTC."""
    quiet = expected_empty(eastern("2026-11-20 08:00"), eastern("2026-11-21 08:00"))

    assert quiet is not None
    assert "2026-11-23 01:00 UTC" in quiet.sentence


def test_a_month_of_announcements() -> None:
    """Sunday to Thursday, less the holiday: November 2026 has 20."""
    moments = list(
        announcements(eastern("2026-11-01 00:00"), eastern("2026-11-30 23:00"))
    )

    assert len(moments) == 22 - 1
    assert eastern("2026-11-26 20:00") not in moments


@pytest.mark.parametrize(
    ("now", "day"),
    [
        ("2026-11-23 00:00", date(2026, 11, 23)),
        ("2026-11-22 23:59", date(2026, 11, 20)),
        ("2026-11-21 12:00", date(2026, 11, 20)),
        ("2026-11-27 09:00", date(2026, 11, 26)),
    ],
)
def test_the_feed_is_of_the_day_after(now: str, day: date) -> None:
    """Feeds bear the day that follows an announcement's evening."""
    assert latest_feed_day(eastern(now)) == day


FIRST = datetime(2024, 1, 1, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(0), timedelta(days=2000)).map(lambda d: FIRST + d)


@given(MOMENTS)
def test_every_submission_meets_an_announcement(submitted: datetime) -> None:
    """An announcement follows within six days, and the calendar knows it."""
    moment = announcement_for(submitted)

    assert submitted < moment <= submitted + timedelta(days=6)
    assert moment in announcements(submitted, moment)
    assert expected_empty(submitted, moment) is None


@given(MOMENTS, MOMENTS)
def test_who_submits_first_is_announced_no_later(
    one: datetime, other: datetime
) -> None:
    """The calendar never turns the order round."""
    early, late = sorted((one, other))

    assert announcement_for(early) <= announcement_for(late)
