"""`chatpaper schema`: what the JSON file beside a post holds."""

from __future__ import annotations

import json

import typer

from chatpaper.cli.commands import command


@command
def schema() -> int:
    """Print the JSON Schema of the JSON file beside each post."""
    from chatpaper.posts import twin_schema

    typer.echo(json.dumps(twin_schema(), ensure_ascii=False, indent=2))
    return 0
