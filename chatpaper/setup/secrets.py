"""Which variables a nightly job must hand on, by what config.yaml names."""

from __future__ import annotations

from chatpaper.config import Config
from chatpaper.models import LlmConfig, asked_for, key_names
from chatpaper.settings import AppriseChannel, Channel, MailChannel

_BIBTEX = (".bib", ".bibtex")


def variables_of(config: Config) -> tuple[str, ...]:
    """Names of the variables with keys, passwords and webhooks, each once."""
    names = _keys(config.llm)
    if config.llm.provider != "extractive" and config.trust.judge:
        names += _keys(config.judge_llm)
    if config.interests.zotero:
        names.append("ZOTERO_API_KEY")
    for channel in config.deliver.channels:
        names += _secrets(channel)
    return tuple(dict.fromkeys(names))


def _keys(llm: LlmConfig) -> list[str]:
    """The variable that a model's key is in; of several the one that we speak of."""
    return [name for p in asked_for(llm.provider) for name in key_names(p, llm)[:1]]


def _secrets(channel: Channel) -> list[str]:
    if isinstance(channel, MailChannel):
        return [channel.user_env, channel.password_env]
    if isinstance(channel, AppriseChannel):
        return [channel.url_env]
    webhook, secret = channel.variables
    return [webhook] if channel.kind == "wecom" else [webhook, secret]


def extras_of(config: Config) -> tuple[str, ...]:
    """The extras of the package that a configuration makes use of."""
    channels = config.deliver.channels
    notifies = any(isinstance(channel, AppriseChannel) for channel in channels)
    kept = config.interests
    reads = any(path.suffix.casefold() in _BIBTEX for path in kept.library)
    ranks = reads or kept.encoder not in ("auto", "words")
    return tuple(
        name for name, wanted in (("notify", notifies), ("rank", ranks)) if wanted
    )
