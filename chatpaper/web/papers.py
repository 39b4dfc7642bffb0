"""`/api/papers`: asking for a paper, and following it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import (
    JSONResponse,
    RedirectResponse,
    Response,
    StreamingResponse,
)

from chatpaper.sources import parse_id
from chatpaper.web.board import Wanted
from chatpaper.web.guard import Receive, Scope, Send
from chatpaper.web.jobs import Job
from chatpaper.web.site import SHOWN_JOBS, Site
from chatpaper.web.uploads import Form, read_form
from chatpaper.web.words import Refusal

KEEP_ALIVE_S = 15.0
MAX_ID_CHARS = 200
MAX_KEY_CHARS = 512
UPLOAD_DIGITS = 40  # no two files that somebody made to share them


def routes(site: Site) -> APIRouter:
    """The routes below `/api/papers`."""
    router = APIRouter(prefix="/api/papers")

    @router.post("")
    async def ask(request: Request) -> Response:
        if site.uploads.is_full(request.state.visitor):
            raise Refusal("uploads", retry_after_s=10)
        with site.uploads.taking(request.state.visitor):
            form = await _form(site, request)
        try:
            wanted = _wanted(form, request)
            if not site.is_private:
                wanted = replace(wanted, visitor=request.state.visitor)
            job = await asyncio.to_thread(site.board.submit, wanted)
        except Refusal:
            # A file was taken all the same.
            if form.file is None:
                site.papers.give_back(request.state.visitor)
            raise
        finally:
            form.drop()
        url = f"/papers/{job.id}"
        # A form without a script is led on.
        if "text/html" in request.headers.get("accept", ""):
            chosen = request.query_params.get("lang")
            more = f"?lang={request.state.language}" if chosen else ""
            return RedirectResponse(url + more, 303)
        return JSONResponse({"job": job.id, "url": url}, 202)

    @router.get("")
    async def recent(request: Request) -> Response:
        site.authorize(request, {})
        language = request.state.language
        # Elsewhere nobody sees what others read.
        jobs = site.board.jobs()[:SHOWN_JOBS] if site.is_private else []
        return JSONResponse({"papers": [site.told(job, language) for job in jobs]})

    @router.get("/{job_id}")
    async def state(job_id: str, request: Request) -> Response:
        job = site.board.job(job_id)
        return JSONResponse(site.told(job, request.state.language))

    @router.get("/{job_id}/events")
    async def events(job_id: str, request: Request) -> Response:
        job = site.board.job(job_id)
        if site.listeners.is_full(request.state.visitor):
            raise Refusal("listeners", retry_after_s=30)
        place = contextlib.ExitStack()
        place.enter_context(site.listeners.taking(request.state.visitor))
        last = request.headers.get("last-event-id", "0")
        after = int(last) if re.fullmatch(r"\d{1,6}", last) else 0
        return Following(
            place,
            _events(site, job, request, after),
            media_type="text/event-stream",
            # nginx would keep events until it has a page of them.
            headers={"x-accel-buffering": "no", "cache-control": "no-store"},
        )

    return router


class Following(StreamingResponse):
    """A stream that has its place from before it begins: crowds come at once."""

    def __init__(self, place: contextlib.ExitStack, *args: Any, **kwargs: Any) -> None:
        """Nothing is sent yet; the place is given back at the end."""
        super().__init__(*args, **kwargs)
        self._place = place

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        with self._place:
            await super().__call__(scope, receive, send)


def checked_key(key: str) -> str:
    """A visitor's model key, which may be empty.

    Raises:
        Refusal: No key looks like it.
    """
    key = key.strip()
    if len(key) > MAX_KEY_CHARS or not re.fullmatch(r"[ -~]*", key):
        raise Refusal("bad-key")
    return key


async def _form(site: Site, request: Request) -> Form:
    """The form, from who may send one; counted before its file is taken."""
    site.count_paper(request)
    has_header = bool(
        request.headers.get("authorization") or request.headers.get("x-access-token")
    )
    try:
        if has_header:
            site.authorize(request, {})
        shelf = site.board.shelf
        max_mb = site.config.reading.max_mb
        form = await read_form(request, shelf.incoming, max_mb, site.waits)
    except Refusal as refusal:
        # Who is slow on purpose, or tries tokens, is counted all the same.
        if refusal.code not in ("wrong-token", "token", "slow"):
            site.papers.give_back(request.state.visitor)
        raise
    if not has_header:
        try:
            site.authorize(request, form.fields)
        except Refusal:
            form.drop()
            raise
    return form


def _wanted(form: Form, request: Request) -> Wanted:
    """What a form asks for.

    Raises:
        Refusal: Nothing, two things, or something that is no paper.
    """
    own_key = checked_key(
        request.headers.get("x-model-key", "") or form.fields.get("key", "")
    )
    asked = form.fields.get("id", "")
    if form.file is not None:
        if asked:
            raise Refusal("two-papers")
        identity = f"upload-{form.sha256[:UPLOAD_DIGITS]}"
        return Wanted(
            identity=identity, title=form.name, upload=form.file, own_key=own_key
        )
    if not asked:
        raise Refusal("no-paper")
    found = parse_id(asked) if len(asked) <= MAX_ID_CHARS else None
    if found is None:
        raise Refusal("bad-id")
    return Wanted(
        identity=f"arxiv:{found.spelled}",
        arxiv_id=found.spelled,
        title=f"arXiv:{found.spelled}",
        own_key=own_key,
    )


async def _events(
    site: Site, job: Job, request: Request, after: int
) -> AsyncIterator[str]:
    """Each moment of a job as it comes, until there are no more.

    Args:
        site: Has the job.
        job: Is followed.
        request: Of who follows it.
        after: The number of the last moment that the visitor has seen.
    """
    board = site.board
    # A server that was restarted numbers them anew.
    sent = after if after <= len(job.history) else 0
    # Who has seen everything, and asks again, would otherwise ask for ever.
    sent = min(sent, len(job.history) - job.is_over)
    changed = board.listen(job)
    try:
        while True:
            changed.clear()
            while sent < len(job.history):
                told = site.told(job, request.state.language, sent)
                sent += 1
                data = json.dumps(told, ensure_ascii=False)
                yield f"id: {sent}\nevent: stage\ndata: {data}\n\n"
            if job.is_over or board.closing:
                return
            try:
                await asyncio.wait_for(changed.wait(), KEEP_ALIVE_S)
            except TimeoutError:
                yield ": keep-alive\n\n"
    finally:
        board.unlisten(changed)
