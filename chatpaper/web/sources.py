"""The source of the very version that runs, as its licence promises to its visitors.

AGPL-3.0, section 13: who uses a program over a network is offered its source.
"""

from __future__ import annotations

import asyncio
import io
import tarfile
from functools import cache
from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import Response

from chatpaper.resources import resource_path
from chatpaper.web.site import SOURCE

_PACKAGE = Path(__file__).parents[1]
_LEFT_OUT = {"__pycache__"}


def routes() -> APIRouter:
    """The one route."""
    router = APIRouter()

    @router.get(SOURCE)
    async def source() -> Response:
        return Response(
            await asyncio.to_thread(packed),
            media_type="application/gzip",
            headers={
                "content-disposition": 'attachment; filename="chatpaper.tar.gz"',
                "cache-control": "max-age=3600",
            },
        )

    return router


@cache
def packed() -> bytes:
    """All files of the package as they lie on the disk, packed once."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        for path in sorted(_PACKAGE.rglob("*")):
            inside = path.relative_to(_PACKAGE)
            if path.is_file() and not _LEFT_OUT & set(inside.parts):
                archive.add(path, f"chatpaper/{inside.as_posix()}", filter=_nameless)
        for name in ("prompts", "config.yaml"):
            archive.add(
                resource_path(name), f"chatpaper/_data/{name}", filter=_nameless
            )
    return data.getvalue()


def _nameless(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    """Without who owns it on this machine."""
    entry.uid = entry.gid = 0
    entry.uname = entry.gname = ""
    return entry
