"""What is wrong with an argument is said in the words of who gave it."""

import ast
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chatpaper.api.days import as_day, as_moment
from chatpaper.cli.commands import with_options
from chatpaper.config import Config
from chatpaper.errors import ArgumentError, ChatpaperError, ConfigError, SiteError

PACKAGE = Path(__file__).parent.parent / "chatpaper"
CONFIG = Config()
# Rooms that only the command line reaches.
OF_COMMANDS = {"cli", "setup"}
LIBRARY = [
    path
    for path in sorted(PACKAGE.rglob("*.py"))
    if path.relative_to(PACKAGE).parts[0] not in OF_COMMANDS
    if path.name != "searching.py"  # which calls another program
]
FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]+")


def texts(path: Path) -> list[str]:
    """The texts of a module, docstrings aside; one with `{}` is put together."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docs = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented)
        if node.body and isinstance(node.body[0], ast.Expr)
    }
    whole: dict[int, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            parts = [v.value for v in node.values if isinstance(v, ast.Constant)]
            whole |= {id(v): "" for v in node.values}
            whole[id(node)] = "{}".join(map(str, parts))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            whole.setdefault(id(node), "" if id(node) in docs else node.value)
    return list(whole.values())


@pytest.mark.parametrize("path", LIBRARY, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_the_library_names_no_option(path: Path) -> None:
    """But in a whole command that is to be typed."""
    named = [text for text in texts(path) if FLAG.search(text)]

    assert [text for text in named if "chatpaper " not in text] == []


def test_arguments_are_options_on_the_command_line() -> None:
    """Both ways of telling say the same."""
    error = ArgumentError("until", "2024-01-01 is before `since=` 2024-02-01")
    unnamed = ConfigError("topics", "there are none: name one with `topics=`")
    site = SiteError("site", "lacks posts; say `ask_ledger=False`")

    assert str(error) == "argument until: 2024-01-01 is before `since=` 2024-02-01"
    assert with_options(error) == "--until: 2024-01-01 is before --since 2024-02-01"
    assert with_options(unnamed) == "topics: there are none: name one with --topic"
    assert with_options(site) == "site: lacks posts; say --no-ledger"
    assert with_options(ChatpaperError("`x` = y")) == "`x` = y"


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2024-01-22", date(2024, 1, 22)),
        ("2024", date(2024, 1, 1)),
        (date(2024, 1, 22), date(2024, 1, 22)),
        (datetime(2024, 1, 22, 23), date(2024, 1, 22)),  # noqa: DTZ001 - as typed
        (datetime.fromisoformat("2024-01-22T23:00-08:00"), date(2024, 1, 23)),
        (None, None),
    ],
)
def test_a_day_is_understood_however_it_is_given(
    value: str | date | None, day: date | None
) -> None:
    """A text, a date, a moment of any zone."""
    assert as_day("since", value, CONFIG) == day


def test_of_a_month_the_end_is_meant_where_something_ends() -> None:
    """And a moment stays the moment it is."""
    moment = datetime(2024, 1, 22, 7, tzinfo=UTC)

    assert as_day("until", "2024-02", CONFIG, last=True) == date(2024, 2, 29)
    end = as_moment("until", "2024-02", CONFIG, last=True)
    assert end == datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)
    assert as_moment("since", "2024-02", CONFIG) == datetime(2024, 2, 1, tzinfo=UTC)
    assert as_moment("since", moment, CONFIG) == moment


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("someday", "argument since: 'someday' is no day; write 2026-11-24"),
        ("2024-02-30", "argument since: '2024-02-30' is no day of the calendar"),
        (20240122, "argument since: 20240122 is no day: give a date"),
    ],
)
def test_what_is_no_day_is_said_to_be_none(value: str, said: str) -> None:
    """By the argument's name."""
    with pytest.raises(ArgumentError, match=re.escape(said)):
        as_day("since", value, CONFIG)
