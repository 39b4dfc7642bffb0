"""Asking about a paper: by a script, and by a form without one."""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeVar, cast

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from chatpaper.pipeline import AnswerFound
from chatpaper.summary import MAX_QUESTION_CHARS
from chatpaper.web.jobs import Job
from chatpaper.web.limits import Waits
from chatpaper.web.pages import paper_page
from chatpaper.web.papers import checked_key
from chatpaper.web.site import Site
from chatpaper.web.uploads import chunks_of, read_form
from chatpaper.web.words import Refusal

MAX_QUESTION_BYTES = 8_192

T = TypeVar("T")


def routes(site: Site) -> APIRouter:
    """The two routes: one answers with JSON, the other with the page and its answer."""
    router = APIRouter()

    @router.post("/api/papers/{job_id}/questions")
    async def by_script(job_id: str, request: Request) -> Response:
        site.authorize(request, {})
        job = site.board.job(job_id)
        asked = await read_question(request, site.waits)
        number, found = await _found(site, job, asked, request, {})
        return JSONResponse(site.answered(job, number, asked, found, request))

    @router.post("/papers/{job_id}")
    async def by_form(job_id: str, request: Request) -> Response:
        job = site.board.job(job_id)
        # No file belongs to it: one of a byte is too large.
        form = await read_form(request, site.board.shelf.incoming, 0, site.waits)
        form.drop()
        site.authorize(request, form.fields)
        asked = form.fields.get("question", "")
        number, found = await _found(site, job, asked, request, form.fields)
        told = site.answered(job, number, asked, found, request)
        question, html = str(told["question"]), str(told["html"])
        return await paper_page(site, job, request, question=question, answer=html)

    return router


async def _found(
    site: Site, job: Job, asked: str, request: Request, fields: Mapping[str, str]
) -> tuple[int, AnswerFound]:
    """The answer, and how many questions were asked about the paper.

    Raises:
        Refusal: It cannot be asked now, or not be answered.
    """
    given = request.headers.get("x-model-key", "") or fields.get("key", "")
    own_key = checked_key(given)
    visitor = request.state.visitor
    if site.questions.is_full(visitor):
        raise Refusal("asking", retry_after_s=10)
    with site.questions.taking(visitor):
        digest = await asyncio.to_thread(site.board.shelf.result, job.id)
        if digest is None:
            raise Refusal("not-ready")
        if not (own_key or site.board.has_model):
            raise Refusal("no-answers")
        number = site.board.count_question(job)
        folder = site.board.shelf.folder(job.id)
        answer = site.board.workshop.answer
        call = partial(answer, folder, digest.paper, asked, own_key)
        return number, await in_thread(call)


async def read_question(request: Request, waits: Waits) -> str:
    """The question in a body of JSON.

    Raises:
        Refusal: There is none, or it is too long or too slow.
    """
    refusal = Refusal("bad-question", limit=MAX_QUESTION_CHARS)
    body = b""
    async for chunk in chunks_of(request, waits):
        body += chunk
        if len(body) > MAX_QUESTION_BYTES:
            raise refusal
    try:
        asked = json.loads(body)["question"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise refusal from None
    if not isinstance(asked, str):
        raise refusal
    return asked


async def in_thread(call: Callable[[], T]) -> T:
    """What a call returns that may take minutes.

    Its thread is not waited for when the server ends, as those of a pool would be.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def end(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(cast(T, result))

    def run() -> None:
        result, failed = None, None
        try:
            result = call()
        except Exception as error:  # noqa: BLE001 - it is raised where it is awaited
            failed = error
        with contextlib.suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(end, result, failed)

    threading.Thread(target=run, name="question", daemon=True).start()
    return await future
