"""A night kept in a folder that can be sent to somebody, and the same night from it.

    night.json    versions, the clock, what was asked for, the configuration
    exchanges/    what arXiv and the model were asked and what they replied (`net`)
    store.json    what the store knew of the topics before the night
    before/       posts of the day that stood before the night
    library/      the files of `interests.library`
    result.json   what came of it, and the sums of what was written
    README.txt    what is in here, for who sends it

A recorded night and its replay take one paper after another, call nothing timed, and
have a clock that stands still: what they write depends on nothing else.
"""

from __future__ import annotations

import json
import logging
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from chatpaper.config import Config, api_key
from chatpaper.errors import ArgumentError, ConfigError
from chatpaper.models import PROVIDERS, LlmConfig
from chatpaper.net import Player, Recorder
from chatpaper.pipeline.assembly import Controls, choose_provider
from chatpaper.pipeline.publish import reconcile
from chatpaper.pipeline.recorded_night import (
    Asked,
    RecordedNight,
    Result,
    as_options,
    days_of,
    disk_errors,
    dump,
    load,
    posted_files,
    result_of,
    versions,
)
from chatpaper.pipeline.relevance import encoder_used
from chatpaper.pipeline.run import run
from chatpaper.pipeline.zotero import zotero_titles
from chatpaper.records import Paper, RunReport
from chatpaper.resources import resource_path
from chatpaper.settings import DeliverConfig
from chatpaper.sources import SOURCES
from chatpaper.sources.arxiv import wanted_topics
from chatpaper.store import (
    Excerpt,
    Store,
    copy_store,
    excerpt_of,
    only_run,
    put_excerpt,
)

log = logging.getLogger(__name__)

# What stands for the key, and is the key of a replay, so that both are told alike.
KEY = "the-key-was-here"
ZOTERO = "zotero.json"
SHORTEST_KEY = 8  # what is shorter is a word


# --------------------------------------------------------------------------------------
# Keeping a night.


def record_night(
    folder: Path, config: Config, asked: Asked, controls: Controls
) -> list[RunReport]:
    """Write the day's posts as `run` does, and keep the night in a folder.

    Raises:
        ConfigError: The folder is not empty, or this night cannot be kept.
        StoreError: As from `run`; what was said until then is kept all the same.
    """
    with disk_errors(folder):
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ArgumentError("record", f"{folder} is there and not empty")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    provider = choose_provider(config.llm, controls.key)[0].name
    now = controls.now()
    recorder = Recorder(folder / "exchanges", _secrets(controls.key, config.llm))
    names = [topic.name for topic in wanted_topics(config, asked.topics)]
    with TemporaryDirectory() as copy, _store_before(config, names, Path(copy)) as old:
        _refuse_unkeepable(config, asked, old)
        days = days_of(config, now, old, names)
        titles = zotero_titles(config, old, controls)
        with disk_errors(folder):
            config = _with_titles(config, titles, Path(copy))
            _write_beginning(folder, config, asked, now, provider, old.stars())
            _copy_posts(config, names, days, folder / "before")
        try:
            reports = run(
                config,
                **as_options(asked),
                key=controls.key,
                now=lambda: now,
                stop=controls.stop,
                tell=controls.tell,
                sleep=controls.sleep,
                transport=recorder,
            )
        finally:
            recorder.finish()
            with disk_errors(folder):
                _write_store(folder, config, names, old)
    with disk_errors(folder):
        dump(folder / "result.json", result_of(reports, config, names, days))
    return reports


def _refuse_unkeepable(config: Config, asked: Asked, store: Store) -> None:
    if asked.source not in SOURCES:
        problem = f"a folder's PDFs are not kept: send {asked.source} as it is"
        raise ArgumentError("record", problem)
    if config.llm.service_tier == "batch" or store.open_jobs():
        problem = (
            "a night with batches is not kept: set llm.service_tier to flex, and run"
            " `chatpaper collect` before"
        )
        raise ArgumentError("record", problem)


@contextmanager
def _store_before(config: Config, names: Sequence[str], copy: Path) -> Iterator[Store]:
    """The store as the night finds it, what an earlier kill left undone settled."""
    storage = config.storage
    with only_run(storage.path, wait_s=storage.lock_wait_s):
        with Store(storage.path) as store:
            for name in names:
                reconcile(config, name, store)
        before = copy_store(storage.path, copy)
    with before:
        yield before


def _write_beginning(
    folder: Path,
    config: Config,
    asked: Asked,
    now: datetime,
    provider: str,
    starred: Sequence[Paper],
) -> None:
    night = RecordedNight(
        format=1,
        versions=versions(),
        now=now,
        asked=asked,
        config=_portable(config, now, provider, starred),
    )
    dump(folder / "night.json", night)
    for path, copy in zip(config.interests.library, _library(config), strict=True):
        if path.expanduser().is_file():
            (folder / copy).parent.mkdir(exist_ok=True)
            shutil.copyfile(path.expanduser(), folder / copy)
    text = resource_path("pipeline/recording.txt").read_text(encoding="utf-8")
    (folder / "README.txt").write_text(text, encoding="utf-8")


def _with_titles(config: Config, titles: Sequence[str], folder: Path) -> Config:
    """The configuration with the titles of a library of the web as a file of it."""
    if not config.interests.zotero:
        return config
    path = folder / ZOTERO
    items = [{"title": title} for title in titles]
    path.write_text(json.dumps(items, ensure_ascii=False), encoding="utf-8")
    library = (*config.interests.library, path)
    mine = config.interests.model_copy(update={"zotero": "", "library": library})
    return config.model_copy(update={"interests": mine})


def _portable(
    config: Config, now: datetime, provider: str, starred: Sequence[Paper]
) -> Config:
    """The configuration as it may be seen, and as it means the same elsewhere."""

    def changed(section: str, **values: object) -> object:
        return getattr(config, section).model_copy(update=values)

    zone = config.output.timezone or _offset(now)
    return config.model_copy(
        update={
            "arxiv": changed("arxiv", contact=""),
            "interests": changed(
                "interests",
                library=_library(config),
                encoder=encoder_used(config, starred),
            ),
            "reading": changed("reading", executor="processes", dask_address=""),
            "llm": changed("llm", provider=provider),
            "output": changed("output", dir=Path("posts"), timezone=zone),
            "storage": changed("storage", dir=None),
            # A night that is recorded tells nobody, and its receivers are not told.
            "deliver": DeliverConfig(),
        }
    )


def _library(config: Config) -> tuple[Path, ...]:
    """Where files of the library are kept, without their names."""
    files = enumerate(config.interests.library, 1)
    return tuple(Path("library", f"{n}{path.suffix}") for n, path in files)


def _offset(now: datetime) -> str:
    """The system's zone at a moment, as a distance from UTC such as `+05:30`."""
    return now.astimezone().isoformat()[-6:]


def _write_store(
    folder: Path, config: Config, names: Sequence[str], old: Store
) -> None:
    """What the store knew of the papers that the night had to do with."""
    with Store(config.storage.path) as new:
        papers = {
            entry.paper.versioned_id
            for store in (old, new)
            for name in names
            for entry in store.entries(name).values()
            if store is new or entry.state != "posted"
        }
    text = excerpt_of(old, names, papers).to_json()
    # Why a paper failed may name a file of this machine.
    for path, word in (
        (config.storage.path.absolute(), "STORAGE"),
        (config.output.dir.absolute(), "POSTS"),
        (Path.home(), "~"),
    ):
        if len(path.parts) > 1:
            text = text.replace(json.dumps(str(path))[1:-1], word)
    (folder / "store.json").write_text(text, encoding="utf-8")


def _copy_posts(
    config: Config, names: Iterable[str], days: Iterable[date], to: Path
) -> None:
    for path in posted_files(config, names, days):
        target = to / path.relative_to(config.output.dir)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)


def _secrets(key: str | None, llm: LlmConfig) -> dict[str, str]:
    """Every key that the run could have used, and what stands in its place.

    A server of one's own may take any word for a key; a short one is no secret, and
    would be cut out of the papers too.
    """
    every = {name for provider in PROVIDERS.values() for name in provider.key_names}
    keys = (key, *(api_key([name]) for name in sorted({*every, llm.key_env})))
    found = {each.strip() for each in keys if each}
    return {each: KEY for each in found if len(each) >= SHORTEST_KEY}


# --------------------------------------------------------------------------------------
# The same night again.


def replay_night(
    folder: Path, output: Path | None, controls: Controls
) -> tuple[list[RunReport], tuple[str, ...]]:
    """Run a recorded night again, without a network, in a store of its own.

    Args:
        folder: From `record_night`.
        output: Where posts are written, empty; by default `replayed` in the folder,
            which is emptied.
        controls: Stop and progress.

    Returns:
        The reports, and what is not as it was: none when it is the same night.

    Raises:
        ConfigError: Not a whole recording, or the output is not empty.
        StoreError: The disk refuses.
    """
    night = load(folder / "night.json", RecordedNight)
    try:
        before = Excerpt.from_json((folder / "store.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        problem = "cannot be read: the recorded run was killed, or the file is damaged"
        raise ConfigError(str(folder / "store.json"), problem) from error
    if night.asked.source not in SOURCES:
        raise ConfigError(str(folder), f"no source is called {night.asked.source}")
    _tell_versions(night)
    player = Player(folder / "exchanges")
    with disk_errors(folder), TemporaryDirectory() as storage:
        config = _at_home(night.config, folder, _empty(folder, output), Path(storage))
        names = [topic.name for topic in wanted_topics(config, night.asked.topics)]
        with Store(config.storage.path) as store:
            put_excerpt(store, before)
            days = days_of(config, night.now, store, names)
        if (folder / "before").is_dir():
            shutil.copytree(
                folder / "before",
                config.output.dir,
                dirs_exist_ok=True,
                ignore=lambda place, found: [n for n in found if _is_link(place, n)],
            )
        reports = run(
            config,
            **as_options(night.asked),
            key=KEY,
            now=lambda: night.now,
            stop=controls.stop,
            tell=controls.tell,
            sleep=lambda _: None,
            transport=player,
        )
        result = result_of(reports, config, names, days)
    return reports, tuple(_differences(folder, player, result))


def _empty(folder: Path, output: Path | None) -> Path:
    """Where posts are written."""
    place = output or folder / "replayed"
    if place.is_symlink():
        raise ConfigError(str(place), "is a link: name a folder with `output=`")
    if output is None:
        shutil.rmtree(place, ignore_errors=True)
    elif output.exists() and any(output.iterdir()):
        raise ArgumentError("output", f"{output} is there and not empty")
    return place


def _at_home(config: Config, folder: Path, output: Path, storage: Path) -> Config:
    """A recording's configuration; it may be a stranger's, and reaches no network.

    Nor does it read any file that is not in the recording.
    """
    reading = {"executor": "processes", "dask_address": ""}
    kept = [folder / "library" / path.name for path in config.interests.library]
    library = tuple(path for path in kept if not path.is_symlink())
    mine = {"library": library, "zotero": ""}
    return config.model_copy(
        update={
            "interests": config.interests.model_copy(update=mine),
            "reading": config.reading.model_copy(update=reading),
            "output": config.output.model_copy(update={"dir": output}),
            "storage": config.storage.model_copy(update={"dir": storage}),
        }
    )


def _differences(folder: Path, player: Player, now: Result) -> Iterator[str]:
    if player.missing:
        count, first = len(player.missing), player.missing[0]
        yield f"no reply is recorded to {count} requests, the first is {first}"
    if unused := player.unused:
        yield f"{len(unused)} exchanges were not used, the first is {unused[0]}"
    if not (folder / "result.json").exists():
        yield "how the recorded night ended is not known: it did not end"
        return
    then = load(folder / "result.json", Result)
    for topic in sorted({*then.outcomes, *now.outcomes}):
        if then.outcomes.get(topic) != now.outcomes.get(topic):
            was, became = then.outcomes.get(topic), now.outcomes.get(topic)
            yield f"{topic} ended otherwise: {was}, now {became}"
    odd = [
        name
        for name in sorted({*then.files, *now.files})
        if then.files.get(name) != now.files.get(name)
    ]
    if odd:
        yield f"{len(odd)} files have other bytes, the first is {odd[0]}"


def _tell_versions(night: RecordedNight) -> None:
    here = versions()
    for name, then in night.versions.items():
        if here.get(name) != then:
            log.warning(
                "recorded with %s %s, replayed with %s %s",
                name,
                then,
                name,
                here.get(name, "unknown"),
            )


def _is_link(place: str, name: str) -> bool:
    return Path(place, name).is_symlink()
