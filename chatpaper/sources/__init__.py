"""Where papers come from: arXiv, the bundled samples, a folder of PDFs.

To add one, write a module with a `Source` and what opens it, and a line for it in
`SOURCES`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from chatpaper.config import Config
from chatpaper.errors import ArgumentError
from chatpaper.sources.arxiv import (
    open_arxiv,
)
from chatpaper.sources.folder import (
    FolderSource,
    open_samples,
)
from chatpaper.sources.identifier import (
    is_category,
    parse_id,
)
from chatpaper.sources.local_query import (
    excluding_word,
    matches,
    parse_query,
    why_unwanted,
)
from chatpaper.sources.source import (
    Found,
    OpenSource,
    Quiet,
    Source,
    Surroundings,
)

__all__ = [
    "SOURCES",
    "Found",
    "OpenSource",
    "Quiet",
    "Source",
    "Surroundings",
    "excluding_word",
    "is_category",
    "matches",
    "open_source",
    "parse_id",
    "parse_query",
    "why_unwanted",
]

SOURCES: dict[str, OpenSource] = {
    "arxiv": open_arxiv,
    "samples": open_samples,
}


@contextmanager
def open_source(name: str, config: Config, around: Surroundings) -> Iterator[Source]:
    """A source by its name; any other name is the path of a folder of PDFs.

    Raises:
        ConfigError: There is neither a source nor a folder of that name.
    """
    if name in SOURCES:
        with SOURCES[name](config, around) as source:
            yield source
    elif Path(name).is_dir():
        yield FolderSource(Path(name))
    else:
        known = ", ".join(SOURCES)
        raise ArgumentError("source", f"{name}: not {known} or a folder")
