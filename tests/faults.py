"""The fault matrix: what goes wrong in a night, how, and what comes of it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import pymupdf

from night import Night, pdf_of, record, title_of
from servers.arxiv import Fault

HTML = b"<!DOCTYPE html><html><title>arXiv</title><p>One moment, please.</html>"
SICK = "/pdf/2611.00001"
ALWAYS = 99


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One row of the matrix; three papers, and one night that goes wrong.

    Attributes:
        who: Who fails: arXiv, a PDF, the model, the judge.
        what: How.
        arrange: Lets it fail.
        code: Exit code of that night.
        why: Code of its reason.
        posted: Papers posted that night.
        later: What the next night, without the fault, does about it.
        kept: Whether one paper was posted with what was whole of a cut reply.
    """

    who: str
    what: str
    arrange: Callable[[Night], None]
    code: int = 0
    why: str = ""
    posted: int = 3
    later: str = "all posted"
    kept: bool = False

    @property
    def name(self) -> str:
        """For pytest."""
        return f"{self.who}: {self.what}"


def trials() -> list[Trial]:
    """All rows, in the order of the table."""
    return [*_arxiv(), *_pdf(), *_model(), *_judge()]


def table() -> str:
    """The matrix as Markdown."""
    lines = [
        "| fails | how | that night | exit | the next night |",
        "|---|---|---|---|---|",
    ]
    for trial in trials():
        outcome = f"{trial.posted} of 3 posted"
        outcome += f", `{trial.why}`" if trial.why else ""
        outcome += ", one in part" if trial.kept else ""
        later = trial.later if trial.posted < 3 else "nothing to repair"
        lines.append(
            f"| {trial.who} | {trial.what} | {outcome} | {trial.code} | {later} |"
        )
    return "\n".join(lines)


# ------------------------------------------------------------------- arXiv


def _arxiv() -> Iterator[Trial]:
    for status in (429, 406, 503, 500):
        for words, headers in (("", {}), (" with Retry-After", {"Retry-After": "2"})):
            fault = Fault(status=status, headers=headers)
            yield Trial(
                who="arXiv", what=f"HTTP {status}{words}, once", arrange=_api(fault, 1)
            )
            yield _no_search(
                f"HTTP {status}{words}, all night",
                fault,
                "source-broken" if status == 500 else "throttled",
            )
    yield _no_search("HTTP 403: not asked again", Fault(status=403), "throttled")
    patience = Fault(status=503, headers={"Retry-After": "86400"})
    yield _no_search("HTTP 503, come back tomorrow", patience, "throttled")
    yield _no_search('200 "Rate exceeded."', Fault(body=b"Rate exceeded."), "throttled")
    for what, fault in (
        ("200 with an HTML page", Fault(body=HTML)),
        ("an empty reply", Fault(body=b"")),
        ("a first page without entries", Fault(body=_without_entries)),
        ("XML cut short", Fault(body=lambda body: body[: len(body) // 2])),
        ("a connection cut in the middle", Fault(cut=0.5)),
        ("a connection reset", Fault(reset=True)),
    ):
        yield Trial(who="arXiv", what=f"{what}, once", arrange=_api(fault, 1))
        yield _no_search(f"{what}, all night", fault, "source-broken")
    yield _no_search("silence", Fault(hang_s=60), "source-broken", timeout_s=0.2)
    yield Trial(
        who="arXiv",
        what="an empty page in the middle, all night",
        arrange=_second_page(Fault(body=_without_entries), ALWAYS),
        code=3,
        why="source-broken",
        posted=0,
    )
    yield Trial(
        who="arXiv",
        what="an entry twice, on two pages",
        arrange=_second_page(Fault(body=_repeated), ALWAYS),
    )


def _api(fault: Fault, times: int) -> Callable[[Night], None]:
    return lambda nights: nights.arxiv.fail("/api", fault, times=times)


def _no_search(
    what: str, fault: Fault, why: str, timeout_s: float | None = None
) -> Trial:
    def arrange(nights: Night) -> None:
        nights.arxiv.fail("/api", fault, times=ALWAYS)
        if timeout_s is not None:
            nights.settings["arxiv"] = {"timeout_s": timeout_s}

    return Trial(who="arXiv", what=what, arrange=arrange, code=3, why=why, posted=0)


def _second_page(fault: Fault, times: int) -> Callable[[Night], None]:
    """A topic so large that its search takes two pages; three of it fit one run."""

    def arrange(nights: Night) -> None:
        nights.arxiv.records += [
            record(n, pdf=None, published=nights.now.replace(hour=1, minute=n % 60))
            for n in range(100, 240)
        ]
        for number in range(3):
            nights.arxiv.records[number] = record(number, published=nights.now)
        nights.settings["arxiv"] = {"max_papers": 3}
        nights.arxiv.fail("/api", fault, skip=1, times=times)

    return arrange


def _without_entries(body: bytes) -> bytes:
    head, _, rest = body.partition(b"<entry>")
    return head + rest.rpartition(b"</entry>")[2]


def _repeated(body: bytes) -> bytes:
    first = body[body.index(b"<entry>") : body.index(b"</entry>") + len(b"</entry>")]
    return body.replace(b"<entry>", first + b"<entry>", 1)


# --------------------------------------------------------------------- PDF


def _pdf() -> Iterator[Trial]:
    for what, fault in (
        ("HTTP 404", Fault(status=404)),
        ("an HTML page", Fault(body=HTML)),
        ("cut short", Fault(body=lambda body: body[: len(body) // 2])),
        ("a connection cut in the middle", Fault(cut=0.5)),
        ("a connection reset", Fault(reset=True)),
        ("damaged", Fault(body=b"%PDF-1.7\n" + b"\0garbage\n" * 400)),
        ("empty", Fault(body=b"")),
        ("61 MB", Fault(body=b"%PDF-1.7\n" + bytes(61_000_000))),
        ("HTTP 500", Fault(status=500)),
    ):
        yield Trial(
            who="PDF",
            what=what,
            arrange=_sick(fault),
            code=1,
            posted=2,
            later="posted",
        )
    yield Trial(who="PDF", what="HTTP 500, once", arrange=_sick(Fault(status=500), 1))
    yield Trial(
        who="PDF",
        what="encrypted",
        arrange=_replaced(_encrypted),
        code=1,
        posted=2,
        later="tried again, in the end given up",
    )
    yield Trial(who="PDF", what="1,500 pages", arrange=_replaced(_endless))
    for status in (403, 429):
        # Papers come newest first: the first is there, the second meets the wall.
        yield Trial(
            who="PDF",
            what=f"HTTP {status}: no further download",
            arrange=_sick(Fault(status=status)),
            code=1,
            why="throttled",
            posted=1,
        )


def _sick(fault: Fault, times: int = ALWAYS) -> Callable[[Night], None]:
    return lambda nights: nights.arxiv.fail(SICK, fault, times=times)


def _replaced(make: Callable[[], bytes]) -> Callable[[Night], None]:
    def arrange(nights: Night) -> None:
        nights.arxiv.records[1] = record(1, pdf=make())

    return arrange


@cache
def _encrypted() -> bytes:
    with pymupdf.open("pdf", pdf_of(1)) as document:
        data: bytes = document.tobytes(
            encryption=pymupdf.mupdf.PDF_ENCRYPT_AES_256, owner_pw="o", user_pw="u"
        )
    return data


@cache
def _endless() -> bytes:
    with pymupdf.open("pdf", pdf_of(1)) as document:
        for _ in range(1499):
            document.new_page()
        data: bytes = document.tobytes()
    return data


# ------------------------------------------------------------------- model


def _model() -> Iterator[Trial]:
    for what, fault in (
        ("429 with RetryInfo", "429-retry-info"),
        ("429 with Retry-After", "429-retry-after"),
        ("HTTP 500", "500"),
        ("HTTP 503", "503"),
        ("a connection reset", "reset"),
    ):
        yield Trial(who="model", what=f"{what}, once", arrange=_poor(fault, 1))
        yield _unsaid(f"{what}, all night", fault)
    # The others' answers have to come in that time, also from a busy machine.
    yield _unsaid("silence", "hang", timeout_s=1.5)
    for what, fault in (
        ("the prompt is blocked", "blocked"),
        ("SAFETY", "safety"),
        ("MAX_TOKENS before the first word", "max-tokens-empty"),
        ("an empty reply", "empty"),
        ("no JSON", "not-json"),
        ("another schema", "wrong-schema"),
    ):
        yield _unsaid(what, fault)
    for what, fault in (("MAX_TOKENS", "max-tokens"), ("CONTINUATION", "continuation")):
        yield Trial(who="model", what=what, arrange=_poor(fault, ALWAYS), kept=True)
    yield Trial(
        who="model",
        what="429: the day's quota is spent after one paper",
        arrange=_scripted("ok", "429-per-day"),
        code=1,
        why="quota",
        posted=1,
    )
    for what, fault in (("400: a bad key", "400-key"), ("HTTP 403", "403")):
        yield Trial(
            who="model",
            what=what,
            arrange=_scripted(*[fault] * ALWAYS),
            code=3,
            why="quota",
            posted=0,
        )
    yield Trial(who="model", what="flex is shed", arrange=_flex)


def _judge() -> Iterator[Trial]:
    """The draft is paid for; without verdicts nothing of it is published."""
    for what, fault in (
        ("HTTP 500", "500"),
        ("no JSON", "not-json"),
        ("another schema", "wrong-schema"),
        ("verdicts of other kinds", "odd-verdicts"),
    ):
        yield Trial(who="judge", what=f"{what}, once", arrange=_unjudged(fault))
        yield Trial(
            who="judge",
            what=f"{what}, all night",
            arrange=_unjudged(*[fault] * ALWAYS),
            code=3,
            why="failed",
            posted=0,
        )
    yield Trial(
        who="judge", what="half the verdicts, once", arrange=_unjudged("half-verdicts")
    )
    yield Trial(
        who="judge",
        what="429: the day's quota is spent",
        arrange=_unjudged("429-per-day"),
        code=3,
        why="quota",
        posted=0,
    )


def _unjudged(*faults: str) -> Callable[[Night], None]:
    def arrange(nights: Night) -> None:
        nights.settings["llm"] = {"concurrency": 1}
        nights.gemini.by_kind = {"judge": deque(faults)}

    return arrange


def _poor(fault: str, times: int) -> Callable[[Night], None]:
    def arrange(nights: Night) -> None:
        nights.gemini.by_paper = {title_of(1): deque([fault] * times)}

    return arrange


def _unsaid(what: str, fault: str, timeout_s: float | None = None) -> Trial:
    def arrange(nights: Night) -> None:
        _poor(fault, ALWAYS)(nights)
        if timeout_s is not None:
            nights.settings["llm"] = {"timeout_s": timeout_s}

    return Trial(
        who="model", what=what, arrange=arrange, code=1, posted=2, later="posted"
    )


def _scripted(*faults: str) -> Callable[[Night], None]:
    def arrange(nights: Night) -> None:
        nights.settings["llm"] = {"concurrency": 1}
        nights.gemini.script = deque(faults)

    return arrange


def _flex(nights: Night) -> None:
    nights.settings["llm"] = {"service_tier": "flex"}
    nights.gemini.always = "shed"


if __name__ == "__main__":
    print(table())
