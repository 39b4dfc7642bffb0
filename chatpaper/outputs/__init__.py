"""What is made of the posts once they are published, as files beside them.

A post is its Markdown and its JSON twin, and `posts` writes both. An output knows
nothing of a run: it reads the twins of all posts and says which files to write. To add
one, write a module with an `Output`, and a line for it in `OUTPUTS`.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from chatpaper.posts import read_post_data
from chatpaper.records import Post

__all__ = ["OUTPUTS", "Output", "write_outputs"]

log = logging.getLogger(__name__)


class Output(Protocol):
    """Makes files of posts, anew each time."""

    def __call__(self, posts: Iterable[Post]) -> Mapping[str, bytes]:
        """The files' bytes, by their paths below the folder of the posts.

        Args:
            posts: All of them, oldest first, without their Markdown; may be gone
                through more than once.
        """


OUTPUTS: dict[str, Output] = {}


def write_outputs(folder: Path) -> tuple[str, ...]:
    """Write every output; returns the names of those that failed, each logged."""
    failed = []
    for name, output in OUTPUTS.items():
        try:
            for path, content in output(_Twins(folder)).items():
                _write(folder / path, content)
        except Exception:
            # The posts stand already: no fault of an output may lose them.
            log.exception("output failed name=%s", name)
            failed.append(name)
    return tuple(failed)


@dataclass(frozen=True, slots=True)
class _Twins(Iterable[Post]):
    """The posts of a folder, read from their twins one by one."""

    folder: Path

    def __iter__(self) -> Iterator[Post]:
        for twin in sorted(self.folder.glob("*/*.json")):
            try:
                yield read_post_data(twin.read_text(encoding="utf-8"))
            except ValueError:
                log.warning("not the twin of a post: %s", twin)


def _write(path: Path, content: bytes) -> None:
    """Write a file whole, or leave it as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".chatpaper-{os.getpid()}-{path.name}")
    temporary.write_bytes(content)
    temporary.replace(path)
