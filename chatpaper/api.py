"""chatpaper in a notebook: read one PDF, summarise one paper, show it.

`chatpaper.pipeline.run` writes whole posts; here are the stages one at a time.
"""

from __future__ import annotations

import base64
import mimetypes
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from chatpaper.config import Config, ReadingConfig, load_config
from chatpaper.errors import ChatpaperError, ConfigError
from chatpaper.records import Digest, Document, Paper, Relevance, Topic
from chatpaper.sources import Found, Source, parse_id
from chatpaper.text import unbroken

if TYPE_CHECKING:
    from chatpaper.site import SiteReport

OUT_OF_A_POST = "chatpaper"
# So many of the newest papers are ranked for a preview.
LOOKED_AT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One paper's digest with its figures, as a notebook shows it.

    Attributes:
        digest: Checked; its `failure` says why it is not whole.
        images: Figures by file name.
        language: Of the fixed words around the claims.
    """

    digest: Digest
    images: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    language: str = "zh"

    @property
    def markdown(self) -> str:
        """The paper's entry as it stands in a post."""
        from chatpaper.posts import render_entry

        return render_entry(self.digest, language=self.language)

    @property
    def json(self) -> str:
        """The digest's records as one line of JSON."""
        from pydantic import TypeAdapter

        return unbroken(TypeAdapter(Digest).dump_json(self.digest).decode())

    def _repr_markdown_(self) -> str:
        return self.markdown

    def _repr_html_(self) -> str:
        from markdown_it import MarkdownIt

        # Every foreign word of an entry is escaped: what HTML is in it, is ours.
        html: str = MarkdownIt("commonmark", {"html": True}).render(self.markdown)
        for name, data in self.images.items():
            kind = mimetypes.guess_type(name)[0] or "image/webp"
            inline = f"data:{kind};base64,{base64.b64encode(data).decode()}"
            html = html.replace(f"{OUT_OF_A_POST}/{name}", inline)
        return html


def read_pdf(path: str | Path, *, max_pages: int = 100) -> Document:
    """Read one PDF, in a process of its own.

    Args:
        path: Of the file.
        max_pages: Pages read, from the first.

    Raises:
        DocumentError: It cannot be read.
    """
    config = Config(reading=ReadingConfig(max_pages=max_pages))
    ((_, read),) = read_pdfs([Path(path)], config)
    if isinstance(read, ChatpaperError):
        raise read
    return read


def read_pdfs(
    paths: Sequence[Path], config: Config | None = None
) -> Iterator[tuple[Path, Document | ChatpaperError]]:
    """Read many PDFs in worker processes; yields them in order.

    A file that cannot be read costs only itself: its error is yielded.
    """
    from chatpaper.pipeline import open_readers
    from chatpaper.reading import parse_document
    from chatpaper.workers import result_of

    config = config or load_config()
    with open_readers(config) as readers:
        pending = [
            readers.submit(
                parse_document, path.stem, path, max_pages=config.reading.max_pages
            )
            for path in paths
        ]
        for path, future in zip(paths, pending, strict=True):
            try:
                yield path, result_of(future, path.stem)
            except ChatpaperError as error:
                yield path, error


def find_papers(
    topic: Topic,
    since: datetime,
    until: datetime,
    *,
    config: Config | None = None,
    limit: int = 30,
) -> Found:
    """Ask arXiv for a topic's papers, and for nothing else.

    Args:
        topic: What to look for.
        since: First moment of submission, aware.
        until: Last one, aware.
        config: By default that of the working directory.
        limit: Newest papers returned.

    Raises:
        FetchError: arXiv does not answer, or refuses.
    """
    from chatpaper.pipeline import Controls, open_papers

    config = config or load_config()
    with open_papers(config, "arxiv", Controls()) as source:
        return source.find(topic, since, until, limit)


def preview_papers(
    topic: Topic,
    since: datetime,
    until: datetime,
    *,
    config: Config | None = None,
    count: int = 10,
) -> tuple[Found, tuple[tuple[Paper, Relevance | None], ...]]:
    """What a run would take first of a topic, each paper with its relevance.

    Without interests and stars these are the newest, and nothing is relevant.

    Args:
        topic: What to look for.
        since: First moment of submission, aware.
        until: Last one, aware.
        config: By default that of the working directory.
        count: Papers returned.

    Raises:
        FetchError: arXiv does not answer, or refuses.
    """
    from chatpaper.pipeline import open_ranking

    config = config or load_config()
    ranker = open_ranking(config, _stars(config))
    limit = LOOKED_AT if ranker else count
    found = find_papers(topic, since, until, config=config, limit=limit)
    if ranker is None:
        return found, tuple((paper, None) for paper in found.papers)
    relevance = ranker.relevance(found.papers)
    order = sorted(found.papers, key=lambda p: relevance[p.id].score, reverse=True)
    return found, tuple((paper, relevance[paper.id]) for paper in order[:count])


def _stars(config: Config) -> tuple[Paper, ...]:
    """The starred papers; to look for them makes no store."""
    from chatpaper.store import Store

    if not config.storage.path.is_dir():
        return ()
    with Store(config.storage.path) as store:
        return store.stars()


def posted_papers(
    *, topic: str | None = None, since: date | None = None, config: Config | None = None
) -> tuple[Paper, ...]:
    """The papers of all posts, each once in its newest version, first posted first.

    Args:
        topic: Only posts on it count.
        since: Only posts of that day and later count.
        config: By default that of the working directory.
    """
    from chatpaper.outputs import newest_versions, posts_in

    config = config or load_config()
    return tuple(
        newest_versions(
            post
            for post in posts_in(config.output.dir)
            if (topic is None or post.topic.casefold() == topic.casefold())
            and (since is None or post.day >= since)
        )
    )


def make_site(
    output: Path,
    *,
    base_url: str = "",
    config: Config | None = None,
    ask_ledger: bool = True,
) -> SiteReport:
    """Make a static site of all posts, or bring it up to date.

    Args:
        output: Folder of the site.
        base_url: Where it will be served; without it the site has no feeds.
        config: By default that of the working directory.
        ask_ledger: Refuse a site that lacks a post which was ever written.

    Raises:
        SiteError: Its gate refuses the site; the last one stays.
    """
    from chatpaper.site import SiteSettings, build_site
    from chatpaper.store import Store

    config = config or load_config()
    posted = {}
    # A store is not made only to find it empty.
    if ask_ledger and any(config.storage.path.glob("*.sqlite3")):
        with Store(config.storage.path) as store:
            posted = store.posted()
    made_with = SiteSettings(
        posts=config.output.dir,
        site=output,
        language=config.output.language,
        zone=config.output.tz,
        base_url=base_url,
    )
    return build_site(made_with, posted)


def named_papers(
    names: Sequence[str], *, config: Config | None = None
) -> Iterator[tuple[str, Paper | ChatpaperError]]:
    """Papers by their ids (`2401.11831`, with or without a version), in order.

    arXiv is asked, once, only for those that no post has. A name that nobody knows
    costs only itself: its error is yielded.

    Raises:
        FetchError: arXiv does not answer.
    """
    from chatpaper.pipeline import Controls, open_papers
    from chatpaper.sources import parse_id

    config = config or load_config()
    ids = {name: parse_id(name) for name in names}
    # A file's name is an id too, for a paper that came from a folder.
    keys = {name: found.spelled if found else name for name, found in ids.items()}
    known: dict[str, Paper] = {}
    for paper in posted_papers(config=config):
        known |= {paper.id: paper, paper.versioned_id: paper}
    if asked := [keys[name] for name in ids if ids[name] and keys[name] not in known]:
        with open_papers(config, "arxiv", Controls()) as source:
            for paper in source.get(asked):
                known[paper.versioned_id] = paper
                known.setdefault(paper.id, paper)
    for name, key in keys.items():
        yield name, known.get(key, ConfigError(name, "neither in a post nor on arXiv"))


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
    named = [_named(name) for name in names]
    with (
        TemporaryDirectory() as folder,
        open_tools(config, "arxiv", Controls(), by_batch=False) as tools,
    ):
        for name in named:
            paper, pdf = _paper_of(name, tools.source)
            result = digest_paper(paper, pdf, Path(folder), config, tools)
            if result.waits is not None:
                error = ChatpaperError(result.waits.text)
                result = failed_result(paper, "summarize", error)
            yield Sheet(
                digest=result.digest,
                images={name: at.read_bytes() for name, at in result.images.items()},
                language=config.output.language,
            )


def _named(name: str | Path) -> Path | str:
    """What a name stands for: a file, or a paper of arXiv."""
    if os.path.isfile(name):  # noqa: PTH113 - a name may be too long for a path
        return Path(name)
    if parse_id(str(name)) is None:
        raise ConfigError(str(name), "no such file, and no arXiv id like 2401.11831v2")
    return str(name)


def _paper_of(name: Path | str, source: Source) -> tuple[Paper, Path]:
    """A paper and its PDF, of a file or from a source."""
    if isinstance(name, Path):
        return Paper(id=name.stem, title="", source="folder"), name
    papers = source.get([name])
    if not papers:
        raise ConfigError(name, "arXiv knows no such paper")
    return papers[0], source.pdf(papers[0])
