"""A model that the caller brings: an object with `complete`, or a plain function."""

from __future__ import annotations

import hashlib
import inspect
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatpaper.errors import ArgumentError, ChatpaperError, SummaryError
from chatpaper.models.exchange import Model, ModelReply, ModelRequest
from chatpaper.models.providers import LlmConfig, ModelProvider
from chatpaper.records import Usage
from chatpaper.text import one_line

if TYPE_CHECKING:
    import httpx2

MAX_REASON_CHARS = 200
FORMS = (
    "give an object with complete(request), a function from a prompt to a reply,"
    " or a model's name"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnModel:
    """What a caller gave, as a `Model`.

    Attributes:
        name: As posts show it.
        key: As its replies are kept under. A function that is written anew under its
            old name is another model.
        ask: Gives a `ModelReply` or its text.
    """

    name: str
    key: str
    ask: Callable[[ModelRequest], object]

    def complete(self, request: ModelRequest) -> ModelReply:
        """Ask once.

        Raises:
            SummaryError: It failed, or answered with something else than text.
        """
        start = time.perf_counter()
        try:
            reply = self.ask(request)
        except ChatpaperError:
            raise
        except Exception as error:
            # An address may have a key behind its question mark.
            words = re.sub(r"(https?://[^\s?]+)\?\S*", r"\1", one_line(str(error)))
            reason = f"{self.name}: {type(error).__name__}: {words}"
            raise SummaryError(request.paper_id, reason[:MAX_REASON_CHARS]) from error
        if isinstance(reply, ModelReply):
            return reply
        if not isinstance(reply, str):
            reason = f"{self.name} answered with {_a(reply)}, not with text"
            raise SummaryError(request.paper_id, reason)
        seconds = time.perf_counter() - start
        # Nobody counted: a price cannot be told.
        usage = Usage(calls=1, cost_usd=None, seconds=seconds, uncounted=1)
        return ModelReply(
            text=reply, finish="stop", detail="", model=self.name, usage=usage
        )


def own_model(given: object, argument: str) -> OwnModel:
    """A caller's object or function as a model.

    Args:
        given: Has a method `complete` that takes a `ModelRequest`, or is a function
            that takes the prompt, to which the form of the reply is added; either
            answers with a text or a `ModelReply`. Several threads may call it at once.
        argument: Its name, for the error.

    Raises:
        ArgumentError: It is neither.
    """
    complete: Any = getattr(given, "complete", None)
    ask: Any = complete if callable(complete) else given
    if isinstance(given, type):
        raise ArgumentError(argument, f"{given.__name__} is a class: give an instance")
    if not callable(ask):
        raise ArgumentError(argument, f"{_a(given)} is no model: {FORMS}")
    if inspect.iscoroutinefunction(ask):
        problem = "an async function cannot be asked here: give one that waits"
        raise ArgumentError(argument, problem)
    if ask is complete:
        name = _name_of(given, type(given).__name__)
        return OwnModel(name=name, key=name, ask=ask)
    name = _name_of(given, getattr(given, "__name__", type(given).__name__))
    return OwnModel(
        name=name, key=f"{name}-{_version_of(ask)}", ask=lambda r: ask(_whole(r))
    )


def _name_of(given: object, otherwise: str) -> str:
    name = getattr(given, "name", None)
    return one_line(name if isinstance(name, str) and name else otherwise).strip("<>")


def _version_of(function: Callable[..., object]) -> str:
    """Short hash of a function's code, so far as it can be seen."""
    code: Any = getattr(function, "__code__", None)
    seen = (code.co_code, code.co_names, repr(code.co_consts)) if code else ()
    # Where a nested function lies in memory says nothing of it.
    text = re.sub(r" at 0x[0-9a-f]+|, line \d+", "", repr(seen))
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _whole(request: ModelRequest) -> str:
    """The prompt with the form of its reply, which an API is told elsewhere."""
    schema = json.dumps(request.schema, ensure_ascii=False)
    return f"{request.prompt}\n\nReply with one JSON object of this schema:\n{schema}"


def _a(thing: object) -> str:
    name = type(thing).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnProvider(ModelProvider):
    """Opens the models that a caller brought, and others where they are configured.

    Attributes:
        models: By the names that the configuration has for them.
        others: Opens models of other names; None where there are none.
        other_key: Of their API.
    """

    models: Mapping[str, OwnModel]
    others: ModelProvider | None = None
    other_key: str = ""

    @property
    def key_names(self) -> tuple[str, ...]:
        """None."""
        return ()

    @property
    def key_page(self) -> str:
        """None."""
        return ""

    @property
    def discount(self) -> float:
        """None."""
        return 0.0

    @property
    def name(self) -> str:
        """Of who runs the model that writes, as the JSON of a post names it."""
        return self.others.name if self.others else "own"

    @contextmanager
    def open(
        self,
        llm: LlmConfig,
        name: str,
        *,
        key: str,
        sleep: Callable[[float], None],
        transport: httpx2.BaseTransport | None = None,
        memory: Path | None = None,
    ) -> Iterator[Model]:
        """Open a model for the length of a block; see `ModelProvider.open`."""
        with ExitStack() as stack:
            if name in self.models:
                yield self.models[name]
                return
            assert self.others is not None  # who chose the name saw to it
            yield stack.enter_context(
                self.others.open(
                    llm,
                    name,
                    key=key or self.other_key,
                    sleep=sleep,
                    transport=transport,
                    memory=memory,
                )
            )

    def probe(self, llm: LlmConfig, key: str) -> tuple[str, Mapping[str, str]]:
        """Nothing: a caller's object has no address."""
        raise NotImplementedError
