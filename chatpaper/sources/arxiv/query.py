"""The query that arXiv is asked for a topic, and what may be wrong with it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from chatpaper.config import Config
from chatpaper.errors import ArgumentError, ConfigError
from chatpaper.records import Topic
from chatpaper.settings import near_topic
from chatpaper.sources.local_query import FIELDS, Query, parse_query, plain_letters

QUOTES = "\"'\u201c\u201d\u2018\u2019"
SHORT_WORD = 3  # letters: GAN, CT and CAD mean many things
_OPERATORS = {"AND", "OR", "NOT", "ANDNOT", "TO"}
_ATOM = re.compile(r'\w+:(?:"[^"]*"|[^\s()"]+)|\([^()]*\)')


def build_query(topic: Topic, since: datetime, until: datetime) -> str:
    """The arXiv query of a topic for a window of first submissions.

    Args:
        topic: Its queries are joined by OR, its categories likewise.
        since: Aware; the minute itself counts.
        until: Aware; the minute itself counts, as on arXiv's side.

    Raises:
        ValueError: A naive time, or a topic with neither queries nor categories.

    Source:
        https://info.arxiv.org/help/api/user-manual.html#query_details
    """
    if since.tzinfo is None or until.tzinfo is None:
        raise ValueError("since and until need a time zone")
    if not topic.queries and not topic.categories:
        raise ValueError(f"topic {topic.name!r} has neither queries nor categories")
    queries = [" ".join(query.split()) for query in topic.queries]
    categories = [f"cat:{category}" for category in topic.categories]
    window = " TO ".join(f"{t.astimezone(UTC):%Y%m%d%H%M}" for t in (since, until))
    parts = [_any_of(terms) for terms in (queries, categories) if terms]
    return " AND ".join([*parts, f"submittedDate:[{window}]"])


def topic_named(config: Config, name: str) -> Topic:
    """The configured topic of a name, or a search for its words.

    A configured topic without queries is searched by its name, too. Words in quotes
    are searched even where they look like a misspelt topic.

    Raises:
        ConfigError: As for `topic_from_words`, or a name much like a configured one.
    """
    topic = config.topic(name)
    if topic is not None:
        if topic.queries:
            return topic
        words = topic_from_words(topic.name, where=f"topics, {topic.name}")
        return replace(topic, queries=words.queries)
    words = topic_from_words(name)
    meant = near_topic(name, [entry.name for entry in config.topics])
    if meant and name == words.name:
        raise ArgumentError(
            "topic",
            f"{name}: did you mean {meant}? To search for {name!r} itself, add double"
            f" quotes: '\"{name}\"'",
        )
    return words


def wanted_topics(config: Config, names: Sequence[str]) -> list[Topic]:
    """The topics of these names, or all that are configured.

    Raises:
        ConfigError: There are none.
    """
    if not (names or config.topics):
        raise ConfigError("topics", "there are none: name one with `topics=`")
    names = names or [entry.name for entry in config.topics]
    return [topic_named(config, name) for name in names]


def topic_from_words(name: str, *, where: str = "") -> Topic:
    """A topic for words that the config does not know: title or abstract has them.

    Several words are a phrase. Accents are taken off and every sign separates words,
    since arXiv refuses or misreads both.

    Args:
        name: The words; quotes around them are taken off.
        where: They stand in the configuration, for the error; empty for an argument.

    Raises:
        ConfigError: No words, or some that arXiv cannot be asked, such as Chinese ones.
    """
    if len(name) > 1 and name[0] in QUOTES and name[-1] in QUOTES:
        name = name[1:-1].strip()
    words = re.findall(r"[^\W_]+", plain_letters(name))
    problem = ""
    if not words:
        problem = (
            f"{name!r} has no word to search for: name a topic, or none for every"
            " topic of config.yaml"
        )
    elif not "".join(words).isascii():
        problem = (
            f"arXiv cannot be asked for {name!r}: its papers are in English; add a "
            "topic of this name with English queries to config.yaml"
        )
    if problem:
        raise ConfigError(where, problem) if where else ArgumentError("topic", problem)
    quoted = len(words) > 1 or words[0] in _OPERATORS
    term = f'"{" ".join(words)}"' if quoted else words[0]
    return Topic(name=name, queries=(f"ti:{term}", f"abs:{term}"))


def explain_query(topic: Topic) -> tuple[str, ...]:
    """What may be wrong with a topic's queries, one English sentence each."""
    warnings = list(_dropped_signs(topic))
    for text in topic.queries:
        try:
            query = parse_query(text)
        except ValueError as error:
            warnings.append(f"{text}: {error}")
            continue
        warnings += [f"{text}: {warning}" for warning in _doubts(text, query)]
    if topic.primary_only and not topic.categories:
        warnings.append("interests.primary_only drops nothing without categories")
    return tuple(dict.fromkeys(warnings))


# Between words these are blanks to everybody; the others are parts of names.
_SIGNS = re.compile(r"[^\w\s\-–—,.:;'’/()\"]+")


def _dropped_signs(topic: Topic) -> Iterator[str]:
    """Signs of a topic's words, or of its queries, that arXiv does not search for."""
    asked = " OR ".join(topic.queries)
    try:
        is_by_name = topic_from_words(topic.name).queries == topic.queries
    except ConfigError:
        is_by_name = False
    for text in (topic.name,) if is_by_name else topic.queries:
        without_ranges = re.sub(r"\w+:\[[^\]]*\]", "", text)
        if signs := dict.fromkeys(_SIGNS.findall(without_ranges)):
            listed = " ".join(signs)
            if is_by_name:
                yield f"{listed} of {text!r} was dropped: arXiv is asked for {asked}"
            else:
                yield f"{text}: arXiv ignores {listed}, or takes it for a wildcard"


def _doubts(text: str, query: Query) -> list[str]:
    doubts = []
    lower = sorted({"and", "or", "not", "andnot"} & set(query.unjoined))
    for word in lower:
        doubts.append(f"{word!r} is searched as a word; write {word.upper()}")
    bare = [word for word in query.unjoined if word not in lower]
    if bare:
        doubts.append(
            f"{' '.join(bare)!r} stands without an operator and is joined by OR to "
            'what comes before; put several words in quotes, like ti:"neural network"'
        )
    for term in query.terms:
        if term.field == "cat" or len(term.words) != 1:
            continue
        (word,) = term.words
        if len(word) <= SHORT_WORD and word.isalpha() and word not in lower:
            doubts.append(
                f"{word.upper()!r} is short and means other things too; narrow it by "
                "categories, a longer term or excluded words"
            )
    for prefix in re.findall(r'(?<![\w"])([A-Za-z]+):', re.sub(r'"[^"]*"', "", text)):
        if prefix not in FIELDS:
            doubts.append(
                f"arXiv knows no field {prefix!r}; it knows {', '.join(FIELDS)}"
            )
    if not text.isascii():
        doubts.append("arXiv may refuse letters with accents; write plain ones")
    return doubts


def _any_of(terms: list[str]) -> str:
    grouped = [term if _ATOM.fullmatch(term) else f"({term})" for term in terms]
    return grouped[0] if len(grouped) == 1 else f"({' OR '.join(grouped)})"
