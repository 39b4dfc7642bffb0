"""What batches have brought since they were ordered: collected and published."""

from __future__ import annotations

from chatpaper.config import Config
from chatpaper.models import PROVIDERS, Extractor
from chatpaper.pipeline.asking import choose_provider
from chatpaper.pipeline.assembly import open_tools
from chatpaper.pipeline.controls import Controls
from chatpaper.pipeline.deliveries import deliver_reports
from chatpaper.pipeline.folders import lock_store, refuse_unwritable
from chatpaper.pipeline.outcomes import ORDERED
from chatpaper.pipeline.renewing import publish_outputs
from chatpaper.pipeline.run import run_topic
from chatpaper.pipeline.select import Task
from chatpaper.records import RunReport, Topic
from chatpaper.sources import Found
from chatpaper.store import LedgerEntry


def collect(
    config: Config,
    *,
    source: str = "arxiv",
    controls: Controls,
) -> list[RunReport]:
    """Ask for every batch that is under way, and publish the papers that waited.

    Nothing new is looked for. A paper that no batch had a reply for is dealt with as
    in any run. Papers of a backfill join the posts of their days.

    Args:
        config: Checked.
        source: Where the papers' PDFs are: a name of `SOURCES`, or a folder.
        controls: Key, clock, stop and progress.

    Returns:
        One report for each topic with papers that waited.

    Raises:
        ConfigError: No key, or no such folder.
        StoreError: The store or the disk refuses, or another run holds the store.
    """
    config = _with_model(config, controls.key)
    refuse_unwritable(config)
    reports = []
    with (
        lock_store(config, controls),
        open_tools(config, source, controls) as tools,
    ):

        def is_here(entry: LedgerEntry) -> bool:
            ordered = entry.reason == ORDERED.text
            return ordered and entry.paper.source == tools.source.name

        for name in tools.store.topics("waiting"):
            if not any(map(is_here, tools.store.entries(name, "waiting").values())):
                continue
            started = controls.now()
            task = Task(
                topic=Topic(name=name, queries=()),
                since=started,
                until=started,
                day=started.astimezone(config.output.tz).date(),
                found=Found(papers=(), query="", total=0),
                takes=is_here,
            )
            report = run_topic(task, config, tools)
            tools.store.add_run(started, report)
            reports.append(report)
        if tools.batches:
            tools.batches.collect()
        reports = publish_outputs(reports, config, tools.store)
        # That a batch is not there yet is no news.
        return deliver_reports(reports, config, tools, lines=False)


def _with_model(config: Config, key: str | None) -> Config:
    """The configuration with a language model: nothing may stand in for a batch's."""
    llm = config.llm
    if llm.provider != "auto" and isinstance(PROVIDERS[llm.provider], Extractor):
        llm = llm.model_copy(update={"provider": "auto"})
    provider, _ = choose_provider(llm, key, need="batches are made by a model")
    llm = llm.model_copy(update={"provider": provider.name})
    return config.model_copy(update={"llm": llm})
