"""What a provider of summaries is, and how it is configured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import (
    TYPE_CHECKING,
    Annotated,
    Any,
    Literal,
    Protocol,
    runtime_checkable,
)

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from chatpaper.models.exchange import Model, ModelReply, ModelRequest
from chatpaper.records import Document, Paper, Summary
from chatpaper.settings import (
    AnyUrl,
    AnyVariable,
    ConfigSection,
    NotNegative,
    Positive,
)

if TYPE_CHECKING:
    import httpx2

# --------------------------------------------------------------------------------------
# The configuration's section on models.


def provider_names() -> tuple[str, ...]:
    """What `llm.provider` may be."""
    # The table holds objects that are made of this module.
    from chatpaper.models import PROVIDERS

    return ("auto", *PROVIDERS)


def _known(name: str) -> str:
    names = [repr(known) for known in provider_names()]
    if repr(name) not in names:
        allowed = f"{', '.join(names[:-1])} or {names[-1]}"
        raise PydanticCustomError("provider", f"Input should be {allowed}")
    return name


def _with_names(schema: dict[str, Any]) -> None:
    schema["enum"] = list(provider_names())


ProviderName = Annotated[
    str, AfterValidator(_known), Field(json_schema_extra=_with_names)
]


class LlmConfig(ConfigSection):
    """Which model, how, and for how much."""

    provider: ProviderName = "auto"
    base_url: AnyUrl = ""
    key_env: AnyVariable = ""
    model: Annotated[str, Field(validate_default=True)] = ""
    api_version: Literal["v1", "v1beta"] = "v1beta"
    service_tier: Literal["standard", "flex", "batch"] = "standard"
    thinking_level: Literal["", "minimal", "low", "medium", "high"] = ""
    timeout_s: Positive = 120.0
    tries: Annotated[int, Field(ge=1, le=20)] = 5
    max_wait_s: NotNegative = 300.0
    concurrency: Annotated[int, Field(ge=1, le=256)] = 4
    requests_per_minute: NotNegative = 0
    max_output_tokens: Annotated[int, Field(ge=256)] = 16_384
    max_input_chars: Annotated[int, Field(ge=2_000)] = 120_000
    max_usd_per_run: NotNegative = 1.0
    max_tokens_per_run: Annotated[int, Field(ge=0)] = 0
    batch_fallback: bool = True
    prices_as_of: date = date(2026, 10, 7)
    prices: dict[str, tuple[float, float]] = Field(
        default={
            "gemini-3.5-flash-lite": (0.30, 2.50),
            "gemini-3.8-flash": (0.75, 3.75),
        }
    )

    @field_validator(
        "base_url", "key_env", "model", "api_version", "service_tier", mode="after"
    )
    @classmethod
    def _suits(cls, value: str, info: ValidationInfo) -> str:
        """Hold a key against the provider; an empty model is the provider's own."""
        chosen = str(info.data.get("provider", "auto"))
        if info.field_name == "key_env" and value and chosen == "auto":
            raise ValueError("needs llm.provider: with auto it may be anybody's key")
        models = (*asked_for(chosen), *asked_for("auto"))
        provider = next(p for p in models if not isinstance(p, Extractor))
        if info.field_name == "model":
            value = value or provider.default_model
        problem = provider.problem(str(info.field_name), value, info.data)
        if problem:
            raise ValueError(problem)
        return value


# --------------------------------------------------------------------------------------
# Who summarises: a language model that is asked, or a method that needs none.


class ModelProvider(Protocol):
    """Opens language models, which are asked, and which judge and repair.

    What has a body here may be left out by who says so by inheriting it.
    """

    @property
    def name(self) -> str:
        """As `llm.provider` says it, and as posts name it."""

    @property
    def key_names(self) -> tuple[str, ...]:
        """Environment variables that may hold its key; none when it needs no key."""

    @property
    def key_page(self) -> str:
        """Where a key is to be had."""

    @property
    def discount(self) -> float:
        """What the flex and batch tiers take off the price, from 0 to 1."""

    @property
    def default_model(self) -> str:
        """What an empty `llm.model` means; who has none is never taken by `auto`."""
        return ""

    def needs_key(self, llm: LlmConfig) -> bool:  # noqa: ARG002
        """Whether it must have a key; who need not have one takes none unasked."""
        return True

    def problem(
        self,
        key: str,  # noqa: ARG002
        value: object,  # noqa: ARG002
        before: Mapping[str, object],  # noqa: ARG002
    ) -> str:
        """What is wrong with a value of `LlmConfig` for it, in English.

        Args:
            key: Its name.
            value: As it was written.
            before: The values that stand before it in the class.
        """
        return ""

    def open(
        self,
        llm: LlmConfig,
        name: str,
        *,
        key: str,
        sleep: Callable[[float], None],
        transport: httpx2.BaseTransport | None = None,
        memory: Path | None = None,
    ) -> AbstractContextManager[Model]:
        """Open a model for the length of a block.

        Args:
            llm: As configured.
            name: Of the model, which may be another one than `llm.model`.
            key: Of its API; empty when it needs none.
            sleep: Waits that many seconds.
            transport: Carries the requests; None for the network.
            memory: A file for what is learned of servers; None for none.
        """

    def probe(self, llm: LlmConfig, key: str) -> tuple[str, Mapping[str, str]]:
        """An address that answers only to a good key, and the headers to ask it with.

        It costs nothing, and is not found when `llm.model` does not exist; or else
        `doubt` says so.
        """

    def doubt(
        self,
        llm: LlmConfig,  # noqa: ARG002
        status: int,  # noqa: ARG002
        body: bytes,  # noqa: ARG002
    ) -> tuple[str, str]:
        """What is wrong, and what to do, by what the address of `probe` answered.

        Both are empty when nothing is to be said that the status does not say.
        """
        return "", ""


@runtime_checkable
class Extractor(Protocol):
    """Summarises without being asked in words; no model judges or repairs that."""

    @property
    def name(self) -> str:
        """As for `ModelProvider`."""

    @property
    def key_names(self) -> tuple[str, ...]:
        """As for `ModelProvider`."""

    def extract(self, paper: Paper, document: Document) -> Summary:
        """The summary of a paper."""


Provider = ModelProvider | Extractor


def asked_for(name: str) -> tuple[Provider, ...]:
    """Who may summarise when `llm.provider` is that; the first with a key does."""
    # The table holds objects that are made of this module.
    from chatpaper.models import PROVIDERS

    if name != "auto":
        return tuple(p for p in PROVIDERS.values() if p.name == name)
    return tuple(
        p for p in PROVIDERS.values() if isinstance(p, Extractor) or p.default_model
    )


def key_names(provider: Provider, llm: LlmConfig) -> tuple[str, ...]:
    """Variables that may hold a provider's key; none when it needs none."""
    if isinstance(provider, Extractor):
        return ()
    if llm.key_env:
        return (llm.key_env,)
    return provider.key_names if provider.needs_key(llm) else ()


# --------------------------------------------------------------------------------------
# Models that also take many prompts at once, and answer later for less money.

Status = Literal["pending", "done", "failed", "expired"]


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchAnswer:
    """What a job has for one of its requests.

    Attributes:
        paper_id: Whose it is; empty when the server does not say.
        reply: Read it with `summary.read_summary`; None when there is none.
        error: Why there is no reply, in English.
    """

    paper_id: str
    reply: ModelReply | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchState:
    """What has become of a job.

    Attributes:
        status: A pending one is asked for again later; nothing more will come of
            any other.
        answers: In the server's order. A paper in none was lost with its job.
        reason: Of a job that failed or expired, in English.
    """

    status: Status
    answers: tuple[BatchAnswer, ...] = ()
    reason: str = ""


@runtime_checkable
class BatchModel(Protocol):
    """A model that takes jobs of many prompts."""

    def portions(
        self, requests: Sequence[ModelRequest]
    ) -> Iterator[tuple[ModelRequest, ...]]:
        """Requests in order, in groups that fit one job each."""

    def submit(self, requests: Sequence[ModelRequest], *, label: str) -> str:
        """Hand in one job, and give its name.

        Args:
            requests: One per paper.
            label: Unique to this job; `find` tells by it whether the job was made.

        Raises:
            RequestRefused: The job was refused.
            SummaryError: Nobody knows whether the job was made.
            QuotaSpent: The quota is spent, or the key is refused.
        """

    def find(self, label: str) -> str | None:
        """Name of the job that was handed in under a label, None when there is none.

        Raises:
            RequestRefused: The server does not list jobs.
            SummaryError: The jobs could not be listed.
        """

    def poll(self, job: str) -> BatchState:
        """What has become of a job.

        Raises:
            RequestRefused: The server does not tell.
            SummaryError: The server could not be asked.
        """
