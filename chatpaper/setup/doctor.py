"""Checks that everything a nightly run needs is there, and how to mend what is not."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

from chatpaper.config import Config, api_key
from chatpaper.errors import ChatpaperError, ConfigError
from chatpaper.models import (
    VARIABLES,
    Extractor,
    LlmConfig,
    ModelProvider,
    asked_for,
    key_names,
    load_prompt,
)
from chatpaper.store import Store, why_unwritable

PACKAGES = ("arxiv", "google-genai", "httpx2", "pymupdf", "pydantic")
TIMEOUT_S = 15.0
FREE_MB = 500  # a night of 30 papers keeps about 60 MB of PDFs
Health = Literal["ok", "warn", "bad"]
HTTP_OK = 200
LOOKED_AT = 50  # runs, for how each topic's newest ended
CLOCK_S = 300  # arXiv's windows are minutes; a day that ends wrongly is worse


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What one check found.

    Attributes:
        name: Of the check.
        health: `ok`, `warn` for what a run can do without, `bad` for what it cannot.
        text: What was found.
        fix: What to do about it; empty when nothing is to be done.
    """

    name: str
    health: Health
    text: str
    fix: str = ""


def examine(
    config: Config,
    *,
    environ: Mapping[str, str] | None = None,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Iterator[Diagnosis]:
    """Check configuration, versions, disk, arXiv, clock, key and model, in order.

    Sends one request to arXiv and one to the model. Never shows the key.

    Args:
        config: As loaded; that it loads is the first check.
        environ: Where the key is looked for; by default the process's.
        now: Aware UTC.
    """
    topics = ", ".join(entry.name for entry in config.topics)
    yield (
        Diagnosis(name="config", health="ok", text=f"topics: {topics}")
        if topics
        else Diagnosis(
            name="config",
            health="warn",
            text="no topics",
            fix="add one to config.yaml, or name it with --topic",
        )
    )
    yield _versions()
    yield _prompts()
    yield _store(config)
    for name, folder in (
        ("storage", config.storage.path),
        ("posts", config.output.dir),
    ):
        yield _folder(name, folder)
    yield from _arxiv(config, now)
    yield _model(config.llm, environ)
    asks = config.trust.judge and config.llm.provider != "extractive"
    if asks and config.judge_model:
        yield _judge(config, environ)
    if config.deliver.channels:
        from chatpaper.setup.receipts import examine_deliveries

        for name, health, text, fix in examine_deliveries(config, environ):
            yield Diagnosis(name=name, health=health, text=text, fix=fix)


def _versions() -> Diagnosis:
    found = [f"Python {sys.version.split()[0]}"]
    for name in PACKAGES:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            return Diagnosis(
                name="versions",
                health="bad",
                text=f"{name} is missing",
                fix="install chatpaper again: pip install --force-reinstall chatpaper",
            )
    return Diagnosis(name="versions", health="ok", text=", ".join(found))


def _prompts() -> Diagnosis:
    try:
        for name in VARIABLES:
            load_prompt(name)
    except ChatpaperError as error:
        return Diagnosis(
            name="prompts", health="bad", text=str(error), fix="install it again"
        )
    return Diagnosis(name="prompts", health="ok", text="whole")


def _store(config: Config) -> Diagnosis:
    try:
        with Store(config.storage.path) as store:
            runs = store.runs(LOOKED_AT)
    except ChatpaperError as error:
        return Diagnosis(
            name="store",
            health="bad",
            text=str(error),
            fix="free the disk, or move the file away: papers are then posted anew",
        )
    if not runs:
        return Diagnosis(name="store", health="ok", text="no run yet")
    ours = {topic.name for topic in config.topics}
    newest = {r.topic: r.status for _, r in reversed(runs) if r.topic in ours}
    ends = [f"{topic} {status}" for topic, status in newest.items()]
    text = "; ".join([f"last run {runs[0][0]:%Y-%m-%d %H:%M} UTC", *ends])
    if "failed" in newest.values():
        fix = "`chatpaper runs` says why"
        return Diagnosis(name="store", health="warn", text=text, fix=fix)
    return Diagnosis(name="store", health="ok", text=text)


def _folder(name: str, folder: Path) -> Diagnosis:
    if why := why_unwritable(folder):
        return Diagnosis(
            name=name,
            health="bad",
            text=f"{folder} cannot be written: {why}",
            fix=f"give yourself the right to write there, or set {name}'s folder",
        )
    place = next(p for p in (folder, *folder.parents) if p.exists())
    free_mb = shutil.disk_usage(place).free // 2**20
    if free_mb < FREE_MB:
        return Diagnosis(
            name=name,
            health="warn",
            text=f"{folder}: {free_mb} MB free",
            fix=f"free some disk: a night may need {FREE_MB} MB",
        )
    return Diagnosis(name=name, health="ok", text=f"{folder}: {free_mb} MB free")


def _arxiv(config: Config, now: Callable[[], datetime]) -> Iterator[Diagnosis]:
    import httpx2

    from chatpaper.net import broken, no_network, open_client, user_agent

    url = f"{config.arxiv.base_url}/api/query"
    try:
        with open_client(timeout=TIMEOUT_S) as client:
            reply = client.get(
                url,
                params={"search_query": "cat:cs.CV", "max_results": "1"},
                headers={"User-Agent": user_agent(config.arxiv.contact)},
            )
    except ConfigError as error:
        fix = "correct or unset it"
        yield Diagnosis(name="arXiv", health="bad", text=str(error), fix=fix)
        return
    except httpx2.HTTPError as error:
        yield Diagnosis(
            name="arXiv",
            health="bad",
            text=f"{url}: {no_network(error, url) or broken(error, TIMEOUT_S)}",
            fix="check the network, HTTPS_PROXY if you need one, and arxiv.base_url",
        )
        return
    if reply.status_code != httpx2.codes.OK or b"<feed" not in reply.content[:2000]:
        yield Diagnosis(
            name="arXiv",
            health="bad",
            text=f"{url}: HTTP {reply.status_code}, not a feed",
            fix="wait an hour when it throttles; set arxiv.contact",
        )
    else:
        yield Diagnosis(name="arXiv", health="ok", text=url)
    yield _clock(reply.headers.get("date", ""), now())


def _clock(stamp: str, now: datetime) -> Diagnosis:
    try:
        off_s = (now - parsedate_to_datetime(stamp)).total_seconds()
    except (ValueError, TypeError):
        return Diagnosis(name="clock", health="warn", text="arXiv did not say the time")
    if abs(off_s) > CLOCK_S:
        return Diagnosis(
            name="clock",
            health="bad",
            text=f"{off_s:+.0f} s from arXiv's",
            fix="set the system's clock, for example with NTP",
        )
    return Diagnosis(name="clock", health="ok", text=f"{off_s:+.0f} s from arXiv's")


def _judge(config: Config, environ: Mapping[str, str] | None) -> Diagnosis:
    """The same of a judge that is not the model that writes."""
    found = _model(config.judge_llm, environ)
    text = found.text
    if text.startswith("no key:"):
        text = "no key: without a judge nothing is posted"
    fix = found.fix.replace("llm.model", "trust.judge_model")
    return replace(found, name="judge", text=text, fix=fix)


def _model(llm: LlmConfig, environ: Mapping[str, str] | None) -> Diagnosis:
    models = [p for p in asked_for(llm.provider) if not isinstance(p, Extractor)]
    if not models:
        text = f"{llm.provider}: none is needed"
        return Diagnosis(name="model", health="ok", text=text)
    names = {p.name: key_names(p, llm) for p in models}
    keys = {p.name: api_key(names[p.name], environ) for p in models}
    provider = next((p for p in models if keys[p.name] or not names[p.name]), None)
    if provider is None:
        is_auto = llm.provider == "auto"
        without = "posts are made of the papers' own sentences"
        return Diagnosis(
            name="model",
            health="warn" if is_auto else "bad",
            text=f"no key: {without if is_auto else 'nothing can be posted'}",
            fix=f"set {names[models[0].name][0]} in the environment",
        )
    import httpx2

    from chatpaper.net import broken, no_network, open_client

    url, headers = provider.probe(llm, keys[provider.name] or "")
    try:
        with open_client(timeout=TIMEOUT_S) as client:
            reply = client.get(url, headers=dict(headers))
    except ConfigError as error:
        fix = "correct or unset it"
        return Diagnosis(name="model", health="bad", text=str(error), fix=fix)
    except UnicodeEncodeError:
        text, fix = "the key holds a character that no key has", "copy the key again"
        return Diagnosis(name="model", health="bad", text=text, fix=fix)
    except httpx2.HTTPError as error:
        text = f"{url}: {no_network(error, url) or broken(error, TIMEOUT_S)}"
        fix = "check the network, and HTTPS_PROXY if you need one"
        return Diagnosis(name="model", health="bad", text=text, fix=fix)
    return _answered(llm, provider, url, reply.status_code, reply.content)


def _answered(
    llm: LlmConfig, provider: ModelProvider, url: str, status: int, body: bytes
) -> Diagnosis:
    """What a model's server says of the key and the model."""
    is_ok = status == HTTP_OK
    text, fix = provider.doubt(llm, status, body)
    if text:
        health: Health = "warn" if is_ok else "bad"
        return Diagnosis(name="model", health=health, text=text, fix=fix)
    if is_ok:
        to = "to the key" if key_names(provider, llm) else "without a key"
        return Diagnosis(name="model", health="ok", text=f"{llm.model} answers {to}")
    refused = f"the key is refused: make a new one at {provider.key_page}"
    fixes = {
        400: refused,
        401: refused,
        403: refused,
        404: "no such model: set llm.model to a current one",
        429: "the quota is spent: wait, or raise it",
    }
    fix = fixes.get(status, "try again later")
    return Diagnosis(name="model", health="bad", text=f"{url}: HTTP {status}", fix=fix)
