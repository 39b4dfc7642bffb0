"""When arXiv announces what was submitted: pure calendar, US Eastern time.

Submissions received until 14:00 of a working day are announced at 20:00 that day,
Friday's on Sunday; there is no announcement on Friday and Saturday. On a deferred day
nothing is announced and no deadline falls: the next one takes its submissions along.

Source:
    https://info.arxiv.org/help/availability.html
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from chatpaper.sources.source import Quiet

EASTERN = ZoneInfo("America/New_York")
ANNOUNCED_AT = time(20)
FRIDAY, SATURDAY = 4, 5
DAY = timedelta(days=1)

# As arXiv lists them for this year; unplanned ones appear on its status page only.
LISTED = frozenset(
    {date(2026, 11, 26), date(2026, 12, 25), date(2026, 12, 29), date(2026, 12, 31)}
)


def is_deferred(day: date) -> bool:
    """Whether arXiv defers this Eastern day's announcement.

    Listed days, and Thanksgiving and Christmas Day of every year.
    """
    thanksgiving = day.month == 11 and day.weekday() == 3 and 22 <= day.day <= 28
    christmas = (day.month, day.day) == (12, 25)
    return thanksgiving or christmas or day in LISTED


def announcements(since: datetime, until: datetime) -> Iterator[datetime]:
    """Moments of announcement after `since` and up to `until`, in UTC, in order."""
    day = since.astimezone(EASTERN).date()
    while day <= until.astimezone(EASTERN).date():
        moment = _evening(day)
        if _is_announcing(day) and since < moment <= until:
            yield moment
        day += DAY


def latest_feed_day(now: datetime) -> date:
    """The Eastern day that arXiv's feed should bear: the one after an announcement."""
    day = now.astimezone(EASTERN).date()
    while not _is_announcing(day - DAY):
        day -= DAY
    return day


def expected_empty(since: datetime, until: datetime) -> Quiet | None:
    """Why nothing can be new between two looks at arXiv; None when something may be.

    Args:
        since: The last look, aware.
        until: This one, aware.
    """
    if next(announcements(since, until), None) is not None:
        return None
    upcoming = next(announcements(until, until + 14 * DAY))
    due = f"the next announcement is due {upcoming:%Y-%m-%d %H:%M} UTC"
    days = list(_days_with_evening_in(since, until))
    holidays = [day for day in days if is_deferred(day)]
    if holidays:
        named = ", ".join(f"{day:%Y-%m-%d}" for day in holidays)
        return Quiet("holiday", f"arXiv announces nothing on {named} (holiday); {due}")
    if any(day.weekday() in (FRIDAY, SATURDAY) for day in days):
        return Quiet(
            "weekend",
            f"arXiv announces nothing on Friday and Saturday evenings (Eastern); {due}",
        )
    return Quiet("not yet", f"arXiv has announced nothing since the last run; {due}")


def _is_announcing(day: date) -> bool:
    return day.weekday() not in (FRIDAY, SATURDAY) and not is_deferred(day)


def _evening(day: date) -> datetime:
    return datetime.combine(day, ANNOUNCED_AT, EASTERN).astimezone(UTC)


def _days_with_evening_in(since: datetime, until: datetime) -> Iterator[date]:
    day = since.astimezone(EASTERN).date()
    while day <= until.astimezone(EASTERN).date():
        if since < _evening(day) <= until:
            yield day
        day += DAY
