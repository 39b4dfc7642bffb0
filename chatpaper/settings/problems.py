"""What is wrong with a configuration, in its user's words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from pydantic import BaseModel

TOPICS_FORM = (
    "topics are a list of entries, each with a name and queries, as in"
    " `- {name: GAN, queries: [ti:GAN]}`; a mapping `GAN: [ti:GAN]` and a name alone"
    " are accepted too"
)

SHORT_NAME = 6  # letters
# Keys of the kind that belongs to no file.
_SECRET = re.compile(r"(?i)^(\w*_)?(api_?key|key|token|secret|password)$")
# Words for the kinds of errors that pydantic tells apart; others keep its own.
_WORDS = {
    "missing": "is missing",
    "string_type": "must be text; put it in quotes",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "tuple_type": "must be a list, as [a, b]",
    "dict_type": "must be a mapping, as {a: b}",
    "model_type": "must be a section with keys of its own",
    "model_attributes_type": "must be a section with keys of its own",
    "string_pattern_mismatch": "must be an address that begins with http:// or"
    " https://",
    "string_too_short": "must not be empty",
}


def explain(
    items: Sequence[Mapping[str, Any]],
    model: type[BaseModel],
    data: Mapping[str, Any],
    *,
    key_names: Sequence[str],
) -> Iterator[tuple[str, str]]:
    """Each problem as the dotted key it is about, and what to say of that.

    Args:
        items: Of a `ValidationError`.
        model: What the data was checked by.
        data: As it was written.
        key_names: Variables that may hold a key for a model.
    """
    for item in items:
        loc = item["loc"]
        dotted = ".".join(str(part) for part in loc)
        if loc[0] == "topics" and len(loc) > 1:
            dotted, words = _topic_key(loc, data), _topic_words(item)
        else:
            words = _words(item)
        if item["type"] == "extra_forbidden":
            words = _unknown(loc, model, key_names)
        yield dotted, words


def variable(dotted: str, prefix: str) -> str:
    """The environment's name for a key."""
    return prefix + dotted.replace(".", "__").upper()


def near(name: str, known: Sequence[str]) -> str:
    """The one of some names that a misspelt one was meant to be; empty for none."""
    folded = {each.casefold(): each for each in known}
    word = name.casefold()
    for plural in (f"{word}s", word.removesuffix("s")):
        if plural in folded and plural:
            return folded[plural]
    found = difflib.get_close_matches(word, folded, n=1, cutoff=0.6)
    return folded[found[0]] if found else ""


def near_topic(name: str, known: Sequence[str]) -> str:
    """The configured topic that another name was meant to be; empty for none.

    Short words differ by a letter and mean other things: GAN, CAN and WGAN.
    """
    plain = {_plain(each): each for each in known}
    word = _plain(name)
    if word in plain:
        return plain[word]
    long = [each for each in plain if len(each) > SHORT_NAME]
    found = difflib.get_close_matches(word, long, n=1, cutoff=0.85)
    return plain[found[0]] if found and len(word) > SHORT_NAME else ""


def _plain(name: str) -> str:
    """A name without what is easily mistaken: case, signs, the plural."""
    return "".join(c for c in name.casefold() if c.isalnum()).removesuffix("s")


def _unknown(
    loc: Sequence[str | int], model: type[BaseModel], key_names: Sequence[str]
) -> str:
    name = str(loc[-1])
    if loc[:2] == ("deliver", "channels"):
        return _unknown_of_channel(name)
    if _SECRET.match(name):
        return f"no such key; put the key into {' or '.join(key_names)}"
    meant = _meant(name, [part for part in loc[:-1] if isinstance(part, str)], model)
    return "no such key" + (f"; did you mean `{meant}`?" if meant else "")


def _unknown_of_channel(name: str) -> str:
    secrets = ("url", "webhook", "user", "username", "login")
    if _SECRET.match(name) or name.casefold() in secrets:
        return (
            "no such key; secrets stay in the environment, and `url_env`, `secret_env`,"
            " `user_env` and `password_env` name their variables"
        )
    return "no such key of this kind of channel"


def _meant(name: str, parents: Sequence[str], model: type[BaseModel]) -> str:
    """The dotted key that was meant: of the same section, or else of another."""
    if parents[:1] == ["topics"]:
        return near(name, ["name", "queries", "categories", "exclude", "find"])
    sections = {
        key: field.annotation.model_fields
        for key, field in model.model_fields.items()
        if isinstance(field.annotation, type)
        and issubclass(field.annotation, BaseModel)
    }
    if parents:
        section = parents[0]
        if meant := near(name, list(sections.get(section, ()))):
            return f"{section}.{meant}"
    elif meant := near(name, list(model.model_fields)):
        return meant
    every = {key: f"{at}.{key}" for at, fields in sections.items() for key in fields}
    return every.get(near(name, list(every)), "")


def _topic_key(loc: Sequence[str | int], data: Mapping[str, Any]) -> str:
    """A topic by its name, as far as it has one."""
    place, rest = loc[1], [str(part) for part in loc[2:] if isinstance(part, str)]
    written = data.get("topics")
    name: object = None
    if isinstance(written, Mapping) and "name" in written:
        name = written["name"]
    elif isinstance(written, Mapping) and isinstance(place, int):
        name = list(written)[place] if place < len(written) else None
    elif isinstance(written, Sequence) and isinstance(place, int):
        entry = written[place] if place < len(written) else None
        name = entry.get("name") if isinstance(entry, Mapping) else entry
    number = place + 1 if isinstance(place, int) else place
    called = name if isinstance(name, str) else f"entry {number}"
    return ".".join([f"topics, {called}", *rest])


def _topic_words(item: Mapping[str, Any]) -> str:
    if item["type"] == "string_type" and len(item["loc"]) > 3:
        return "each must be text: ti:GAN without a space, or in quotes: 'ti:\"a b\"'"
    if item["type"] in ("model_type", "model_attributes_type", "tuple_type"):
        return TOPICS_FORM
    return _words(item)


def _words(item: Mapping[str, Any]) -> str:
    if item["type"] == "value_error":
        return str(item["ctx"]["error"])
    if item["type"] in _WORDS:
        return _WORDS[item["type"]]
    if item["type"] == "union_tag_not_found":
        return f"{item['ctx']['discriminator']} is missing"
    if item["type"] == "union_tag_invalid":
        tags = item["ctx"]
        return f"{tags['discriminator']} must be one of {tags['expected_tags']}"
    text = str(item["msg"]).replace("Input should be", "must be")
    return f"{text[0].lower()}{text[1:]}"


def blame(
    problems: Iterable[tuple[str, str]],
    path: str,
    written: Collection[str],
    variables: Mapping[str, object],
    flags: Mapping[str, object],
    prefix: str,
) -> dict[str, str]:
    """Problems by who is to blame: a flag, the environment, or the file."""
    blamed: dict[str, list[str]] = {}
    for dotted, words in problems:
        if sets(flags, dotted):
            blamed.setdefault("arguments", []).append(f"{dotted}: {words}")
        elif dotted.startswith(prefix):
            blamed.setdefault("environment", []).append(f"{dotted}: {words}")
        elif dotted not in written and (key := sets(variables, dotted)):
            meant = re.sub(
                "`(.*)`", partial(_spelled, key.removeprefix(dotted), prefix), words
            )
            said = f"{variable(key, prefix)}: {meant}"
            blamed.setdefault("environment", []).append(said)
        else:
            blamed.setdefault(path, []).append(f"{dotted}: {words}")
    order = sorted(blamed, key=lambda name: (name != path, name))
    return {name: "; ".join(blamed[name]) for name in order}


def sets(values: Mapping[str, object], dotted: str) -> str:
    """The key of some values that set this one, or something in or around it."""
    for key in values:
        if f"{dotted}.".startswith(f"{key}.") or f"{key}.".startswith(f"{dotted}."):
            return key
    return ""


def _spelled(rest: str, prefix: str, name: re.Match[str]) -> str:
    return variable(name[1] + rest, prefix)
