"""Tools for agents: what was posted, and single papers to be asked, over MCP."""

from chatpaper.agents.desk import Desk
from chatpaper.agents.server import serve

__all__ = [
    "Desk",
    "serve",
]
