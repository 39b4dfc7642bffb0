"""Papers beside a reader's interests: how near, and to which of them."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from heapq import nlargest
from statistics import fmean, pstdev

from chatpaper.config import InterestsConfig
from chatpaper.ranking.encoders import (
    AUTO,
    Encoder,
    EncoderKind,
    choose_encoder,
    nearness,
)
from chatpaper.ranking.library import read_library
from chatpaper.ranking.words import SharedWords
from chatpaper.records import Interest, InterestKind, Paper, Relevance
from chatpaper.text import fold, one_line, split_sentences

log = logging.getLogger(__name__)

# What the whole of a text's words counts beside meaning, which is counted in standard
# deviations, and alone. Of 250 papers, two in three that stood out so far as near to an
# English text about a topic were of that topic, as one in eight was of all.
_WORDS_BESIDE, _WORDS_ALONE = 6.0, 10.0
_NEAR = 2.0
_LEAST_SPREAD = 0.05  # so that two papers alike do not seem far apart
# One paper of a library may be there by chance; three near ones are not.
_NEIGHBOURS = 3
_FOLLOWED = 100.0  # above any score without an author
_MAX_NEAR = 2
# arXiv's abstracts have at most 1,920 characters; others may have any number.
_MAX_CHARS = 5000

NOT_INSTALLED = (
    "interests are compared by their words alone, so a Chinese text finds little:"
    " pip install 'chatpaper[rank]'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Interests:
    """What a reader cares for.

    Attributes:
        texts: The reader's own words, each an interest of its own.
        authors: Names of people who are followed.
        starred: Titles of starred papers.
        library: Titles of the papers in the reader's library.
    """

    texts: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    starred: tuple[str, ...] = ()
    library: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return any((self.texts, self.authors, self.starred, self.library))


@dataclass(frozen=True)
class Ranker:
    """Says how near papers are to some interests.

    Attributes:
        interests: At least one.
        kind: Of the encoder, which is loaded when it is first needed; None compares
            words alone.
    """

    interests: Interests
    kind: EncoderKind | None = None
    _given: dict[InterestKind, tuple[str, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        mine = self.interests
        given: dict[InterestKind, tuple[str, ...]] = {
            "text": mine.texts,
            "starred": mine.starred,
            "library": mine.library,
        }
        object.__setattr__(self, "_given", given)

    def relevance(self, papers: Sequence[Paper]) -> dict[str, Relevance]:
        """The relevance of each paper, by its base id; it depends on the others.

        A paper is as relevant as it is to what it is nearest to: one of the reader's
        texts, the nearest three starred papers, or the nearest three of the library.
        Papers by a followed author come before all others.
        """
        if not papers:
            return {}
        words = [text for texts in self._given.values() for text in texts]
        table = iter(self._scores(words, papers))
        scores = {
            kind: [next(table) for _ in texts] for kind, texts in self._given.items()
        }
        return {
            paper.id: self._relevance(
                paper,
                {kind: [row[nth] for row in rows] for kind, rows in scores.items()},
            )
            for nth, paper in enumerate(papers)
        }

    def _relevance(
        self, paper: Paper, scores: Mapping[InterestKind, Sequence[float]]
    ) -> Relevance:
        found: list[tuple[float, Interest]] = []
        best = 0.0
        for kind, row in scores.items():
            if not row:
                continue
            nearest = nlargest(1 if kind == "text" else _NEIGHBOURS, row)
            best = max(best, sum(nearest) / len(nearest))
            if nearest[0] >= _NEAR:
                words = self._given[kind][row.index(nearest[0])]
                found.append((nearest[0], Interest(kind=kind, words=words)))
        found.sort(key=lambda pair: pair[0], reverse=True)
        authors = followed(self.interests.authors, paper)
        by = tuple(Interest(kind="author", words=name) for name in authors)
        return Relevance(
            score=round(best + _FOLLOWED * bool(by), 4),
            near=(*by, *(interest for _, interest in found))[:_MAX_NEAR],
        )

    def _scores(
        self, texts: Sequence[str], papers: Sequence[Paper]
    ) -> Iterable[Sequence[float]]:
        """A row per text, in it a number per paper."""
        sentences = [_sentences(paper) for paper in papers]
        shared = SharedWords([" ".join(own) for own in sentences])
        by_words = [shared.shares(text) for text in texts]
        if not (texts and self._encoder):
            return [[_WORDS_ALONE * share for share in row] for row in by_words]
        by_meaning = nearness(self._encoder, texts, sentences)
        return [
            [
                a + _WORDS_BESIDE * b
                for a, b in zip(_standing_out(meant), said, strict=True)
            ]
            for meant, said in zip(by_meaning, by_words, strict=True)
        ]

    @cached_property
    def _encoder(self) -> Encoder | None:
        if self.kind is None:
            return None
        try:
            return self.kind.open()
        except (ImportError, OSError) as error:
            # The order of a post is worth less than the post.
            log.warning("encoder does not load: %s; %s", error, NOT_INSTALLED)
            return None


def open_ranker(
    settings: InterestsConfig, starred: Iterable[Paper], collected: Iterable[str] = ()
) -> Ranker | None:
    """What ranks papers by the configured interests and the stars; None without any.

    What cannot be read, or is not installed, is logged and done without.

    Args:
        settings: What the reader cares for.
        starred: Papers.
        collected: Titles of a library that is no file.

    Raises:
        ConfigError: There is no such encoder.
    """
    titles = [*collected]
    kind = choose_encoder(settings.encoder)
    for path in settings.library:
        library = read_library(path)
        titles += library.titles
        if library.problem:
            log.warning("library %s %s", path, library.problem)
    interests = Interests(
        texts=tuple(filter(None, map(one_line, settings.text))),
        authors=tuple(filter(None, map(one_line, settings.authors))),
        starred=tuple(filter(None, (one_line(paper.title) for paper in starred))),
        library=tuple(dict.fromkeys(titles)),
    )
    if not interests:
        return None
    if kind is None and settings.encoder == AUTO and interests.texts:
        log.warning(NOT_INSTALLED)
    return Ranker(interests, kind)


def followed(names: Iterable[str], paper: Paper) -> tuple[str, ...]:
    """Those of some names that are among a paper's authors.

    Initials between given and family name, hyphens and accents do not matter; the name
    may be turned round by a comma.
    """
    authors = set(map(_spelled, paper.authors))
    return tuple(name for name in names if _spelled(name) in authors)


def _spelled(name: str) -> str:
    family, comma, given = name.partition(",")
    words = re.findall(r"\w+", fold(f"{given} {family}" if comma else name))
    return "".join(word for nth, word in enumerate(words) if not nth or len(word) > 1)


def _standing_out(row: Sequence[float]) -> list[float]:
    """Numbers as standard deviations from their mean.

    A Chinese text is further from English papers than an English one, and a plain title
    nearer to all: only beside tonight's other papers does a number say something.
    """
    middle = fmean(row)
    spread = max(pstdev(row, middle), _LEAST_SPREAD)
    return [(number - middle) / spread for number in row]


def _sentences(paper: Paper) -> list[str]:
    """The title, and the sentences of the abstract."""
    title = one_line(paper.title) or paper.id
    abstract = one_line(paper.abstract)[:_MAX_CHARS]
    return [title[:_MAX_CHARS], *split_sentences(abstract)]
