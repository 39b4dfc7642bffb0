"""The publish gate: what is wrong with a post, by file, line, rule and paper.

A page as the reader's parser sees it (`rendered`) is held against what the records of
the twin let one expect (`expected`, by `comparison`), and against rules of its own on
markup (`markup`). The writer's functions take no part in it.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

from chatpaper.posts.gate.comparison import content_faults, owners_of, section_faults
from chatpaper.posts.gate.hexo import read_hexo
from chatpaper.posts.gate.known import (
    ExpectedClaim,
    ExpectedSegment,
    known_claims,
    link_part,
    merged,
    shown_claim,
    shown_title,
    text_part,
    unleaked,
)
from chatpaper.posts.gate.markup import (
    Fault,
    broken_markup,
    markup_faults,
    page_faults,
    syntax_faults,
)
from chatpaper.posts.gate.rendered import (
    Page,
    fold,
    fold_address,
    fold_attribute,
    read_commonmark,
    title_of,
)
from chatpaper.posts.gate.rows import ExpectedBlock, ExpectedSection, dotted, row_of
from chatpaper.posts.naming import entry_anchor
from chatpaper.posts.twin import FORMAT, Twin, read_twin, sha256_of
from chatpaper.records import Digest, Update
from chatpaper.text import file_stem

__all__ = [
    "EDITED",
    "ExpectedBlock",
    "ExpectedClaim",
    "ExpectedSection",
    "ExpectedSegment",
    "Fault",
    "Page",
    "Problem",
    "broken_markup",
    "check_edited",
    "check_markdown",
    "check_post",
    "dotted",
    "fold",
    "fold_address",
    "fold_attribute",
    "known_claims",
    "link_part",
    "merged",
    "page_faults",
    "plain_text",
    "read_pages",
    "row_of",
    "section_faults",
    "shown_claim",
    "shown_title",
    "syntax_faults",
    "text_part",
    "title_of",
    "unleaked",
]

EDITED = "edited"  # the rule of what is told and is no fault

# Every way in which a post is read on its way to a reader: each must pass.
_READERS: tuple[Callable[[str], Page], ...] = (read_commonmark, read_hexo)


class Problem(NamedTuple):
    """One fault of a post.

    Attributes:
        file: As it was given.
        line: From 1.
        rule: Short name of the rule.
        text: One sentence in English.
        paper: Versioned id of the paper that it belongs to; empty where unknown.
    """

    file: str
    line: int
    rule: str
    text: str
    paper: str = ""

    @property
    def is_edit(self) -> bool:
        """Whether it is no fault, but what somebody has changed by hand."""
        return self.rule == EDITED

    def __str__(self) -> str:
        paper = f" ({self.paper})" if self.paper else ""
        return f"{self.file}:{self.line}: {self.rule}: {self.text}{paper}"


def check_post(path: Path) -> tuple[Problem, ...]:
    """Everything wrong with a published post, its JSON twin and its pictures.

    In a post that was changed by hand since it was rendered, what differs from the
    twin is told as an edit; see `check_edited`.

    Args:
        path: The Markdown file; the twin and the asset folder lie beside it.

    Raises:
        OSError: The post cannot be read.
    """
    name = str(path)
    try:
        markdown = plain_text(path.read_bytes())
    except UnicodeDecodeError as error:
        return (Problem(name, 1, "text", f"not UTF-8 at byte {error.start}"),)
    twin = path.with_name(f"{path.stem}.json")
    try:
        data = twin.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        why = error.strerror if isinstance(error, OSError) else "not UTF-8"
        return (Problem(name, 1, "twin", f"{twin.name} cannot be read: {why}"),)
    folder = path.parent / path.stem
    files = {
        file.relative_to(path.parent).as_posix()
        for file in folder.rglob("*")
        if file.is_file() and file.stat().st_size
    }
    found = check_edited(markdown, data, files, name=name)
    return tuple(sorted((*found, *_lines_to_nowhere(path, markdown, data))))


def _lines_to_nowhere(path: Path, markdown: str, data: str) -> Iterator[Problem]:
    """Papers that another post of the day should have, and has not."""
    try:
        twin = read_twin(data)
    except ValueError:
        return
    lines = list(enumerate(markdown.split("\n"), 1))
    papers: list[Digest | Update] = [*twin.digests, *twin.updates]
    for of in papers:
        stem = file_stem(of.stands_in, "topic")
        name = entry_anchor(of.paper.id)
        links = f"](../{stem}/#{name})", f"](../{quote(stem)}/#{name})"
        led = [n for n, text in lines if any(link in text for link in links)]
        beside = path.with_name(f"{stem}.md")
        if not (of.stands_in and led):
            continue  # it stands here, or somebody took the line out
        if f'<a id="{name}"></a>' not in _text_of(beside):
            text = f"{beside.name} has no such entry: chatpaper rebuild shows it here"
            yield Problem(str(path), led[0], "links", text, of.paper.versioned_id)


def _text_of(path: Path) -> str:
    try:
        return plain_text(path.read_bytes())
    except (OSError, UnicodeDecodeError):
        return ""


def plain_text(content: bytes) -> str:
    """A post's text as Hexo reads it: without a byte order mark, with line feeds.

    Raises:
        UnicodeDecodeError: It is not UTF-8.
    """
    return content.decode("utf-8-sig").replace("\r\n", "\n")


def check_edited(
    markdown: str, data: str, files: Collection[str], *, name: str = "post.md"
) -> tuple[Problem, ...]:
    """Everything wrong with a post that may have been changed by hand.

    Whoever keeps the posts may write into them what they like. What is not the twin's
    is told then, and only what breaks the page is a fault: a front matter that does
    not parse, folds that do not close, a picture that is not there.

    Args:
        markdown: The whole file.
        data: Its JSON twin.
        files: Pictures present, as paths relative to the post's folder.
        name: Names the post in the problems.
    """
    problems = check_markdown(markdown, data, files, name=name)
    try:
        twin = read_twin(data)
    except ValueError:
        return problems
    if twin.markdown_sha256 in ("", sha256_of(markdown)):
        return problems
    page = read_commonmark(markdown)
    broken = set(broken_markup(page, files, twin.stem))
    seen = {fault[:3] for fault in broken}
    told = {
        fault._replace(rule=EDITED, text=f"{fault.rule}: {fault.text}")
        for fault in (Fault(*problem[1:]) for problem in problems)
        if fault[:3] not in seen
    }
    return tuple(Problem(name, *fault) for fault in sorted(broken | told))


def check_markdown(
    markdown: str, data: str, files: Collection[str], *, name: str = "post.md"
) -> tuple[Problem, ...]:
    """Everything wrong with a post, by line.

    A post whose twin has an older format was written otherwise: what it should say is
    not known any more, so that only its markup is looked at.

    Args:
        markdown: The whole file.
        data: Its JSON twin.
        files: Pictures present, as paths relative to the post's folder.
        name: Names the post in the problems.
    """
    try:
        twin = read_twin(data)
    except ValueError as error:
        reason = str(error).splitlines()[0]
        return (Problem(name, 1, "twin", f"not the twin of a post: {reason}"),)
    pages = read_pages(markdown)
    found = {fault for page in pages for fault in _faults(page, twin, files)}
    return tuple(Problem(name, *fault) for fault in sorted(found))


def read_pages(markdown: str) -> tuple[Page, ...]:
    """A post as each parser reads it; what all read alike is looked at once."""
    return tuple(dict.fromkeys(read(markdown) for read in _READERS))


def _faults(page: Page, twin: Twin, files: Collection[str]) -> set[Fault]:
    found = set(markup_faults(page, files, twin))
    if twin.format != FORMAT:
        return found
    found.update(content_faults(page, twin))
    if not found:
        return found
    owners = owners_of(page, twin)
    lines = [line for line, _ in owners]

    def named(fault: Fault) -> Fault:
        before = bisect(lines, fault.line) - 1
        owner = owners[before][1] if before >= 0 else ""
        return fault if fault.paper else fault._replace(paper=owner)

    return set(map(named, found))
