"""`chatpaper mcp`: tools for agents."""

from __future__ import annotations

import sys

from chatpaper.cli.commands import command, tell
from chatpaper.cli.options import ConfigFile, Output, Storage, settings


@command
def mcp(
    output: Output = None, storage: Storage = None, config: ConfigFile = None
) -> int:
    """Serve agents over stdin and stdout (MCP): search, verify, ask, cite."""
    from chatpaper.agents import Desk, serve

    if sys.stdin.isatty():
        tell(
            "an agent's client starts this and speaks to it over stdin; Ctrl-C ends it"
        )
    return serve(Desk(settings(config, output__dir=output, storage__dir=storage)))
