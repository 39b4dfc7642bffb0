"""When the stand-in announces a paper: as arXiv does, by the time of its submission."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from chatpaper.sources.arxiv import EASTERN, is_deferred

DEADLINE, ANNOUNCED_AT = time(14), time(20)
FRIDAY, SATURDAY, SUNDAY = 4, 5, 6
DAY = timedelta(days=1)


def announcement_for(submitted: datetime) -> datetime:
    """When a submission that moderation does not hold is announced, in UTC."""
    local = submitted.astimezone(EASTERN)
    day = local.date() if local.time() < DEADLINE else local.date() + DAY
    while day.weekday() in (SATURDAY, SUNDAY) or is_deferred(day):
        day += DAY
    if day.weekday() == FRIDAY:
        day += 2 * DAY
        if is_deferred(day):
            day += DAY
    return datetime.combine(day, ANNOUNCED_AT, EASTERN).astimezone(UTC)
