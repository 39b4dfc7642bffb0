"""Days and moments as they are typed in a notebook."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from chatpaper.config import Config
from chatpaper.errors import ArgumentError
from chatpaper.text import parse_day

Day = str | date | datetime


def as_day(
    argument: str, value: Day | None, config: Config, *, last: bool = False
) -> date | None:
    """The day that an argument means.

    Args:
        argument: Its name, for the error.
        value: A day; a moment, whose UTC day is taken; or a text such as `2024-01-22`,
            `2024-01`, `yesterday` or `7d`, counted from today in the configured zone.
        config: Has the zone.
        last: Of a month or a year the last day is meant; by default the first.

    Raises:
        ArgumentError: It means none.
    """
    if isinstance(value, datetime):
        return value.astimezone(UTC).date() if value.tzinfo else value.date()
    if value is None or isinstance(value, date):
        return value
    if not isinstance(value, str):
        what = f"{value!r} is no day: give a date, or a text such as 2024-01-22 or 7d"
        raise ArgumentError(argument, what)
    today = datetime.now(UTC).astimezone(config.output.tz).date()
    try:
        return parse_day(value, today=today, last=last)
    except ValueError as error:
        raise ArgumentError(argument, str(error)) from error


def as_moment(
    argument: str, value: Day | None, config: Config, *, last: bool = False
) -> datetime:
    """The moment that an argument means; see `as_day`.

    Of a day it is the first one or, with `last`, the last. Without a value it is now.
    """
    if value is None:
        return datetime.now(UTC)
    if isinstance(value, datetime):
        return value if value.tzinfo else value.replace(tzinfo=UTC)
    day = as_day(argument, value, config, last=last)
    assert day is not None  # there is a value
    start = datetime.combine(day, time(), UTC)
    return start + timedelta(days=1, seconds=-1) if last else start
