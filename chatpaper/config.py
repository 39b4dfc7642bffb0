"""The configuration: the only reader of YAML settings and of the environment."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import tzinfo
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from platformdirs import user_data_path
from pydantic import Field, ValidationError, field_validator

from chatpaper.config_section import ConfigSection, NotNegative, Positive, Url
from chatpaper.errors import ConfigError
from chatpaper.models import LlmConfig
from chatpaper.records import Topic
from chatpaper.resources import resource_path

PREFIX = "CHATPAPER_"


class TopicConfig(ConfigSection):
    """One entry of `topics`."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    queries: Annotated[tuple[str, ...], Field(min_length=1)]
    categories: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    find: Literal["search", "announced", "both"] | None = None


class ArxivConfig(ConfigSection):
    """How arXiv is asked."""

    base_url: Url = "https://export.arxiv.org"
    rss_base_url: Url = "https://rss.arxiv.org"
    contact: str = ""
    gap_s: NotNegative = 3.0
    timeout_s: Positive = 30.0
    tries: Annotated[int, Field(ge=1, le=20)] = 5
    max_wait_s: NotNegative = 300.0
    lookback_days: Annotated[int, Field(ge=1, le=3650)] = 7
    max_papers: Annotated[int, Field(ge=1, le=30_000)] = 30
    find: Literal["search", "announced", "both"] = "search"


class InterestsConfig(ConfigSection):
    """What the reader cares for; without any of it nothing is ranked."""

    text: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    library: tuple[Path, ...] = ()
    exclude: tuple[str, ...] = ()
    primary_only: bool = False
    encoder: str = "auto"

    @field_validator("text", mode="before")
    @classmethod
    def _lines(cls, value: object) -> object:
        return tuple(value.splitlines()) if isinstance(value, str) else value


class ReadingConfig(ConfigSection):
    """How PDFs are read."""

    max_pages: Annotated[int, Field(ge=1)] = 100
    timeout_s: Positive = 60.0
    max_mb: Annotated[int, Field(ge=1)] = 60
    max_memory_mb: Annotated[int, Field(ge=300, le=1_000_000)] = 1500
    workers: Annotated[int, Field(ge=0, le=256)] = 0
    executor: Literal["processes", "dask"] = "processes"
    dask_address: str = ""
    send_bytes: bool = True


class TrustConfig(ConfigSection):
    """What happens to claims that the paper does not bear out."""

    judge: bool = True
    judge_model: str = ""
    repair: bool = True
    unsupported: Literal["mark", "drop"] = "mark"


class FiguresConfig(ConfigSection):
    """Which figures are shown."""

    max_per_paper: Annotated[int, Field(ge=0, le=50)] = 3
    width_px: Annotated[int, Field(ge=100, le=4000)] = 1000


class OutputConfig(ConfigSection):
    """Where posts go and what they look like."""

    dir: Path = Path("posts")
    language: Literal["zh", "en"] = "zh"
    timezone: str = ""
    author: str = "chatpaper"
    categories: str = "Paper"
    summarize_updates: bool = False
    formats: tuple[str, ...] = ("hexo",)

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            if name:
                ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError("not a time zone such as Asia/Shanghai") from error
        return name

    @property
    def tz(self) -> tzinfo | None:
        """The zone whose midnight ends a day; None means the system's."""
        return ZoneInfo(self.timezone) if self.timezone else None


class StorageConfig(ConfigSection):
    """Where PDFs and paid-for summaries are kept."""

    dir: Path | None = None
    retries: Annotated[int, Field(ge=0, le=1000)] = 5
    lock_wait_s: NotNegative = 600.0

    @field_validator("dir", mode="before")
    @classmethod
    def _empty_is_default(cls, value: object) -> object:
        return value or None

    @property
    def path(self) -> Path:
        """The folder in use."""
        return self.dir or user_data_path("chatpaper", appauthor=False)


class Config(ConfigSection):
    """The whole configuration, checked."""

    topics: tuple[TopicConfig, ...] = ()
    arxiv: ArxivConfig = ArxivConfig()
    interests: InterestsConfig = InterestsConfig()
    reading: ReadingConfig = ReadingConfig()
    llm: LlmConfig = LlmConfig()
    trust: TrustConfig = TrustConfig()
    figures: FiguresConfig = FiguresConfig()
    output: OutputConfig = OutputConfig()
    storage: StorageConfig = StorageConfig()

    @property
    def judge_model(self) -> str:
        """The judge's model; empty when it is the one that writes."""
        judge = self.trust.judge_model
        return "" if judge == self.llm.model else judge

    def topic(self, name: str) -> Topic | None:
        """The configured topic of that name, whatever its case, or None."""
        for entry in self.topics:
            if entry.name.casefold() == name.casefold():
                return Topic(
                    name=entry.name,
                    queries=entry.queries,
                    categories=entry.categories,
                    exclude=entry.exclude,
                    find=entry.find or self.arxiv.find,
                )
        return None

    def narrowed(self, topic: Topic) -> Topic:
        """A topic without the papers that the interests rule out."""
        kept = self.interests
        return replace(
            topic,
            exclude=(*topic.exclude, *kept.exclude),
            primary_only=kept.primary_only,
        )


def load_config(
    path: Path | None = None,
    environ: Mapping[str, str] | None = None,
    flags: Mapping[str, object] | None = None,
) -> Config:
    """Read the configuration: flag over environment over file over default.

    Args:
        path: A YAML file; by default `config.yaml` of the working directory, else
            the bundled one.
        environ: Variables `CHATPAPER_SECTION__KEY`; by default the process's.
        flags: `{"output.dir": ...}` from the command line; None values are left out.

    Raises:
        ConfigError: Not YAML, or bad keys: one message names them all.
    """
    environ = os.environ if environ is None else environ
    if path is None:
        here = Path("config.yaml")
        path = here if here.is_file() else resource_path("config.yaml")
    data = _read_yaml(path)
    problems = _overlay(data, _from_environ(environ)) if isinstance(data, dict) else []
    _overlay(data, {k: v for k, v in (flags or {}).items() if v is not None})
    try:
        config = Config.model_validate(data)
    except ValidationError as error:
        problems += [_problem(item) for item in error.errors(include_url=False)]
        raise ConfigError(str(path), "; ".join(problems)) from None
    problems += _repeated(config)
    if problems:
        raise ConfigError(str(path), "; ".join(problems))
    return config


def api_key(
    names: Iterable[str], environ: Mapping[str, str] | None = None
) -> str | None:
    """The first key that the environment has under one of these names."""
    environ = os.environ if environ is None else environ
    keys = (environ.get(name, "").strip() for name in names)
    return next(filter(None, keys), None)


def _read_yaml(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(str(path), f"cannot be read: {error}") from error
    except yaml.YAMLError as error:
        raise ConfigError(
            str(path), f"not YAML: {' '.join(str(error).split())}"
        ) from error
    if data is None:
        return {}
    if not isinstance(data, dict):
        raise ConfigError(str(path), "not a mapping of sections")
    return data


def _from_environ(environ: Mapping[str, str]) -> dict[str, object]:
    """`CHATPAPER_ARXIV__GAP_S=0` as `{"arxiv.gap_s": "0"}`; YAML for lists and maps."""
    found: dict[str, object] = {}
    for name, text in environ.items():
        if name.startswith(PREFIX) and "__" in name:
            try:
                value = yaml.safe_load(text)
            except yaml.YAMLError:
                value = text
            key = name.removeprefix(PREFIX).lower().replace("__", ".")
            found[key] = value if isinstance(value, list | dict) else text
    return found


def _overlay(data: dict[str, Any], values: Mapping[str, object]) -> list[str]:
    """Set dotted keys in nested data; says which cannot be set."""
    problems = []
    for dotted, value in values.items():
        *parents, last = dotted.split(".")
        place: Any = data
        for parent in parents:
            if place.get(parent) is None:
                place[parent] = {}
            place = place[parent]
            if not isinstance(place, dict):
                problems.append(f"{dotted}: {parent} is not a section")
                break
        else:
            place[last] = value
    return problems


def _problem(item: Mapping[str, Any]) -> str:
    where = ".".join(str(part) for part in item["loc"]) or "file"
    text = "unknown key" if item["type"] == "extra_forbidden" else str(item["msg"])
    return f"{where}: {text[0].lower()}{text[1:]}"


def _repeated(config: Config) -> list[str]:
    names = [entry.name.casefold() for entry in config.topics]
    return [
        f"topics: {entry.name} is there twice"
        for i, entry in enumerate(config.topics)
        if names.index(entry.name.casefold()) < i
    ]
