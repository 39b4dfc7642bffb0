"""Weeks and months, by their names and days."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Kind = Literal["week", "month"]
_WEEK = re.compile(r"(\d{4})-?[Ww](\d{1,2})")


@dataclass(frozen=True, slots=True)
class Period:
    """A week from Monday to Sunday, or a month.

    Attributes:
        kind: Which of the two.
        first, last: Its days.
    """

    kind: Kind
    first: date
    last: date

    @property
    def name(self) -> str:
        """`2026-W47` or `2026-11`; no day is called so, nor is its folder."""
        if self.kind == "month":
            return f"{self.first:%Y-%m}"
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def before(self) -> Period:
        """The one that ended on the day before."""
        return period_ended_by(self.kind, self.first - timedelta(days=1))

    @property
    def days(self) -> tuple[date, ...]:
        """Its days in order."""
        count = (self.last - self.first).days + 1
        return tuple(self.first + timedelta(days=n) for n in range(count))


def runs_of(days: Iterable[date]) -> tuple[tuple[date, date], ...]:
    """Days in order as first and last of each run without a gap."""
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return tuple(runs)


def period_ended_by(kind: Kind, day: date) -> Period:
    """The last whole week or month that is over at the end of a day."""
    if kind == "week":
        last = day - timedelta(days=day.isoweekday() % 7)
        return Period(kind, last - timedelta(days=6), last)
    in_month = calendar.monthrange(day.year, day.month)[1]
    last = day if day.day == in_month else day.replace(day=1) - timedelta(days=1)
    return Period(kind, last.replace(day=1), last)


def week_end(text: str) -> date | None:
    """The Sunday of a week by its name: `2026-W47`; None for any other text.

    Raises:
        ValueError: The year has no such week.
    """
    found = _WEEK.fullmatch(text.strip())
    return date.fromisocalendar(int(found[1]), int(found[2]), 7) if found else None


def named_period(name: str) -> Period | None:
    """The period whose folder has that name; None for any other folder."""
    try:
        if sunday := week_end(name):
            period = period_ended_by("week", sunday)
        elif re.fullmatch(r"\d{4}-\d\d", name):
            year, month = map(int, name.split("-"))
            last = date(year, month, calendar.monthrange(year, month)[1])
            period = period_ended_by("month", last)
        else:
            return None
    except ValueError:
        return None
    return period if period.name == name else None
