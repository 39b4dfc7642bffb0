"""The application: who answers which address, and what a refusal looks like."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.responses import (
    FileResponse,
    JSONResponse,
    PlainTextResponse,
    RedirectResponse,
    Response,
)
from starlette.exceptions import HTTPException

from chatpaper.errors import where_raised
from chatpaper.resources import resource_path
from chatpaper.store import why_unwritable
from chatpaper.web import drawn, pages, papers, questions, sources
from chatpaper.web.guard import App, Guard, Scope
from chatpaper.web.site import Site
from chatpaper.web.words import REFUSALS, Refusal

log = logging.getLogger(__name__)

HEALTH_S = 1.0
KEPT = "max-age=86400"


def make_app(site: Site) -> App:
    """Everything that is served, behind its guard."""
    app = FastAPI(
        docs_url=None, redoc_url=None, openapi_url=None, redirect_slashes=False
    )
    app.include_router(papers.routes(site))
    app.include_router(questions.routes(site))
    app.include_router(pages.routes(site))
    app.include_router(drawn.routes(site))
    app.include_router(sources.routes())
    app.add_api_route("/healthz", _health(site), methods=["GET", "HEAD"])
    app.add_api_route("/robots.txt", _robots, methods=["GET"])
    static = resource_path("web/static")
    app.add_api_route("/favicon.ico", _icon, methods=["GET", "HEAD"])
    app.mount("/static", pages.AskedAgain(directory=static), name="static")
    if (folder := site.config.web.site_dir) is not None:
        app.add_api_route("/site", lambda: RedirectResponse("/site/"), methods=["GET"])
        app.mount("/site", pages.StaticSite(folder), name="site")

    def refused(request: Request, refusal: Refusal) -> Response:
        return answer(site, request, refusal)

    def missing(request: Request, error: HTTPException) -> Response:
        code = "method" if error.status_code == 405 else "nothing"
        return answer(site, request, Refusal(code))

    def broken(request: Request, error: Exception) -> Response:
        log.error("unexpected %s", where_raised(error), exc_info=error)
        return answer(site, request, Refusal("fault"))

    app.add_exception_handler(Refusal, refused)  # type: ignore[arg-type]
    app.add_exception_handler(HTTPException, missing)  # type: ignore[arg-type]
    app.add_exception_handler(Exception, broken)

    def refuse(scope: Scope, refusal: Refusal) -> App:
        return answer(site, Request(scope), refusal)

    return Guard(
        app,
        site.config.web,
        refuse,
        site.config.output.language,
        is_private=site.is_private,
    )


def answer(site: Site, request: Request, refusal: Refusal) -> Response:
    """A refusal as a page for who reads pages, and as JSON for who does not."""
    language = request.state.language
    words = refusal.words(language)
    # Scripts and programs ask for anything; a form without a script asks for a page.
    if "text/html" not in request.headers.get("accept", ""):
        response: Response = JSONResponse({"error": words}, refusal.status)
    else:
        response = site.page("refused", request, refusal.status, words=words)
    if refusal.retry_after_s is not None:
        response.headers["retry-after"] = str(math.ceil(refusal.retry_after_s))
    if refusal.status == REFUSALS["token"].status:
        response.headers["www-authenticate"] = "Bearer"
    return response


def _robots() -> Response:
    """What search engines may look at: the first page."""
    return PlainTextResponse("User-agent: *\nDisallow: /api/\nDisallow: /papers/\n")


def _icon() -> Response:
    """The icon of what names none itself: a download, a PDF."""
    headers = {"cache-control": KEPT}
    return FileResponse(resource_path("web/static/icon.svg"), headers=headers)


def _health(site: Site) -> Callable[[], Response]:
    """Whether papers can be worked on and kept; the disk is tried once in a while."""
    tried_at, reason = float("-inf"), ""

    def health() -> Response:
        nonlocal tried_at, reason
        if site.board.closing:
            return PlainTextResponse("stopping\n", 503)
        if time.monotonic() - tried_at > HEALTH_S:
            tried_at = time.monotonic()
            reason = why_unwritable(site.board.shelf.directory)
        if reason:
            log.error("store %s", reason)
            return PlainTextResponse("the store cannot be written\n", 503)
        return PlainTextResponse("ok\n")

    return health
