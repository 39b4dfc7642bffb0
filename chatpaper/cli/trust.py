"""`chatpaper verify` and `chatpaper check`: what was published, held to account."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from chatpaper.cli.outcome import ConfigFile, Json, command, settings
from chatpaper.jsonlines import json_line

if TYPE_CHECKING:
    from chatpaper.pipeline.recheck import Recheck


@command
def verify(
    posts: Annotated[
        list[Path] | None,
        typer.Argument(metavar="POST.json...", help="JSON twins of posts."),
    ] = None,
    claims: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.jsonl", help='Lines of {"id", "claim", "source"} to check.'
        ),
    ] = None,
    source: Annotated[
        str, typer.Option(help="Where the posts' papers came from.")
    ] = "arxiv",
    as_json: Json = False,
    config: ConfigFile = None,
) -> int:
    """Check claims against their sources, or published posts against their PDFs."""
    if claims is not None:
        from chatpaper.verify import verify_claims_file

        with claims.open(encoding="utf-8") as lines:
            for answer in verify_claims_file(lines):
                typer.echo(json_line(answer))
        return 0
    from chatpaper.pipeline.recheck import recheck_post

    checked = settings(config)
    faults = 0
    for path in posts or ():
        for line in recheck_post(path, checked, source):
            faults += not line["agrees"]
            typer.echo(json_line(line) if as_json else told(line))
    return int(faults > 0)


def told(line: Recheck) -> str:
    """One paper's outcome in a sentence."""
    if line["reason"]:
        return f"{line['id']}: not checked: {line['reason']}"
    outcome = "as published" if line["agrees"] else f"differs: claims {line['differs']}"
    return (
        f"{line['id']}: {line['claims']} claims, {line['doubtful']} doubtful, {outcome}"
    )


@command
def check(
    posts: Annotated[list[Path], typer.Argument(metavar="POST.md...")],
) -> int:
    """Hold posts to the publish gate: names file, line and rule of each fault."""
    from chatpaper.posts import check_post

    found = 0
    for path in posts:
        for problem in check_post(path):
            found += 1
            typer.echo(str(problem))
    return int(found > 0)
