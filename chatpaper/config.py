"""The configuration: the only reader of YAML settings and of the environment."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml
from platformdirs import user_data_path
from pydantic import Field, ValidationError, field_validator

from chatpaper.errors import ConfigError
from chatpaper.models import PROVIDERS, LlmConfig
from chatpaper.records import Topic
from chatpaper.resources import resource_path
from chatpaper.settings import (
    Address,
    ConfigSection,
    DeliverConfig,
    Folder,
    Lines,
    NotNegative,
    Paths,
    Positive,
    Texts,
    TopicConfig,
    Url,
    WebConfig,
    blame,
    explain,
    topic_entries,
    variable,
)

PREFIX = "CHATPAPER_"


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

    text: Lines = ()
    authors: Texts = ()
    library: Paths = ()
    zotero: Annotated[str, Field(pattern=r"^(?:(?:users|groups)/\d{1,12})?$")] = ""
    zotero_url: Url = "https://api.zotero.org"
    exclude: Texts = ()
    primary_only: bool = False
    encoder: str = "auto"


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
    title: str = ""
    digest_title: str = ""
    author: str = "chatpaper"
    categories: str = "Paper"
    summarize_updates: bool = False
    formats: tuple[str, ...] = ("hexo",)
    site_url: Address = ""
    feeds_dir: Folder = None
    notes_dir: Path = Path("notes")

    @field_validator("timezone")
    @classmethod
    def _known(cls, name: str) -> str:
        try:
            if name:
                _zone(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ValueError(
                "not a time zone such as Asia/Shanghai or +08:00"
            ) from error
        return name

    @field_validator("title")
    @classmethod
    def _has_known_slots(cls, title: str) -> str:
        try:
            title.format(topic="", day="", count=0)
        except (LookupError, ValueError, AttributeError) as error:
            raise ValueError("not a text with {topic}, {day} and {count}") from error
        return title

    @field_validator("digest_title")
    @classmethod
    def _has_slots_of_a_period(cls, title: str) -> str:
        try:
            title.format(topic="", period="", span="", count=0)
        except (LookupError, ValueError, AttributeError) as error:
            told = "not a text with {topic}, {period}, {span} and {count}"
            raise ValueError(told) from error
        return title

    @property
    def tz(self) -> tzinfo | None:
        """The zone whose midnight ends a day; None means the system's."""
        return _zone(self.timezone) if self.timezone else None


def _zone(name: str) -> tzinfo:
    """A zone by its name, or by its distance from UTC."""
    if name[0] in "+-":
        offset = datetime.strptime(name, "%z").tzinfo
        assert offset is not None  # the format has nothing else
        return offset
    return ZoneInfo(name)


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
    deliver: DeliverConfig = DeliverConfig()
    web: WebConfig = WebConfig()

    @field_validator("topics", mode="before")
    @classmethod
    def _as_entries(cls, value: object) -> object:
        return topic_entries(value)

    @property
    def judge_model(self) -> str:
        """The judge's model; empty when it is the one that writes."""
        judge = self.trust.judge_model
        return "" if judge == self.llm.model else judge

    def topic(self, name: str) -> Topic | None:
        """The configured topic of that name, whatever its case, or None.

        One that was configured without queries has none.
        """
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
    # A section that is none, or is unknown, is the file's fault.
    written = frozenset(map(str, data))
    variables = _from_environ(environ)
    chosen = {k: v for k, v in (flags or {}).items() if v is not None}
    problems = [*_overlay(data, variables), *_single_underscores(environ)]
    _overlay(data, chosen)
    try:
        config = Config.model_validate(data)
        problems += _repeated(config)
    except ValidationError as error:
        items = error.errors(include_url=False)
        problems += explain(items, Config, data, key_names=_key_names())
    if problems:
        blamed = blame(problems, str(path), written, variables, chosen, PREFIX)
        (first, words), *rest = blamed.items()
        raise ConfigError(first, "; ".join([words, *map(": ".join, rest)]))
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
    except FileNotFoundError as error:
        reason = "no such file; `chatpaper init` writes a config.yaml"
        raise ConfigError(str(path), reason) from error
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(str(path), "cannot be read: it is not UTF-8") from error
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


def _overlay(
    data: dict[str, Any], values: Mapping[str, object]
) -> list[tuple[str, str]]:
    """Set dotted keys in nested data; tells which cannot be set, and why."""
    problems = []
    for dotted, value in values.items():
        *parents, last = dotted.split(".")
        if parents[:1] == ["topics"]:
            problems.append((dotted, "topics are set in the file"))
            continue
        place: Any = data
        for parent in parents:
            if place.get(parent) is None:
                place[parent] = {}
            place = place[parent]
            if not isinstance(place, dict):
                break  # the file's fault, and found there
        else:
            place[last] = value
    return problems


def _single_underscores(environ: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """`CHATPAPER_OUTPUT_DIR` sets nothing, and is meant to."""
    known = {
        f"{section}_{key}".upper(): variable(f"{section}.{key}", PREFIX)
        for section, field in Config.model_fields.items()
        for key in getattr(field.annotation, "model_fields", ())
    }
    for name in environ:
        meant = known.get(name.removeprefix(PREFIX))
        if meant and name.startswith(PREFIX):
            yield name, f"no such key; did you mean {meant}?"


def _key_names() -> list[str]:
    return [name for provider in PROVIDERS.values() for name in provider.key_names]


def _repeated(config: Config) -> list[tuple[str, str]]:
    """Topics of one name, and those whose posts would be one file."""
    problems, files = [], dict[str, str]()
    for entry in config.topics:
        file = "-".join(entry.name.casefold().split())
        before = files.setdefault(file, entry.name)
        if before is not entry.name:
            same = before.casefold() == entry.name.casefold()
            told = "is there twice" if same else f"would share a post with {before}"
            problems.append(("topics", f"{entry.name} {told}"))
    return problems
