"""The publish gate: what is wrong with a post, by file, line and rule."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from chatpaper.posts.gate.content import content_problems
from chatpaper.posts.gate.evidence import evidence_problems
from chatpaper.posts.gate.matter import matter_problems
from chatpaper.posts.gate.page import read_page
from chatpaper.posts.gate.problem import Problem
from chatpaper.posts.gate.structure import structure_problems
from chatpaper.posts.gate.text import text_problems
from chatpaper.posts.twin import FORMAT, read_twin

__all__ = ["Problem", "check_markdown", "check_post"]


def check_post(path: Path) -> tuple[Problem, ...]:
    """Everything wrong with a published post, its JSON twin and its pictures.

    Args:
        path: The Markdown file; the twin and the asset folder lie beside it.

    Raises:
        OSError: The post cannot be read.
    """
    name = str(path)
    try:
        markdown = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        return (Problem(name, 1, "text", f"not UTF-8 at byte {error.start}"),)
    twin = path.with_name(f"{path.stem}.json")
    try:
        data = twin.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return (Problem(name, 1, "twin", f"{twin.name} cannot be read: {error}"),)
    folder = path.parent / path.stem
    files = {
        file.relative_to(path.parent).as_posix()
        for file in folder.rglob("*")
        if file.is_file() and file.stat().st_size
    }
    return check_markdown(markdown, data, files, name=name)


def check_markdown(
    markdown: str, data: str, files: Collection[str], *, name: str = "post.md"
) -> tuple[Problem, ...]:
    """Everything wrong with a post, by line.

    A post whose twin has an older format was written otherwise: what it should say is
    not known any more, so that only its text and its structure are looked at.

    Args:
        markdown: The whole file.
        data: Its JSON twin.
        files: Pictures present, as paths relative to the post's folder.
        name: Names the post in the problems.
    """
    page = read_page(markdown)
    try:
        twin = read_twin(data)
    except ValueError as error:
        reason = str(error).splitlines()[0]
        return (Problem(name, 1, "twin", f"not the twin of a post: {reason}"),)
    found = {
        *matter_problems(page, files, twin),
        *text_problems(page),
        *structure_problems(page, files, twin),
    }
    if twin.format == FORMAT:
        found.update(content_problems(page, twin), evidence_problems(page, twin))
    return tuple(
        Problem(name, problem.line, problem.rule, problem.text)
        for problem in sorted(found)
    )
