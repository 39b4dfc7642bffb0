"""What is made of the posts once they are published, as files beside them.

A post is its Markdown and its JSON twin, and `posts` writes both. An output knows
nothing of a run: it reads the twins of all posts and says which files to write. To add
one, write a module with an `Output`, and a line for it in `OUTPUTS`; whoever names it
in `output.formats` gets its files. What its reader may change goes into `PAGES`
instead, and lies below `output.notes_dir`, apart from the posts.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from chatpaper.config import OutputConfig
from chatpaper.errors import ConfigError
from chatpaper.outputs.bibliography import newest_versions, write_bibliographies
from chatpaper.outputs.feeds import feed_files, write_feeds
from chatpaper.outputs.kept import Page, check_notes_dir, keep_pages, replace_file
from chatpaper.outputs.pages import write_hugo, write_plain
from chatpaper.outputs.vault import write_vault
from chatpaper.posts import Standing
from chatpaper.records import Post

__all__ = [
    "OUTPUTS",
    "PAGES",
    "Output",
    "Page",
    "check_formats",
    "formats_beside",
    "newest_versions",
    "posts_in",
    "replace_file",
    "write_outputs",
]

log = logging.getLogger(__name__)


class Output(Protocol):
    """Makes files of posts, anew each time."""

    def __call__(
        self, posts: Iterable[Post], settings: OutputConfig
    ) -> Mapping[str, bytes | None]:
        """The files' bytes, by their paths below the folder of the posts, or absolute.

        None stands for a file that must not be there any more.

        Args:
            posts: All of them, oldest first, without their Markdown; may be gone
                through more than once.
            settings: Language and addresses.
        """


class Pages(Protocol):
    """Makes pages of posts, each of which its reader may change, move or delete."""

    def __call__(self, posts: Iterable[Post], settings: OutputConfig) -> Iterator[Page]:
        """The pages, one after another, with their paths below the format's folder.

        Args:
            posts: As for an `Output`.
            settings: Language, names, and where the pictures of the posts lie.
        """


OUTPUTS: dict[str, Output] = {
    "bibtex": write_bibliographies,
    "feeds": write_feeds,
}
PAGES: dict[str, Pages] = {
    "obsidian": write_vault,
    "hugo": write_hugo,
    "plain": write_plain,
}
POSTS = "hexo"  # the posts themselves, which are always written


def check_formats(settings: OutputConfig) -> None:
    """Look whether every format that is asked for is known and has its place.

    Raises:
        ConfigError: One is not, or Hexo would take its pages for posts.
    """
    for name in settings.formats:
        if name not in (POSTS, *OUTPUTS, *PAGES):
            known = ", ".join((POSTS, *OUTPUTS, *PAGES))
            raise ConfigError("output.formats", f"{name}: not one of {known}")
    if PAGES.keys() & set(settings.formats):
        check_notes_dir(settings)


def write_outputs(settings: OutputConfig) -> tuple[str, ...]:
    """Write what is asked for; returns the names of those that failed, each logged.

    Where there is no post at all, as on a disk that is not mounted, all stays as it is.
    """
    failed = []
    posts, names = posts_in(settings.dir), formats_beside(settings)
    for name in names if names and posts.twins() else ():
        try:
            if name in PAGES:
                keep_pages(PAGES[name](posts, settings), settings.notes_dir / name)
                continue
            _remove_of_deleted(posts, settings)
            for path, content in OUTPUTS[name](posts, settings).items():
                _write(settings.dir / path, content)
        except Exception:
            # The posts stand already: no fault of an output may lose them.
            log.exception("output failed name=%s", name)
            failed.append(name)
    return tuple(failed)


def formats_beside(settings: OutputConfig) -> tuple[str, ...]:
    """What is made of the posts besides themselves, each once."""
    return tuple(dict.fromkeys(name for name in settings.formats if name != POSTS))


def posts_in(folder: Path) -> Standing:
    """The posts of a folder, oldest first, as far as their Markdown shows them."""
    return Standing(folder)


def _remove_of_deleted(posts: Standing, settings: OutputConfig) -> None:
    """Remove what outputs wrote of posts that somebody has deleted since."""
    deleted = posts.deleted()
    standing = {twin.stem for twin in posts.twins()} if deleted else ()
    for twin in deleted:
        stale = [twin.with_suffix(".bib")]
        if twin.stem not in standing:
            stale += [settings.dir / path for path in feed_files(twin.stem, settings)]
        for path in stale:
            path.unlink(missing_ok=True)


def _write(path: Path, content: bytes | None) -> None:
    """Write a file whole, or leave it as it was; one that says it already stays."""
    if content is None:
        path.unlink(missing_ok=True)
        return
    if path.is_file() and path.read_bytes() == content:
        return
    replace_file(path, content)
