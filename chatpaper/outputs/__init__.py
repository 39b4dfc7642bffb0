"""What is made of the posts once they are published, as files beside them.

A post is its Markdown and its JSON twin, and `posts` writes both. An output knows
nothing of a run: it reads the twins of all posts and says which files to write. To add
one, write a module with an `Output`, and a line for it in `OUTPUTS`; whoever names it
in `output.formats` gets its files.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from chatpaper.config import OutputConfig
from chatpaper.errors import ConfigError
from chatpaper.outputs.bibliography import newest_versions, write_bibliographies
from chatpaper.outputs.feeds import write_feeds
from chatpaper.posts import read_post_data
from chatpaper.records import Post

__all__ = [
    "OUTPUTS",
    "Output",
    "check_formats",
    "newest_versions",
    "posts_in",
    "write_outputs",
]

log = logging.getLogger(__name__)

_DAY = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"


class Output(Protocol):
    """Makes files of posts, anew each time."""

    def __call__(
        self, posts: Iterable[Post], settings: OutputConfig
    ) -> Mapping[str, bytes]:
        """The files' bytes, by their paths below the folder of the posts, or absolute.

        Args:
            posts: All of them, oldest first, without their Markdown; may be gone
                through more than once.
            settings: Language and addresses.
        """


OUTPUTS: dict[str, Output] = {
    "bibtex": write_bibliographies,
    "feeds": write_feeds,
}
POSTS = "hexo"  # the posts themselves, which are always written


def check_formats(settings: OutputConfig) -> None:
    """Look whether every format that is asked for is known.

    Raises:
        ConfigError: One is not.
    """
    for name in settings.formats:
        if name not in (POSTS, *OUTPUTS):
            known = ", ".join((POSTS, *OUTPUTS))
            raise ConfigError("output.formats", f"{name}: not one of {known}")


def write_outputs(settings: OutputConfig) -> tuple[str, ...]:
    """Write what is asked for; returns the names of those that failed, each logged."""
    failed = []
    for name in dict.fromkeys(settings.formats):
        if name == POSTS:
            continue
        try:
            files = OUTPUTS[name](posts_in(settings.dir), settings)
            for path, content in files.items():
                _write(settings.dir / path, content)
        except Exception:
            # The posts stand already: no fault of an output may lose them.
            log.exception("output failed name=%s", name)
            failed.append(name)
    return tuple(failed)


def posts_in(folder: Path) -> Iterable[Post]:
    """The posts of a folder, oldest first, without their Markdown.

    They are read one by one from their JSON twins, anew each time they are gone
    through. A file that is no twin is logged and left out.
    """
    return _Twins(folder)


@dataclass(frozen=True, slots=True)
class _Twins(Iterable[Post]):
    folder: Path

    def __iter__(self) -> Iterator[Post]:
        for twin in sorted(self.folder.glob(f"{_DAY}/*.json")):
            try:
                yield read_post_data(twin.read_text(encoding="utf-8"))
            except ValueError:
                log.warning("not the twin of a post: %s", twin)


def _write(path: Path, content: bytes) -> None:
    """Write a file whole, or leave it as it was; one that says it already stays."""
    if path.is_file() and path.read_bytes() == content:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".chatpaper-{os.getpid()}-{path.name}")
    temporary.write_bytes(content)
    temporary.replace(path)
