"""Pages that belong to their reader once they are written.

Beside them lies a list of what was written, with its hash. A page that still has that
hash may be written anew, and goes when its post has gone; one that has another was
changed by hand and stays; one that is gone was taken out or moved, and stays away.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from chatpaper import __version__
from chatpaper.config import OutputConfig
from chatpaper.errors import ConfigError, StoreError
from chatpaper.records import Post

log = logging.getLogger(__name__)

LIST = ".chatpaper.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A text and the pictures it shows.

    Attributes:
        path: Below the folder of its format.
        made_from: Changes whenever the text may: years of pages are not made anew
            every night.
        text: Makes the whole file.
        pictures: Where each picture is taken from, by its path below that folder.
    """

    path: str
    made_from: str
    text: Callable[[], str]
    pictures: Mapping[str, Path]


class Written(NamedTuple):
    """What the list says of a page: what it was made from, and its hash.

    A picture is made from nothing.
    """

    made_from: str
    sha256: str


def keep_pages(pages: Iterable[Page], folder: Path) -> None:
    """Write the pages that are new, or that nobody has changed since.

    Those that are not among them any more, nor changed by hand, are removed.

    Raises:
        StoreError: The list of what was written cannot be read.
        OSError: The disk refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written = _read_list(folder / LIST)
    before = dict(written)
    made: set[str] = set()
    try:
        for page in pages:
            made |= {page.path, *page.pictures}
            known = written.get(page.path)
            if known and known.made_from == page.made_from:
                continue
            if is_kept := _keep(page, folder, known):
                written |= {page.path: is_kept, **_copied(page.pictures, folder)}
            else:
                log.info("left as it is path=%s", folder / page.path)
        _remove_stale(written, made, folder)
    finally:
        # What was written before a fault is ours on the next night, too.
        if written != before:
            text = json.dumps(written, ensure_ascii=False, indent=0, sort_keys=True)
            replace_file(folder / LIST, text.encode())


def _keep(page: Page, folder: Path, known: Written | None) -> Written | None:
    """Write a page; None when it is no longer ours."""
    content = page.text().encode("utf-8", "ignore")
    new = _sha256(content)
    path = folder / page.path
    if not _is_ours(path, known.sha256 if known else None, new):
        return None
    if not known or known.sha256 != new:
        replace_file(path, content)
    return Written(page.made_from, new)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file whole, or leave it as it was."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".chatpaper-{os.getpid()}-{path.name}")
    temporary.write_bytes(content)
    temporary.replace(path)


def _is_ours(path: Path, written: str | None, new: str) -> bool:
    """Whether a page may be written: it is new, or as it was written last."""
    if path.is_symlink():
        return False
    if not path.exists():
        return written is None
    return path.is_file() and _sha256(path.read_bytes()) in (written, new)


def fingerprint(post: Post, settings: OutputConfig) -> str:
    """By which is known whether a post's pages are up to date."""
    chosen = __version__, settings.language, settings.author, settings.timezone
    return hashlib.sha256("\n".join([*chosen, post.data]).encode()).hexdigest()


def _sha256(content: bytes) -> str:
    """By which a page is known again; git and Windows may give it other line ends."""
    return hashlib.sha256(content.replace(b"\r\n", b"\n")).hexdigest()


def _copied(pictures: Mapping[str, Path], folder: Path) -> dict[str, Written]:
    """Copy the pictures that are not there yet; what the list says of these."""
    copied = {}
    for name, source in pictures.items():
        target = folder / name
        if not target.exists() and source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            copied[name] = Written("", _sha256(target.read_bytes()))
    return copied


def _remove_stale(written: dict[str, Written], made: set[str], folder: Path) -> None:
    """Remove what no post asks for any more, unless somebody has changed it.

    Where that is most of all pages, the posts are elsewhere, not gone.
    """
    stale = written.keys() - made
    pages = {name for name, known in written.items() if known.made_from}
    if 2 * len(stale & pages) > len(pages):
        log.warning("%d pages have no post any more: left in %s", len(stale), folder)
        return
    for name in sorted(stale):
        path = folder / name
        is_inside = path.resolve().is_relative_to(folder.resolve())
        if path.is_symlink() or not (is_inside and path.is_file()):
            continue
        if _sha256(path.read_bytes()) == written[name].sha256:
            path.unlink()
            del written[name]
            for above in path.parents:
                if above == folder or any(above.iterdir()):
                    break
                above.rmdir()


def _read_list(path: Path) -> dict[str, Written]:
    if not path.exists():
        return {}
    try:
        written = json.loads(path.read_text(encoding="utf-8"))
        return {name: Written(*map(str, known)) for name, known in written.items()}
    except (ValueError, AttributeError, TypeError) as error:
        reason = (
            "not a list of pages; without it, pages that exist are left as they are"
        )
        raise StoreError(str(path), reason) from error


# --------------------------------------------------------------------------------------
# Where they may lie.


def check_notes_dir(settings: OutputConfig) -> None:
    """Look whether Hexo would post the pages a second time.

    Raises:
        ConfigError: It would.
    """
    folder = settings.notes_dir.resolve()
    posts = settings.dir.resolve()
    reason = ""
    if {"_posts", "_drafts"} & set(folder.parts):
        reason = "Hexo would post every page in it"
    elif posts in (folder, *folder.parents):
        reason = "lies among the posts (output.dir)"
    elif _is_source_of_hexo(folder):
        reason = "Hexo would take its pages for pages of the site"
    if reason:
        told = f"{settings.notes_dir}: {reason}; name a folder outside, such as notes"
        raise ConfigError("output.notes_dir", told)


def _is_source_of_hexo(folder: Path) -> bool:
    """Whether it lies in the `source` of a Hexo site, and not under a `_` or a dot."""
    inside: list[str] = []
    for each in (folder, *folder.parents):
        if each.name == "source" and (each.parent / "_config.yml").is_file():
            return not any(name.startswith(("_", ".")) for name in inside)
        inside.append(each.name)
    return False
