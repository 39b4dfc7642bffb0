"""Days as people write them: 2026-11-01, 2026/11, yesterday, 7d, last monday."""

from __future__ import annotations

import calendar
import re
from datetime import date, timedelta

DAY_FORMS = "2026-11-24, 2026-11, yesterday, monday or 7d"

_NAMED = {"today": 0, "今天": 0, "yesterday": 1, "昨天": 1, "前天": 2}
_UNITS = {"d": 1, "day": 1, "天": 1, "w": 7, "week": 7, "周": 7}
_WEEKDAYS = [name.casefold() for name in calendar.day_name]
_SEPARATOR = r"[-/.年]"
_DATE = re.compile(
    rf"(\d{{4}})(?:{_SEPARATOR}(\d{{1,2}})(?:[-/.月](\d{{1,2}})日?|月)?)?|"
    r"(\d{4})(\d{2})(\d{2})"
)
_AGO = re.compile(r"-?(\d{1,6}) ?(d|w|day|week|天|周)s? ?(?:ago|前)?")


def parse_day(text: str, *, today: date, last: bool = False) -> date:
    """The day that a text means.

    Args:
        text: A date, with any usual sign between its parts; a month or a year; a day by
            its name, such as `yesterday` or `last monday`, which is always before
            today; or so many days or weeks ago: `7d`, `2 weeks ago`.
        today: From which days are counted.
        last: Of a month or a year the last day is meant; by default the first.

    Raises:
        ValueError: Anything else, or a day that no calendar has; says what to write.
    """
    word = " ".join(text.casefold().split())
    if word in _NAMED:
        return today - timedelta(days=_NAMED[word])
    if (name := word.removeprefix("last ")) in _WEEKDAYS:
        back = (today.weekday() - _WEEKDAYS.index(name) - 1) % 7 + 1
        return today - timedelta(days=back)
    try:
        if found := _AGO.fullmatch(word):
            return today - timedelta(days=int(found[1]) * _UNITS[found[2]])
        if found := _DATE.fullmatch(word):
            return _date(found, last=last)
    except (ValueError, OverflowError, IndexError) as error:
        raise ValueError(f"{text!r} is no day of the calendar") from error
    raise ValueError(f"{text!r} is no day; write {DAY_FORMS}")


def _date(found: re.Match[str], *, last: bool) -> date:
    year, *rest = [int(part) for part in found.groups() if part]
    month = rest[0] if rest else (12 if last else 1)
    if len(rest) > 1:
        return date(year, month, rest[1])
    return date(year, month, calendar.monthrange(year, month)[1] if last else 1)
