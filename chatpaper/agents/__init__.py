"""Tools for agents: what was posted, and single papers to be asked, over MCP."""

from chatpaper.agents.desk import Desk
from chatpaper.agents.server import make_server, serve

__all__ = [
    "Desk",
    "make_server",
    "serve",
]
