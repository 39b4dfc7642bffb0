"""What a recorded night consists of, and its files."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import TypeAdapter, ValidationError

import chatpaper
from chatpaper.config import Config
from chatpaper.errors import ConfigError, StoreError
from chatpaper.pipeline.day_post import post_path
from chatpaper.records import RunReport
from chatpaper.store import Store

T = TypeVar("T")

PACKAGES = ("arxiv", "google-genai", "pymupdf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of a night.

    Attributes:
        topics: As given; none means every configured one.
        since, until: Days of submission, as given.
        source: A name of `SOURCES`.
        dry_run: Find only.
    """

    topics: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    source: str = "arxiv"
    dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedNight:
    """The file `night.json`.

    Attributes:
        format: Of the folder.
        versions: Of chatpaper, Python and what a night depends on, by name.
        now: The night's clock, which stands still; aware UTC.
        asked: On the command line.
        config: Without paths, contact and cluster.
    """

    format: Literal[1]
    versions: dict[str, str]
    now: datetime
    asked: Asked
    config: Config


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The file `result.json`.

    Attributes:
        outcomes: Status, reason and count of posted papers, by topic.
        files: SHA-256 of what was written, by path below the posts' folder.
    """

    outcomes: dict[str, tuple[str, str, int]]
    files: dict[str, str]


def versions() -> dict[str, str]:
    """Of chatpaper and of what the text of a post depends on."""
    return {
        "chatpaper": chatpaper.__version__,
        "python": platform.python_version(),
        **{name: version(name) for name in PACKAGES},
    }


def as_options(asked: Asked) -> dict[str, Any]:
    """As arguments of `run`."""
    return {
        "topics": asked.topics,
        "since": asked.since,
        "until": asked.until,
        "source": asked.source,
        "dry_run": asked.dry_run,
    }


def days_of(
    config: Config, now: datetime, store: Store, names: Iterable[str]
) -> list[date]:
    """Days whose posts a night may write: its own, and those that papers wait for."""
    waiting = {
        entry.post_day
        for name in names
        for entry in store.entries(name, "waiting", "failed").values()
        if entry.post_day
    }
    return sorted({now.astimezone(config.output.tz).date(), *waiting})


def posted_files(
    config: Config, names: Iterable[str], days: Iterable[date]
) -> Iterator[Path]:
    """Files of the posts of topics and days, as far as they are there."""
    for day in days:
        for name in names:
            post = post_path(config, name, day)
            yield from filter(Path.is_file, (post, post.with_suffix(".json")))
            pictures = sorted(post.with_suffix("").rglob("*"))
            yield from filter(Path.is_file, pictures)


def result_of(
    reports: Iterable[RunReport],
    config: Config,
    names: Iterable[str],
    days: Iterable[date],
) -> Result:
    """What came of a night."""
    return Result(
        outcomes={r.topic: (r.status, r.why, r.posted) for r in reports},
        files={
            path.relative_to(config.output.dir).as_posix(): hashlib.sha256(
                path.read_bytes()
            ).hexdigest()
            for path in posted_files(config, names, days)
        },
    )


def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def dump(path: Path, record: object) -> None:
    """Write a record's file."""
    path.write_bytes(_adapter(type(record)).dump_json(record, indent=1) + b"\n")


def load(path: Path, kind: type[T]) -> T:
    """Read a record's file.

    Raises:
        ConfigError: There is none, or it is of something else.
    """
    try:
        record: T = _adapter(kind).validate_json(path.read_bytes())
    except FileNotFoundError as error:
        raise ConfigError(str(path), "no such file: not a recording") from error
    except (OSError, ValidationError) as error:
        problem = "not of a recording that this chatpaper can read"
        raise ConfigError(str(path), problem) from error
    return record


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Faults of the disk become a StoreError."""
    try:
        yield
    except OSError as error:
        raise StoreError(str(folder), error.strerror or str(error)) from error
