"""A paper, its document, and a model that says what it is told to say."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from chatpaper.errors import SummaryError
from chatpaper.models import (
    Finish,
    ModelReply,
    ModelRequest,
)
from chatpaper.records import FIELDS, Document, Figure, Paper, Passage, Section, Usage

ORDER = ["title", *FIELDS, "keywords"]  # of the schema
BOX = (72.0, 72.0, 300.0, 200.0)

PAPER = Paper(
    id="2401.01234",
    version=2,
    title="Lantern: Small Adversarial Networks for Night Scenes",
    abstract="We present Lantern, a small generative network for night scenes.",
)

INTRODUCTION = (
    "Night scenes are hard to generate because light is scarce and noise is strong."
    " However, existing networks need large training sets and long training."
    " We propose Lantern, a small generator that learns from few night images.\n\n"
    "Earlier methods rely on paired day images, which are costly to collect."
)
METHOD = (
    "The generator takes a noise vector and predicts the image at two scales."
    " The discriminator judges the bright and the dark regions apart from each other."
    " We train both networks with a hinge loss and a penalty on the gradient."
)
RESULTS = (
    "Lantern reaches an accuracy of 91.5% on the held-out night images."
    " The error of the strongest earlier method falls from 0.42 to 0.37 with it."
    " Training the whole model takes 3.5 hours on one graphics card."
)
CONCLUSION = (
    "Lantern makes the generation of night scenes practical on small machines."
    " A limitation is that moving lights are still blurred in most of the images."
)


def section(title: str, text: str, **rest: Any) -> Section:
    """A section on page 2."""
    return Section(
        **{"level": 1, "number": None, "page": 2, **rest}, title=title, text=text
    )


def document(*sections: Section, **rest: Any) -> Document:
    """The paper's document; other sections in place of its own when given."""
    own = (
        section("", "Lantern\nA. Author", kind="front", page=1),
        section("Abstract", PAPER.abstract, kind="abstract", page=1),
        section("Introduction", INTRODUCTION, number="1", page=1),
        section("Method", METHOD, number="2"),
        section("Results", RESULTS, number="3", page=3),
        section("Conclusion", CONCLUSION, number="4", page=3),
        section("References", "[1] Nobody. A secret reference.", kind="references"),
        section("Proofs", "The proof is left to the night.", kind="appendix", page=4),
    )
    caption = Figure(
        kind="table", label="Table 1", caption="Scores at night.", page=3, box=BOX
    )
    cells = Passage(kind="table", text="Lantern 91.5 0.37", page=3, box=BOX)
    made: dict[str, Any] = {
        "paper_id": PAPER.versioned_id,
        "page_count": 4,
        "pages_read": 4,
        "figures": (caption,),
        "passages": (cells,),
    }
    return Document(**{**made, **rest}, sections=sections or own)


def good_reply(**changes: Any) -> dict[str, Any]:
    """A whole reply; a change to `...` leaves a field out."""
    claim = {
        "evidence": ["We propose Lantern, a small generator"],
        "text": "Lantern 是一个小型生成网络。",
    }
    reply: dict[str, Any] = {
        "title": "Lantern：夜景小型对抗网络",
        "abstract": claim,
        "points": [claim, claim, claim],
        "keywords": ["夜景", "生成对抗网络"],
    }
    for name in ("background", "prior_work", "approach", "results", "significance"):
        reply[name] = [claim]
    reply["limitations"] = [claim]
    reply["method"] = [claim, claim]
    changed = {**reply, **changes}
    order = sorted(changed, key=lambda k: ORDER.index(k) if k in ORDER else len(ORDER))
    return {key: changed[key] for key in order if changed[key] is not ...}


class ScriptedModel:
    """A `Model` that gives its replies in order and remembers what it was asked."""

    def __init__(self, *replies: str | dict[str, Any] | ModelReply | SummaryError):
        self.replies = list(replies)
        self.asked: list[ModelRequest] = []

    def complete(self, request: ModelRequest) -> ModelReply:
        """The next reply, or the next error."""
        self.asked.append(request)
        reply = self.replies.pop(0)
        if isinstance(reply, SummaryError):
            raise reply
        if isinstance(reply, ModelReply):
            return reply
        text = reply if isinstance(reply, str) else json.dumps(reply)
        return said(text)


def said(text: str, finish: Finish = "stop", detail: str = "STOP") -> ModelReply:
    """A reply that cost 100 tokens in, 10 out, one cent and half a second."""
    usage = Usage(calls=1, tokens_in=100, tokens_out=10, cost_usd=0.01, seconds=0.5)
    return ModelReply(
        text=text, finish=finish, detail=detail, model="scripted-1", usage=usage
    )


def texts(items: Iterable[Any]) -> list[str]:
    """The texts of claims."""
    return [item.text for item in items]
