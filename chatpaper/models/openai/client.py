"""A server of OpenAI's protocol over httpx2: one request per call, its ways learned."""

from __future__ import annotations

import json
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from chatpaper.errors import RequestRefused, SummaryError
from chatpaper.models.calls import CallFailure, Calls, without_key
from chatpaper.models.exchange import (
    CHARS_PER_TOKEN,
    ModelReply,
    ModelRequest,
    price_usd,
)
from chatpaper.models.openai.answer import (
    fits,
    is_thought_away,
    read_answer,
    read_body,
    text_of,
)
from chatpaper.models.openai.failures import (
    Refusal,
    failure_of,
    kind_of,
    room_beside,
)
from chatpaper.models.openai.manner import (
    Manner,
    Memory,
    body_of,
    first_manner,
    lesson,
    tell_change,
)
from chatpaper.net import NO_KEEPALIVE, bound_exchange, open_client, user_agent
from chatpaper.records import Usage

if TYPE_CHECKING:
    import httpx2

log = logging.getLogger(__name__)

HTTP_OK, INTERNAL = 200, 500
# Every rung, strictness, both limits, a bound, thinking and streams.
MOST_LESSONS = 8
# A form that is dropped in silence is told from a slip by its second time.
MISFITS = 2
# No token of English holds so many characters on average; it is about four.
CUT_CHARS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenAISettings:
    """How one model is asked; what a run's config says of it.

    Attributes:
        model: As the server names it.
        base_url: Of the API, to which `/chat/completions` is added.
        timeout_s: Longest silence in one request, which may take three times it.
        thinking_level: Empty switches thinking off, where it is known how.
        max_output_tokens: For one reply, thinking included.
        tries: Requests for one reply, at most, beside those that a lesson costs.
        max_wait_s: Seconds spent waiting between them, at most.
        requests_per_minute: Over all threads; 0 for no limit.
        prices: By model, US dollars for a million tokens (in, out).
    """

    model: str
    base_url: str
    timeout_s: float = 120.0
    thinking_level: str = ""
    max_output_tokens: int = 8192
    tries: int = 5
    max_wait_s: float = 300.0
    requests_per_minute: float = 0
    prices: Mapping[str, tuple[float, float]] = field(default_factory=dict)


class _Taught(Exception):
    """A refusal that says how to ask instead."""

    def __init__(
        self, why: str, *, manner: Manner | None = None, room: int = 0
    ) -> None:
        super().__init__(why)
        self.manner, self.room = manner, room


class OpenAI:
    """A model behind OpenAI's protocol; may be asked from several threads at once.

    Args:
        api_key: From the environment; empty for none. Never logged, never in an error.
        settings: Which model, and how it is asked.
        memory: What was learned of servers before.
        sleep: Waits that many seconds.
        now: Monotonic seconds.
        transport: Carries the requests; None for the network.
    """

    def __init__(
        self,
        api_key: str,
        settings: OpenAISettings,
        *,
        memory: Memory | None = None,
        sleep: Callable[[float], None] = time.sleep,
        now: Callable[[], float] = time.monotonic,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self._key, self._settings, self._now = api_key.strip(), settings, now
        self._calls = Calls(
            self._failure_of,
            tries=settings.tries,
            max_wait_s=settings.max_wait_s,
            requests_per_minute=settings.requests_per_minute,
            sleep=sleep,
            now=now,
        )
        headers = {"User-Agent": user_agent(""), "Accept": "application/json"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        self._client = open_client(
            headers=headers,
            timeout=settings.timeout_s,
            limits=NO_KEEPALIVE,
            # A redirect would take the key to wherever it points.
            follow_redirects=False,
            event_hooks={"request": [bound_exchange]},
            transport=transport,
        )
        self._memory = memory or Memory()
        self._lock = threading.Lock()
        known = self._memory.recall(self._name)
        self._kept: Manner | None = known[0] if known else None
        self._served = known[1] if known else ""
        self._manner = self._kept or first_manner(
            settings.base_url, settings.thinking_level
        )
        # Replies of another form: of each paper, and of all before the first that fits.
        self._misfits: Counter[str] = Counter()
        self._early_misfits = 0
        self._has_fit = False
        self._is_doubted = False

    @property
    def model(self) -> str:
        """As the server names it."""
        return self._settings.model

    @property
    def _name(self) -> str:
        """What is remembered of this model of this server stands under it."""
        settings = self._settings
        return f"{settings.base_url} {self.model} {settings.thinking_level}".rstrip()

    def __repr__(self) -> str:
        base_url = self._settings.base_url
        return f"OpenAI(model={self.model!r}, base_url={base_url!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def complete(self, request: ModelRequest) -> ModelReply:
        """Ask once; again for what waiting cures, and otherwise for what is refused.

        Raises:
            SummaryError: No reply was to be had.
            QuotaSpent: The quota is spent, or the key, the address or the model is
                refused; every later call raises it at once, without a request.
        """
        started = self._now()
        spent = Usage()
        own: Manner | None = None
        while True:
            try:
                manner, reply = self._ask(request, own)
            except SummaryError as error:
                paid = spent + (error.usage or Usage())
                raise type(error)(error.paper_id, error.reason, paid) from error
            spent += reply.usage
            if reply.finish == "length" and is_thought_away(reply):
                if roomy := self._with_room(manner):
                    own = self._change(manner, roomy, own)
                    continue
                if not reply.text.strip():
                    reason = self._too_little_room(manner)
                    raise SummaryError(request.paper_id, reason, spent)
            self._doubt_context(reply, len(request.prompt))
            own = self._rung_below(manner, reply, request)
            if own is None:
                break
        usage = replace(spent, seconds=self._now() - started)
        log.info(
            "model replied paper=%s form=%s finish=%s tokens_in=%d tokens_out=%d"
            " seconds=%.1f",
            request.paper_id,
            manner.rung,
            reply.detail,
            usage.tokens_in,
            usage.tokens_out,
            usage.seconds,
        )
        return replace(reply, usage=usage)

    # What is asked, and what a refusal teaches.

    def _ask(
        self, request: ModelRequest, own: Manner | None
    ) -> tuple[Manner, ModelReply]:
        """One reply, and how it was asked for; `own` is for this question alone."""
        tried: set[Manner] = set()
        room, why = 0, ""  # room beside this prompt; 0 while nobody has complained
        for _ in range(MOST_LESSONS):
            manner = own or self._manner
            tried.add(manner)
            work = partial(self._send, request, manner, room)
            try:
                return manner, self._calls.call(request.paper_id, work)
            except _Taught as error:
                taught, why = error, str(error)
            log.warning("model refused paper=%s: %s", request.paper_id, why)
            room = taught.room or room
            if taught.manner in tried:
                break
            if taught.manner is not None:
                own = self._change(manner, taught.manner, own)
        raise RequestRefused(request.paper_id, why)

    def _teach(
        self, refusal: Refusal, request: ModelRequest, manner: Manner, tokens: int
    ) -> None:
        """Raise what a refusal teaches, if it teaches anything."""
        kind = kind_of(refusal)
        failure = self._failure_of(refusal)
        why = failure.reason if failure else ""
        if kind == "long":
            room = room_beside(refusal, len(request.prompt))
            if 0 < room < tokens:
                raise _Taught(why, room=room)
        elif kind not in ("away", "spent", "filter", "key"):
            words = refusal.said.all
            # A server that fails is asked otherwise only when it says why.
            guess = kind == "other"
            if kind != "busy" or refusal.status == INTERNAL:
                better = lesson(manner, words, tokens=tokens, guess=guess)
                if better is not None:
                    raise _Taught(why, manner=better)

    def _change(
        self, before: Manner, after: Manner, own: Manner | None = None
    ) -> Manner | None:
        """Ask otherwise from now on, unless another thread has changed that already.

        Returns:
            A question's own way to be asked, which changes for it alone; else None.
        """
        if own is not None:
            return after
        with self._lock:
            if self._manner != before:
                return None
            self._manner = after
        tell_change(before, after)
        return None

    def _with_room(self, manner: Manner) -> Manner | None:
        """With a higher limit, for a model that thought its limit away."""
        roomy = replace(manner, roomy=True)
        wanted = self._settings.max_output_tokens
        return roomy if roomy.tokens(wanted) > manner.tokens(wanted) else None

    def _too_little_room(self, manner: Manner) -> str:
        tokens = manner.tokens(self._settings.max_output_tokens)
        return (
            f"the model used up {tokens} tokens before the first word of a reply:"
            " raise llm.max_output_tokens, or take a model that thinks less"
        )

    def _rung_below(
        self, manner: Manner, reply: ModelReply, request: ModelRequest
    ) -> Manner | None:
        """How to ask this question again: the form was most likely dropped in silence.

        None when the reply fits, which is remembered, or may be a slip. A paper that no
        form helps changes nothing for the others.
        """
        if reply.finish not in ("stop", "other") or not reply.text.strip():
            return None
        if fits(reply.text, request):
            self._worked(manner, reply.model)
            self._misfits.pop(request.paper_id, None)
            return None
        with self._lock:
            self._misfits[request.paper_id] += 1
            self._early_misfits += not self._has_fit
            misfits = max(self._misfits[request.paper_id], self._early_misfits)
        if misfits < MISFITS or manner.lower is None:
            return None
        log.warning(
            "reply is of another form paper=%s form=%s", request.paper_id, manner.rung
        )
        return manner.lower

    def _doubt_context(self, reply: ModelReply, chars: int) -> None:
        """Warn, once, when a server has most likely cut a prompt to its context."""
        read = reply.usage.tokens_in
        with self._lock:
            if self._is_doubted or not read or chars < CUT_CHARS * read:
                return
            self._is_doubted = True
        log.warning(
            "%s counts %d tokens in a prompt of %d characters: it may have read only"
            " its end; give it a longer context, or lower llm.max_input_chars",
            self.model,
            read,
            chars,
        )

    def _worked(self, manner: Manner, served: str) -> None:
        with self._lock:
            before = self._manner
            if not self._has_fit:
                self._has_fit, self._early_misfits = True, 0
                self._manner = manner
            if manner != self._manner or (self._kept, self._served) == (manner, served):
                return
            other_model = self._kept is not None and self._served != served
            self._kept, self._served = manner, served
        tell_change(before, manner)
        if other_model:
            # It may know more than the one before: the next run begins at the top.
            self._memory.forget(self._name)
        else:
            self._memory.keep(self._name, manner, served)

    # What goes over the wire.

    def _send(self, request: ModelRequest, manner: Manner, room: int) -> ModelReply:
        tokens = manner.tokens(self._settings.max_output_tokens)
        tokens = min(tokens, room or tokens)
        body = body_of(
            manner,
            request,
            model=self.model,
            tokens=tokens,
            level=self._settings.thinking_level,
        )
        try:
            found = self._exchange(body)
        except Refusal as refusal:
            self._teach(refusal, request, manner, tokens)
            raise
        except RecursionError as error:
            reason = "the reply was JSON nested without end"
            usage = self._estimate(request)
            raise SummaryError(request.paper_id, reason, usage) from error
        return read_answer(found, model=self.model, prices=self._settings.prices)

    def _exchange(self, body: Mapping[str, Any]) -> dict[str, Any]:
        url = f"{self._settings.base_url}/chat/completions"
        content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        headers = {"Content-Type": "application/json"}
        with self._client.stream(
            "POST", url, content=content, headers=headers
        ) as response:
            text = text_of(response)
        # Some echo it, and a reply's words and its model's name get into posts.
        text = without_key(text, self._key)
        if response.status_code != HTTP_OK:
            raise Refusal(response.status_code, response.headers, text)
        return read_body(text, response.headers)

    def _estimate(self, request: ModelRequest) -> Usage:
        """The cost of a call whose reply cannot be read: its prompt, by its length."""
        tokens_in = len(request.prompt) // CHARS_PER_TOKEN
        cost = price_usd(self._settings.prices, self.model, tokens_in, 0)
        return Usage(calls=1, tokens_in=tokens_in, cost_usd=cost)

    def _failure_of(self, error: Exception) -> CallFailure | None:
        return failure_of(
            error, key=self._key, model=self.model, base_url=self._settings.base_url
        )
