"""The route of the pages' pictures."""

from __future__ import annotations

import asyncio
import re

from fastapi import APIRouter, Request
from fastapi.responses import Response

from chatpaper.web.jobs import PDF
from chatpaper.web.pictures import Quotes
from chatpaper.web.showing import MAX_QUOTE_CHARS, MAX_QUOTES, quotes_on
from chatpaper.web.site import Site
from chatpaper.web.words import Refusal

MAX_MARKS = 60  # told of; a header has an end
# A picture never changes, and its address is as secret as its paper's.
CACHING = "private, max-age=86400, immutable"


def routes(site: Site) -> APIRouter:
    """The pictures' route."""
    router = APIRouter()

    @router.get("/papers/{job_id}/pages/{number}.webp")
    async def page(job_id: str, number: str, request: Request) -> Response:
        job = site.board.job(job_id)
        folder = site.board.shelf.folder(job.id)
        if not re.fullmatch(r"[1-9]\d{0,4}", number):
            raise Refusal("nothing")
        if not (folder / PDF).is_file():
            raise Refusal("not-ready", retry_after_s=5)
        asked = request.query_params
        quotes: Quotes = [
            (words[:MAX_QUOTE_CHARS], None)
            for words in asked.getlist("quote")[:MAX_QUOTES]
        ]
        if anchor := asked.get("claim", ""):
            digest = await asyncio.to_thread(site.board.shelf.result, job.id)
            quotes = quotes_on(digest, anchor, int(number)) if digest else ()
        drawn = await site.pictures.page(folder, int(number), quotes)
        marks = ";".join(
            ",".join(f"{side:.4f}" for side in mark) for mark in drawn.marks[:MAX_MARKS]
        )
        last = str(drawn.last_page)
        headers = {"cache-control": CACHING, "x-marks": marks, "x-last-page": last}
        return Response(drawn.data, media_type="image/webp", headers=headers)

    return router
