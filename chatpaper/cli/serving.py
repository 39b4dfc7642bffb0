"""`chatpaper mcp`: tools for agents."""

from __future__ import annotations

from chatpaper.cli.common import ConfigFile, Output, Storage, command, settings


@command
def mcp(
    output: Output = None, storage: Storage = None, config: ConfigFile = None
) -> int:
    """Serve agents over stdin and stdout (MCP): search, verify, ask, cite."""
    from chatpaper.agents import Desk, serve

    return serve(Desk(settings(config, output__dir=output, storage__dir=storage)))
