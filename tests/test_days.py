"""Days as people write them."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chatpaper.cli.options import day_of
from chatpaper.config import Config, OutputConfig
from chatpaper.text import parse_day

TODAY = date(2026, 11, 25)  # a Wednesday


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026-11-01", "2026-11-01", None),
        ("2026-11-1", "2026-11-01", None),
        ("2026/11/01", "2026-11-01", None),
        ("2026.11.01", "2026-11-01", None),
        ("20261101", "2026-11-01", None),
        ("2026年11月1日", "2026-11-01", None),
        ("2026-11", "2026-11-01", "2026-11-30"),
        ("2024/2", "2024-02-01", "2024-02-29"),
        ("2026年11月", "2026-11-01", "2026-11-30"),
        ("2014", "2014-01-01", "2014-12-31"),
        ("today", "2026-11-25", None),
        ("Yesterday", "2026-11-24", None),
        ("昨天", "2026-11-24", None),
        ("7d", "2026-11-18", None),
        ("-7d", "2026-11-18", None),
        ("7 days ago", "2026-11-18", None),
        ("2w", "2026-11-11", None),
        ("3天前", "2026-11-22", None),
        ("monday", "2026-11-23", None),
        ("last Monday", "2026-11-23", None),
        ("wednesday", "2026-11-18", None),
        ("thursday", "2026-11-19", None),
    ],
)
def test_usual_forms_are_understood(text: str, first: str, last: str | None) -> None:
    """A month is its first day for `--since` and its last for `--until`."""
    assert parse_day(text, today=TODAY) == date.fromisoformat(first)
    assert parse_day(text, today=TODAY, last=True) == date.fromisoformat(last or first)


@pytest.mark.parametrize(
    "text", ["2026-13-01", "2026-02-30", "0000", "2026-99", "999999d"]
)
@pytest.mark.parametrize("last", [False, True])
def test_a_day_that_is_none_is_named(text: str, last: bool) -> None:
    """Numbers that look like a day are no form to explain."""
    with pytest.raises(ValueError, match=f"'{text}' is no day of the calendar"):
        parse_day(text, today=TODAY, last=last)


@pytest.mark.parametrize(
    "text", ["", "soon", "01/11/2026", "11-24", "7m", "2026-11-01T12"]
)
def test_other_words_are_told_what_to_write(text: str) -> None:
    """What could mean two days is refused too."""
    with pytest.raises(
        ValueError, match="is no day; write 2026-11-24, 2026-11, yester"
    ):
        parse_day(text, today=TODAY)


@given(st.text(max_size=20), st.booleans())
def test_any_text_is_a_day_or_an_error(text: str, last: bool) -> None:
    """No text raises anything else."""
    with contextlib.suppress(ValueError):
        assert isinstance(parse_day(text, today=TODAY, last=last), date)


@given(st.dates())
def test_every_date_is_read_back(day: date) -> None:
    """In the form that chatpaper prints."""
    assert parse_day(day.isoformat(), today=TODAY) == day


def test_today_is_that_of_the_configured_zone() -> None:
    """It is never the same day at both ends of the date line."""
    days = [
        day_of("--since", "today", Config(output=OutputConfig(timezone=zone)))
        for zone in ("Etc/GMT-14", "Etc/GMT+12")
    ]

    assert days[0] is not None
    assert days[1] is not None
    assert days[0] > days[1]
