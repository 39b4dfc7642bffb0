"""A post on the disk: whole, or as it was before."""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path

from chatpaper.errors import PostError, StoreError
from chatpaper.posts.gate import Problem, check_markdown
from chatpaper.posts.twin import read_post_data
from chatpaper.records import Post

_TEMPORARY = ".chatpaper-"  # Hexo passes over names that begin with a dot
BESIDE = ".new"  # behind the post's own name: Hexo makes no page of it
_PICTURE = re.compile(r"[\w+-][\w.+-]*\Z")


def publish(
    post: Post,
    directory: Path,
    files: Mapping[str, bytes],
    *,
    drafts: Path,
    name: str = "",
    content: bytes | None = None,
) -> Path:
    """Write a post, its JSON twin and its pictures; all of them or none.

    The post is `{stem}.md` and `{stem}.json` in the directory. Every picture lies in
    `{stem}/`, where Hexo wants a post's assets and Markdown viewers find it, and once
    more in `{stem}/{stem}/`, which is what the same relative address means to Hexo;
    the two are one file on the disk where it knows hard links. Everything is written
    and synced under temporary names first, and renamed after that, the Markdown last.
    Pictures that only the previous version showed are removed at the end.

    Args:
        post: As rendered.
        directory: Of the day; made when missing.
        files: The pictures' bytes by file name, for every picture of the post.
        drafts: Where a refused post is kept, with the reasons.
        name: Of the file that is written; by default the post's own. Beside a post
            that somebody has changed by hand it is another.
        content: Of that file; by default the post's Markdown.

    Returns:
        The path of that file.

    Raises:
        PostError: The gate refuses the post; `path` is the draft.
        StoreError: The disk refuses; what was published before is untouched.
        ValueError: A picture's name is no plain file name.
    """
    if odd := [name for name in files if not _PICTURE.match(name)]:
        raise ValueError(f"not a plain file name: {odd}")
    stem = post.stem
    present = _present(stem, files)
    if problems := _problems(post, files):
        raise PostError(_keep_draft(post, drafts, problems), _listed(problems))
    own = directory / f"{stem}.md"
    path = directory / name if name else own
    # Read one by one: the pictures of a large night are more than memory should hold.
    pictures = ((directory / name, files[Path(name).name]) for name in sorted(present))
    with _disk_errors(path):
        stale = _pictures_shown(directory, stem) - present
        texts = {
            directory / f"{stem}.json": post.data.encode(),
            path: post.markdown.encode() if content is None else content,
        }
        _write_all(chain(pictures, texts.items()))
        if path == own:
            directory.joinpath(f"{own.name}{BESIDE}").unlink(missing_ok=True)
        _remove(directory, stale, own)
    return path


def write_files(contents: dict[Path, bytes]) -> None:
    """Write some files: all of them or none, in this order.

    Raises:
        StoreError: The disk refuses; what stood there is untouched.
    """
    with _disk_errors(next(reversed(contents))):
        _write_all(contents.items())


def _remove(directory: Path, pictures: Iterable[str], post: Path) -> None:
    """Remove pictures that a post does not speak of, whoever wrote it."""
    text = post.read_bytes() if post.is_file() else b""
    for name in pictures:
        if Path(name).name.encode() not in text:
            (directory / name).unlink(missing_ok=True)


def _folders(stem: str) -> tuple[str, str]:
    return stem, f"{stem}/{stem}"


def _present(stem: str, names: Collection[str]) -> set[str]:
    """Where pictures of these names will lie, relative to the post."""
    return {f"{folder}/{name}" for folder in _folders(stem) for name in names}


def _listed(problems: Iterable[Problem]) -> str:
    return "\n".join(map(str, problems))


def _keep_draft(post: Post, drafts: Path, problems: tuple[Problem, ...]) -> str:
    name = f"{post.day.isoformat()}-{post.stem}"
    return keep_draft(drafts / f"{name}.md", post.markdown, post.data, problems)


def keep_draft(
    path: Path, markdown: str, data: str, problems: Iterable[Problem]
) -> str:
    """Keep a refused post and its twin beside the reasons; returns its path."""
    write_files(
        {
            path.with_name(f"{path.stem}.problems.txt"): _listed(problems).encode(),
            path.with_name(f"{path.stem}.json"): data.encode(),
            path: markdown.encode(),
        }
    )
    return str(path)


def _pictures_shown(directory: Path, stem: str) -> set[str]:
    """Pictures of the post as it stands on the disk, by its own twin."""
    try:
        previous = read_post_data((directory / f"{stem}.json").read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return set()
    names = {picture.file for d in previous.entries for picture in d.pictures}
    return _present(stem, {name for name in names if _PICTURE.match(name)})


# --------------------------------------------------------------------------------------
# A refused post without the papers that it is refused for.

Refused = dict[str, tuple[Problem, ...]]  # by versioned id


def publishable(
    post: Post,
    pictures: Collection[str],
    render: Callable[[Post], Post],
    *,
    standing: Collection[str] = (),
) -> tuple[Post, Refused]:
    """The post without those papers that the gate refuses.

    Papers are left out that the gate names. If it names none, or one that stands in a
    post already, each of the others is tried with those that stand.

    Args:
        post: As rendered.
        pictures: Names of the files that will lie beside it.
        render: Writes a post anew from its records.
        standing: Papers of an earlier version of the post, by versioned id.

    Returns:
        The post that is left, which the gate still refuses if no paper is at fault, and
        what is wrong with each paper that is not in it.
    """
    refused: Refused = {}
    while problems := _problems(post, pictures):
        named = _by_paper(problems)
        found = named
        if not named or not named.keys().isdisjoint(standing):
            found = _refused_alone(post, pictures, render, standing) or named
        if not found:
            break
        refused |= found
        post = render(_without(post, found))
    return post, refused


def _problems(post: Post, pictures: Collection[str]) -> tuple[Problem, ...]:
    present = _present(post.stem, pictures)
    return check_markdown(post.markdown, post.data, present, name=f"{post.stem}.md")


def _by_paper(problems: Iterable[Problem]) -> Refused:
    refused: Refused = {}
    for problem in problems:
        if problem.paper:
            refused[problem.paper] = (*refused.get(problem.paper, ()), problem)
    return refused


def _refused_alone(
    post: Post,
    pictures: Collection[str],
    render: Callable[[Post], Post],
    standing: Collection[str],
) -> Refused:
    ids = [digest.paper.versioned_id for digest in post.digests]
    new = [paper for paper in ids if paper not in standing]
    bare = replace(post, updates=(), left_out=(), listed=())
    refused = {
        paper: tuple(problem._replace(paper=paper) for problem in problems)
        for paper in new
        if (alone := render(_without(bare, {*new} - {paper})))
        if (problems := _problems(alone, pictures))
    }
    # What is wrong with every paper's post is no paper's fault.
    return refused if len(refused) < len(ids) else {}


def _without(post: Post, papers: Collection[str]) -> Post:
    return replace(
        post,
        digests=tuple(d for d in post.digests if d.paper.versioned_id not in papers),
        updates=tuple(u for u in post.updates if u.paper.versioned_id not in papers),
        left_out=tuple(p for p in post.left_out if p.versioned_id not in papers),
        listed=tuple(p for p in post.listed if p.versioned_id not in papers),
    )


# ---------------------------------------------------------------- the disk


@contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(str(path), error.strerror or str(error)) from error


def _write_all(contents: Iterable[tuple[Path, bytes]]) -> None:
    """Every file under a temporary name, then every rename, in order.

    A file that holds these bytes already is left alone. Files with equal bytes become
    one where the disk can.
    """
    staged: list[tuple[Path, Path]] = []
    links: dict[bytes, Path] = {}
    try:
        for name, content in contents:
            # A link is written through, to where somebody has moved the file.
            path = name.resolve() if name.is_symlink() and name.is_file() else name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not _holds(path, content):
                digest = hashlib.sha256(content).digest()
                temporary = _stage(path, content, links.get(digest))
                staged.append((temporary, path))
                links[digest] = temporary
        for temporary, path in staged:
            temporary.replace(path)
        for directory in {path.parent for _, path in staged}:
            _sync_directory(directory)
    finally:
        for temporary, _ in staged:
            temporary.unlink(missing_ok=True)


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.stat().st_size == len(content) and path.read_bytes() == content
    except FileNotFoundError:
        return False


def _stage(path: Path, content: bytes, twin: Path | None) -> Path:
    """A synced temporary file beside `path`, linked to its twin where possible."""
    handle, name = tempfile.mkstemp(prefix=_TEMPORARY, dir=path.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            if twin is None or not _relink(temporary, twin):
                file.write(content)
                file.flush()
                temporary.chmod(0o666 & ~_umask())
                os.fsync(file.fileno())
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _relink(temporary: Path, twin: Path) -> bool:
    spare = temporary.with_name(f"{temporary.name}l")
    try:
        spare.hardlink_to(twin)
        spare.replace(temporary)
    except OSError:
        return False
    finally:
        spare.unlink(missing_ok=True)
    return True


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _sync_directory(directory: Path) -> None:
    if sys.platform == "win32":
        return  # it opens no directory as a file
    handle = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
