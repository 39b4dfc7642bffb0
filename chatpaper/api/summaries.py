"""Single papers, summarised."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from chatpaper.api.sheet import Sheet
from chatpaper.config import Config, load_config
from chatpaper.errors import ChatpaperError, ConfigError
from chatpaper.records import Paper
from chatpaper.sources import Source, parse_id


def summarize(name: str | Path, *, config: Config | None = None) -> Sheet:
    """Summarise one paper: a PDF file, or an arXiv id.

    Args:
        name: Path of a PDF, or `2401.11831` with or without a version.
        config: By default that of the working directory.

    Raises:
        FetchError: arXiv has no such paper, or does not answer.
        ConfigError: Neither a file nor an arXiv id.
    """
    (sheet,) = summarize_all([name], config=config)
    return sheet


def summarize_all(
    names: Sequence[str | Path], *, config: Config | None = None
) -> Iterator[Sheet]:
    """Summarise papers one after another; see `summarize`."""
    from chatpaper.pipeline import Controls, digest_paper, failed_result, open_tools

    config = config or load_config()
    # A misspelt name is found before anything is paid for.
    named = [file_or_id(name) for name in names]
    with (
        TemporaryDirectory() as folder,
        open_tools(config, "arxiv", Controls(), by_batch=False) as tools,
    ):
        for name in named:
            paper, pdf = paper_of(name, tools.source)
            result = digest_paper(paper, pdf, Path(folder), config, tools)
            if result.waits is not None:
                error = ChatpaperError(result.waits.text)
                result = failed_result(paper, "summarize", error)
            yield Sheet(
                digest=result.digest,
                images={name: at.read_bytes() for name, at in result.images.items()},
                language=config.output.language,
            )


def file_or_id(name: str | Path) -> Path | str:
    """What a name stands for: a file, or a paper of arXiv."""
    if os.path.isfile(name):  # noqa: PTH113 - a name may be too long for a path
        return Path(name)
    if parse_id(str(name)) is None:
        raise ConfigError(str(name), "no such file, and no arXiv id like 2401.11831v2")
    return str(name)


def paper_of(name: Path | str, source: Source) -> tuple[Paper, Path]:
    """A paper and its PDF, of a file or from a source."""
    if isinstance(name, Path):
        return Paper(id=name.stem, title="", source="folder"), name
    papers = source.get([name])
    if not papers:
        raise ConfigError(name, "arXiv knows no such paper")
    return papers[0], source.pdf(papers[0])
