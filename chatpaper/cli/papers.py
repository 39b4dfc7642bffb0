"""`chatpaper extract` and `chatpaper summarize`: single papers."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chatpaper.cli.common import (
    FAILED,
    MISUSED,
    ConfigFile,
    Json,
    ProviderOption,
    command,
    files_of,
    json_line,
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
    from chatpaper.errors import ChatpaperError

    missing = [path for path in files if not path.exists()]
    for path in missing:
        typer.echo(f"chatpaper: {path}: no such file", err=True)
    files = files_of([path for path in files if path not in missing], ".pdf")
    if not files:
        return MISUSED
    bad = 0
    for path, read in read_pdfs(files, config=settings(config)):
        if isinstance(read, ChatpaperError):
            bad += 1
            typer.echo(f"chatpaper: {path}: {read}", err=True)
        elif as_json:
            typer.echo(document_line(path, read))
        else:
            typer.echo(outline(path, read))
    return FAILED if bad == len(files) else int(bad > 0 or len(missing) > 0)


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
    as_json: Json = False,
    config: ConfigFile = None,
) -> int:
    """Summarise single papers: Markdown on stdout, or records with --json."""
    from chatpaper.api import summarize_all

    # A name that no paper can have is meant for a file.
    files_of([Path(name) for name in names if name.lower().endswith(".pdf")], ".pdf")
    bad = 0
    for sheet in summarize_all(names, config=settings(config, llm__provider=provider)):
        failure = sheet.digest.failure
        if failure is not None:
            bad += 1
            typer.echo(f"chatpaper: {failure.id}: {failure.reason}", err=True)
        typer.echo(sheet.json if as_json else sheet.markdown)
    return FAILED if bad == len(names) else int(bad > 0)
