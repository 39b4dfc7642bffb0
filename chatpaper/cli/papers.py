"""`chatpaper extract` and `chatpaper summarize`: single papers."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chatpaper.cli.commands import FAILED, MISUSED, command, json_line, tell
from chatpaper.cli.options import (
    ConfigFile,
    Json,
    ProviderOption,
    Storage,
    files_of,
    settings,
)

if TYPE_CHECKING:
    from chatpaper.records import Document


@command
def extract(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.pdf...")],
    as_json: Json = False,
    config: ConfigFile = None,
) -> int:
    """Read PDFs: sections, figures, abstract; one document a line with --json."""
    from chatpaper.api import read_pdfs
    from chatpaper.errors import ChatpaperError, ConfigError

    wanted: list[Path] = []
    missing = 0
    for path in files:
        try:
            wanted += files_of([path], ".pdf")
        except ConfigError as error:
            missing += 1
            tell(error)
    if not wanted:
        return MISUSED
    bad = 0
    for path, read in read_pdfs(wanted, config=settings(config), progress=False):
        if isinstance(read, ChatpaperError):
            bad += 1
            tell(f"{path}: {getattr(read, 'reason', read)}")
        elif as_json:
            typer.echo(document_line(path, read))
        else:
            typer.echo(outline(path, read))
    return FAILED if bad == len(wanted) else int(bad > 0 or missing > 0)


def document_line(path: Path, document: Document) -> str:
    """A document as one line of JSON, its file's name first."""
    return json_line({"file": path.name, **asdict(document)})


def outline(path: Path, document: Document) -> str:
    """A document as its table of contents."""
    lines = [
        f"{path.name}: {document.title or 'no title'} ({document.page_count} pages)"
    ]
    for section in document.sections:
        heading = f"{section.number or ''} {section.title}".strip()
        indent = "  " * section.level
        lines.append(f"{indent}{heading or '(front matter)'} [p.{section.page}]")
    lines += [f"  {figure.label}: {figure.caption[:70]}" for figure in document.figures]
    lines += [f"  missing: {text}" for text in document.missing]
    lines += [f"  hidden text on page {found.page}" for found in document.hidden]
    return "\n".join(lines)


@command
def summarize(
    names: Annotated[list[str], typer.Argument(metavar="FILE.pdf|ARXIV_ID...")],
    provider: ProviderOption = None,
    output: Annotated[
        Path | None,
        typer.Option(help="Folder for a page of each, with figures.", metavar="DIR"),
    ] = None,
    storage: Storage = None,
    as_json: Json = False,
    config: ConfigFile = None,
) -> int:
    """Summarise single papers: Markdown on stdout, or records with --json."""
    from chatpaper.api import summarize_all
    from chatpaper.cli.running import stoppable

    wanted: list[str | Path] = []
    for name in names:
        # A name that no paper can have is meant for a file.
        is_file = os.path.exists(name)  # noqa: PTH110 - it may be too long for a path
        is_file |= name.lower().endswith(".pdf")
        wanted += files_of([Path(name)], ".pdf") if is_file else [name]
    if output is not None:
        _folder(output)
    bad = 0
    checked = settings(config, llm__provider=provider, storage__dir=storage)
    with stoppable() as stop:
        sheets = summarize_all(wanted, config=checked, progress=False, stop=stop)
        for sheet in sheets:
            if sheet.failure is not None:
                bad += 1
                tell(f"{sheet.failure.id}: {sheet.failure.reason}")
            if output is None or as_json:
                typer.echo(sheet.json if as_json else sheet.markdown)
            if output is not None and sheet.failure is None:
                page = sheet.to_markdown(output)
                if not as_json:
                    typer.echo(page)
    return stop.code(FAILED if bad == len(wanted) else int(bad > 0))


def _folder(path: Path) -> None:
    """Make a folder before anything is paid for.

    Raises:
        StoreError: The disk refuses.
    """
    from chatpaper.errors import StoreError

    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(str(path), error.strerror or str(error)) from error
