"""The page where anybody may try a paper: `chatpaper serve`.

It needs `chatpaper[web]`; nothing of it is imported before somebody serves.
"""

from chatpaper.web.keys import KeyRing
from chatpaper.web.limits import Places, Rate, Waits
from chatpaper.web.serving import open_site, serve, server_of
from chatpaper.web.site import Site

__all__ = [
    "KeyRing",
    "Places",
    "Rate",
    "Site",
    "Waits",
    "open_site",
    "serve",
    "server_of",
]
