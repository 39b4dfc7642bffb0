"""Names of methods, data sets, metrics and models in a claim, looked up in the paper.

A name is compared letter by letter and digit by digit, whatever stands between them:
`CIFAR-10`, `CIFAR 10` and `E$^3$NeRF` are found however the paper sets them, while
`CIFAR-100` is not found in a paper on CIFAR-10.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from chatpaper.records import Finding
from chatpaper.text import blank_formulas, compact, fold, without_latex, words_of
from chatpaper.verify.printed_text import PrintedText

# Chinese technical prose leaves these in English whether or not the paper prints them
# so: its authors may have spelled them out, or had no need of the word.
_LEFT_TEXT = """
    ai api app cnn cpu dl dnn gan gpu id ip it llm ml mllm mlp nlp ocr ok pdf qa rgb rl
    rnn sota ui url vae vlm vr ar web wifi 1d 2d 25d 3d 4d 6d 2k 4k 8k dof
    agent attention backbone baseline batch benchmark bug checkpoint decoder demo
    diffusion embedding encoder gaussian github loss mask patch pipeline pixel prompt
    query softmax token top transformer vs zero shot few one et al etc ie eg arxiv
    python online offline based like style free aware level wise guided driven
"""
LEFT_IN_ENGLISH = frozenset(_LEFT_TEXT.split())
# Words behind a number are its unit, and numbers are looked up elsewhere.
_UNIT_TEXT = """
    ms s sec min h hr hz khz mhz ghz fps kb mb gb tb gib mib kib bit bits px mm cm km nm
    um m kg g mg w kw kwh mw v mv k b t x db flops gflops tflops mflops mac macs params
    ev kev mev gev tev pc kpc mpc yr myr gyr j c f p th st nd rd epoch epochs step steps
    fold bpp dpi mol hours hour minutes seconds days million billion trillion
"""
_UNITS = frozenset(_UNIT_TEXT.split())
_ENDINGS = ("s", "es", "ed", "d", "ing", "er", "ers", "ly", "al", "ion", "ions")
_SKIPPED = r"(?:of|the|to|for|and|in|on|with|a|an|by|from)"

_LINK = re.compile(
    r"(?:https?://|www\.|(?:github|gitlab|huggingface)\.(?:com|co)/)"
    r"[A-Za-z0-9._~:/?#@!&'*+;=%-]+"
)
_ADDRESS = re.compile(r"(?<![\w.+-])[A-Za-z0-9_.+-]+@[A-Za-z0-9-]+\.[A-Za-z0-9.]+")
_NAME = re.compile(
    r"(?<![A-Za-z0-9])(?:\d{1,2}(?=[A-Z]))?[A-Za-z\u00c0-\u024f]"
    r"[A-Za-z0-9\u00c0-\u024f\u2080-\u2089]*"
    r"(?:[-‐‑–'’.&_][A-Za-z0-9\u00c0-\u024f\u2080-\u2089]+)*"
)
# x_i, R^{d}, L^2, cm^{-3}: variables and units; but E^3NeRF and CO_2 are names.
INDEXED = re.compile(
    r"(?<![A-Za-z0-9-])(?:[A-Za-z](?:[_^]\{?[-−]?(?:[a-z0-9]{1,3}|[A-Z])\}?)+"
    r"|[A-Za-z]{2,3}\^\{?[-−]?\d\}?)(?![A-Za-z0-9-])"
)
_MODEL_NUMBER = re.compile(r"([A-Z][A-Za-z]+) (\d{3,4})(?![\d.,%\w])")
_CONTEXT_CHARS = 8  # before a name: a number, or the end of a sentence
_AFTER_NUMBER = re.compile(r"\d\s?\Z")
_SENTENCE_START = re.compile(r"(?:\A|[.!?:。！？：]\s*|[\"“(（「])\Z")
_DIMENSION = re.compile(r"\A[1-6]D(?=[A-Z])")  # 3DGS begins like 3D Gaussian splatting
_HUMP = re.compile(r"[A-Z][a-z]*|[a-z]+|\d+")


class Vocabulary:
    """The names a paper prints, or spells out."""

    def __init__(self, printed: PrintedText) -> None:
        self._printed = printed
        self._known: dict[str, bool] = {}

    @cached_property
    def _words(self) -> frozenset[str]:
        return frozenset(self._printed.words)

    @cached_property
    def _head(self) -> str:
        """Title and abstract, where terms are introduced."""
        paper = self._printed.paper
        return fold(f"{paper.title}\n{paper.abstract}\n{paper.comment or ''}")

    @cached_property
    def _body(self) -> str:
        return fold(self._printed.text)

    def has(self, name: str) -> bool:
        """Whether the paper prints the name, its parts, or the words it stands for."""
        if name not in self._known:
            self._known[name] = self._look_up(name)
        return self._known[name]

    def _look_up(self, name: str) -> bool:
        key = compact(name)
        if self._has_part(key):
            return True
        parts = _parts(name)
        if len(parts) > 1 and all(map(self._has_part, parts)):
            return True
        return self._inflects(key) if name[1:].islower() else self._spells_out(name)

    def prints_link(self, link: str) -> bool:
        """Whether the paper prints a web address."""
        return (
            compact(re.sub(r"^https?://(?:www\.)?", "", link)) in self._printed.compact
        )

    def _has_part(self, key: str) -> bool:
        if len(key) < 2:
            return True
        keys = dict.fromkeys(
            (key, key.removesuffix("s"), key + "s", key.removesuffix("es"))
        )
        return not LEFT_IN_ENGLISH.isdisjoint(keys) or any(
            map(self._printed.prints, keys)
        )

    def _inflects(self, key: str) -> bool:
        """Whether the paper has another form of an ordinary word."""
        stems = {key} | {key.removesuffix(end) for end in _ENDINGS}
        stems |= {stem + "e" for stem in stems}
        forms = {
            stem + end for stem in stems if len(stem) >= 3 for end in ("", *_ENDINGS)
        }
        return not forms.isdisjoint(self._words)

    def _spells_out(self, name: str) -> bool:
        """Whether consecutive words of the paper begin like the parts of a short form.

        In running text three letters stand side by side by chance, so there it takes
        four; title and abstract are short enough for two.
        """
        plain = _DIMENSION.sub("", name.removesuffix("s"))
        humps = _HUMP.findall(plain)
        if len(plain) < 2 or len(plain) > 10 or not plain.isalpha():
            return False
        interpretations = {tuple(plain), tuple(humps)} - {(plain,)}
        return any(
            pattern.search(self._head)
            or (len(name) >= 4 and pattern.search(self._body) is not None)
            for pattern in map(_spelled, interpretations)
        )


def _spelled(parts: tuple[str, ...]) -> re.Pattern[str]:
    between = rf"[^\w.;:!?]{{1,3}}(?:{_SKIPPED}[^\w.;:!?]{{1,3}}){{0,2}}"
    word = rf"(?!{_SKIPPED}\b){{part}}[^\W\d_]*"
    words = between.join(word.format(part=part.lower()) for part in parts)
    return re.compile(rf"(?<![^\W_]){words}")


def check_names(text: str, vocabulary: Vocabulary, *, language: str) -> list[Finding]:
    """Look up every Latin-script name of a claim.

    Args:
        text: The claim.
        vocabulary: Of the paper.
        language: `en` looks only at words that are written like names; in any other
            language every Latin-script word is one.
    """
    findings = [
        Finding(kind="name", text=link, reason="the link is nowhere in the paper")
        for link in _LINK.findall(text)
        if not vocabulary.prints_link(link)
    ]
    findings += [
        Finding(kind="name", text=name, reason="the name is nowhere in the paper")
        for name in dict.fromkeys(names_in(text, language=language))
        if not vocabulary.has(name)
    ]
    return findings


def names_in(text: str, *, language: str) -> Iterator[str]:
    """Latin-script names of a text: no links, formulas, units or single letters."""
    text = INDEXED.sub(" ", _ADDRESS.sub(" ", _LINK.sub(" ", text)))
    text = without_latex(blank_formulas(text, alone=True))
    for match in _NAME.finditer(text):
        name = match.group()
        before = text[max(0, match.start() - _CONTEXT_CHARS) : match.start()]
        bare = name.lstrip("0123456789")
        has_number = bare != name or _AFTER_NUMBER.search(before)
        if len(compact(name)) < 2 or (has_number and bare.casefold() in _UNITS):
            continue
        if language != "en" or _is_written_like_a_name(name, before):
            yield name
    for match in _MODEL_NUMBER.finditer(text):
        yield match.group()


def _is_written_like_a_name(name: str, before: str) -> bool:
    parts = re.split(r"[-‐‑–'’]", name)
    if any(re.search(r"\d|[a-z][A-Z]|[A-Z]{2}", part) for part in parts):
        return True
    return name[0].isupper() and not _SENTENCE_START.search(before)


def _parts(name: str) -> list[str]:
    """Parts of a compound, digits and single letters kept with their neighbour."""
    parts: list[str] = []
    for word in words_of(name):
        is_cut = word[0].isdigit() and word not in LEFT_IN_ENGLISH
        if parts and (is_cut or len(word) == 1 or len(parts[-1]) == 1):
            parts[-1] += word
        else:
            parts.append(word)
    return parts
