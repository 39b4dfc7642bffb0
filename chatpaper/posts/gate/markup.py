"""Rules on how a post is written: front matter, characters, tags, formulas, lists."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import unquote

import yaml

from chatpaper.posts.gate.credit import words_elsewhere
from chatpaper.posts.gate.known import addresses_beside, bare, shown_title
from chatpaper.posts.gate.rendered import (
    Block,
    Page,
    Segment,
    fold,
    fold_attribute,
    is_http,
    is_visible,
    title_of,
)
from chatpaper.posts.naming import ANCHOR
from chatpaper.posts.phrases import KEYS, every_language, phrases_in
from chatpaper.posts.twin import FORMAT, Twin
from chatpaper.text import is_harmless, plain_formulas


class Fault(NamedTuple):
    """One fault, before the file is known.

    Attributes:
        line: From 1.
        rule: Short name of the rule.
        text: One sentence in English.
        paper: Versioned id of the paper that it belongs to; empty where unknown.
    """

    line: int
    rule: str
    text: str
    paper: str = ""


def markup_faults(page: Page, files: Collection[str], twin: Twin) -> Iterator[Fault]:
    """Everything that is wrong whatever the post says."""
    yield from _front_matter_faults(page, files, twin)
    yield from _heading_faults(page, twin)
    yield from page_faults(page, addresses_beside(twin.digests))
    for block in page.blocks:
        yield from _image_faults(block, files, twin.stem)


def page_faults(
    page: Page, addresses: Collection[str] = (), *, counts_on: bool = False
) -> Iterator[Fault]:
    """What is wrong in any kind of post.

    Args:
        page: As a reader sees it.
        addresses: That it may link to, beside its own anchors and http(s).
        counts_on: Whether a numbered list goes on where the one before it ended.
    """
    yield from _character_faults(page)
    yield from _fold_faults(page)
    yield from _list_faults(page, counts_on=counts_on)
    ids = {a.address for block in page.blocks for a in block.of_kind("anchor")}
    inner = {f"#{name}" for name in ids} | {unquote(known) for known in addresses}
    for block in page.blocks:
        yield from _tag_faults(block)
        yield from _math_faults(block)
        for segment in block.segments:
            yield from _element_faults(segment, block.line, inner)


def broken_markup(page: Page, files: Collection[str], stem: str) -> Iterator[Fault]:
    """What keeps a site from being made of a page, or hides a part of it.

    Unlike `markup_faults` it leaves everybody their own Markdown and HTML.
    """
    if page.front_matter is not None:
        for fault in syntax_faults(page.front_matter):
            # Hexo stops at a key that stands twice; what is missing it does not miss.
            if not fault.text.endswith(" 0 times"):
                yield fault
    begun, ended = (page.markdown.count(tag) for tag in ("<details", "</details>"))
    if begun != ended:
        text = f"{begun} folds begin and {ended} end"
        yield Fault(page.first_line, "folds", text)
    for block in page.blocks:
        for image in block.of_kind("image"):
            if image.address.startswith(f"{stem}/") and image.address not in files:
                text = f"no file {image.address!r}"
                yield Fault(block.line, "images", text)


# --------------------------------------------------------------------------------------
# Front matter.

_FRONT = "front matter"
_IN_SCRIPTS = re.compile(r"[<>{}\\]")  # the theme writes the title into scripts
_CUT_DESCRIPTION_CHARS = 180  # the writer cuts it at 200, after it has escaped TeX


def _front_matter_faults(
    page: Page, files: Collection[str], twin: Twin
) -> Iterator[Fault]:
    """It parses, has every key once, and says what the records say."""
    if page.front_matter is None:
        text = "the file does not begin with a block between two ---"
        yield Fault(1, _FRONT, text)
        return
    yield from syntax_faults(page.front_matter)
    try:
        values: Any = yaml.safe_load(page.front_matter)
    except (yaml.YAMLError, ValueError):
        return
    if isinstance(values, dict):
        for text in _value_faults(values, files, twin):
            yield Fault(2, _FRONT, text)


def syntax_faults(front_matter: str) -> Iterator[Fault]:
    """Whether it is a mapping that has every key of a post once."""
    try:
        yaml.safe_load(front_matter)
        node = yaml.compose(front_matter, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, ValueError) as error:
        yield Fault(2, _FRONT, f"not YAML: {' '.join(str(error).split())}")
        return
    if not isinstance(node, yaml.MappingNode):
        yield Fault(2, _FRONT, "not a mapping")
        return
    keys = [str(key.value) for key, _ in node.value]
    for key in dict.fromkeys([*KEYS, *keys]):
        if keys.count(key) != 1:
            yield Fault(2, _FRONT, f"key {key} stands {keys.count(key)} times")


def _value_faults(
    values: dict[str, Any], files: Collection[str], twin: Twin
) -> Iterator[str]:
    title = values.get("title")
    if not isinstance(title, str) or not title.strip() or _IN_SCRIPTS.search(title):
        yield "title is not a plain text"
    if not _describes(values.get("description"), twin):
        yield "description is not the post's"
    known = {fold_attribute(word).casefold() for word in _known_words(twin)}
    tags, keywords = values.get("tags"), values.get("keywords")
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        yield "tags is not a list of texts"
    elif not set(map(_bare_tag, tags)) <= set(map(_bare_tag, known)):
        yield "tags are not words of the post's"
    # A word may have a comma of its own.
    shown = fold_attribute(str(keywords)).casefold().split(",")
    if not set(shown) <= {part for word in known for part in word.split(",")}:
        yield "keywords are not the post's"
    day = values.get("date")
    if not isinstance(day, date) or _day(day) != twin.day:
        yield f"date is not {twin.day}"
    if values.get("mathjax") is not True:
        yield "mathjax is not on"
    cover = values.get("cover")
    pictures = {p.file for digest in twin.digests for p in digest.pictures}
    is_there = cover in pictures and f"{twin.stem}/{cover}" in files
    if cover is not False and not is_there:
        yield f"cover {cover!r} is no picture beside the post"


def _describes(value: object, twin: Twin) -> bool:
    """Whether it is the titles of the post's papers, or the beginning of them."""
    say = phrases_in(twin.language)
    papers = [update.paper for update in twin.updates]
    elsewhere = [digest for digest in twin.digests if digest.stands_in]
    full = [digest for digest in twin.digests if not digest.stands_in]
    titles = list(map(shown_title, full or elsewhere)) or list(map(title_of, papers))
    titles += [words_elsewhere(twin, say)] if full and elsewhere else []
    shown = fold_attribute(str(value))
    whole = fold_attribute(say.stop.join(map(plain_formulas, titles)))
    is_cut = len(str(value)) >= _CUT_DESCRIPTION_CHARS
    return shown == whole or (is_cut and whole.startswith(shown))


def _known_words(twin: Twin) -> Iterator[str]:
    """What a post may be found by: its topic, and the keywords of its papers."""
    words = [twin.topic, "topic"]
    for digest in twin.digests:
        words += map(bare, digest.summary.keywords if digest.summary else ())
    yield from words


def _bare_tag(tag: str) -> str:
    # Hexo makes a folder of a tag's name, so the writer leaves some signs out.
    return fold_attribute(tag).casefold().replace("/", "-").strip(". -")


def _day(moment: date) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


# --------------------------------------------------------------------------------------
# Characters, tags and folds.

# Hexo runs these wherever they stand, in code too unless it is fenced off by `raw`:
# https://hexo.io/docs/troubleshooting#Escape-Contents
_NUNJUCKS = re.compile(r"\{[{%#]")
_INLINE = frozenset(
    {"<!-- -->", "<span>", "</span>", "<del>", "</del>", "<ins>", "</ins>"}
)
_ANCHOR = re.compile(rf'<a id="{ANCHOR.pattern}"></a>')


def _character_faults(page: Page) -> Iterator[Fault]:
    for number, line in enumerate(page.markdown.split("\n"), 1):
        for match in _NUNJUCKS.finditer(line):
            yield Fault(number, "nunjucks", f"Hexo would run {match[0]!r}")
        if not line.isprintable() or "\ufffc" in line:
            for char in set(line):
                if not is_visible(char):
                    text = f"invisible character U+{ord(char):04X}"
                    yield Fault(number, "text", text)


def _fold_faults(page: Page) -> Iterator[Fault]:
    """Folds open and close in turn; no other HTML block."""
    words = set().union(*(say.folds for say in every_language()))
    starts = {f"<details>\n<summary>{word}</summary>" for word in words}
    open_line = 0
    for kind, line, html in page.marks:
        if kind != "html_block":
            continue
        if html in starts:
            if open_line:
                yield Fault(line, "folds", f"a fold inside that of line {open_line}")
            open_line = line
        elif html == "</details>":
            if not open_line:
                yield Fault(line, "folds", "a fold ends that never began")
            open_line = 0
        else:
            yield Fault(line, "html", f"not our HTML: {html[:60]!r}")
    if open_line:
        yield Fault(open_line, "folds", "the fold is never closed")


def _tag_faults(block: Block) -> Iterator[Fault]:
    stack: list[str] = []
    for tag in block.tags:
        if _ANCHOR.fullmatch(tag):
            continue
        if tag not in _INLINE:
            yield Fault(block.line, "html", f"not our HTML: {tag[:60]!r}")
        elif tag.startswith("</"):
            if not stack or stack.pop() != tag.replace("/", ""):
                yield Fault(block.line, "html", f"{tag} closes nothing")
        elif not tag.startswith("<!"):
            stack.append(tag)
    for tag in stack:
        yield Fault(block.line, "html", f"{tag} is never closed")


# --------------------------------------------------------------------------------------
# Formulas, as MathJax finds them.

# From one dollar to the next, whatever stands between: the writer sees fewer formulas,
# and shields all other dollars. What a formula may hold is listed once, for both.
_FORMULA = re.compile(r"(\$\$?)((?:[^$\\]|\\.)+)\1", re.DOTALL)
_GROUP = re.compile(r"\\[A-Za-z]+\s*\{[^{}]*\}")
_WORDS = re.compile(r"(?<![\\A-Za-z])[A-Za-z]{3,} [A-Za-z]{3,}|[\u4e00-\u9fff]")


def _math_faults(block: Block) -> Iterator[Fault]:
    """Every dollar that MathJax sees is a sound formula's; no TeX is elsewhere."""
    for run in filter(None, block.runs):
        prose = _FORMULA.sub(_read_formula, run)
        if "$" in prose:
            text = f"a dollar of no sound formula: {run[:60]!r}"
            yield Fault(block.line, "math", text)
        elif "\\" in prose:
            yield Fault(block.line, "math", f"TeX outside dollars: {run[:60]!r}")
    for text in block.literals:
        if text != "$":
            yield Fault(block.line, "math", f"shielded from MathJax: {text[:60]!r}")


def _read_formula(match: re.Match[str]) -> str:
    """A blank for a sound formula; anything else as it stands."""
    is_prose = _WORDS.search(_GROUP.sub("", match[2]))
    return " " if is_harmless(match[2]) and not is_prose else match[0]


# --------------------------------------------------------------------------------------
# Headings, lists, code, pictures, links.


def _heading_faults(page: Page, twin: Twin) -> Iterator[Fault]:
    """The parts of a post in order, and papers one level below."""
    say = phrases_in(twin.language)
    top = 2 if twin.format == FORMAT else 1  # the title is the heading above
    if twin.format == FORMAT:
        parts = [say.overview] if twin.digests or twin.updates else []
        parts += [say.papers] if any(not d.stands_in for d in twin.digests) else []
    else:
        parts = [f"{twin.day.isoformat()} {say.updated}"]
    parts += [say.new_versions] if twin.updates else []
    parts += [say.left_out.format(n=len(twin.left_out))] if twin.left_out else []
    parts += [say.listed.format(n=len(twin.listed))] if twin.listed else []
    headings = [block for block in page.blocks if block.level]
    found = [block.text for block in headings if block.level == top]
    line = headings[0].line if headings else page.first_line
    if list(map(fold, found)) != list(map(fold, parts)):
        yield Fault(line, "headings", f"parts are {found}, expected {parts}")
    if headings and headings[0].level != top:
        yield Fault(line, "headings", "the first heading is a paper's")
    for block in headings:
        if block.level not in (top, top + 1):
            yield Fault(block.line, "headings", f"level {block.level} in a post")
        if not block.text.strip():
            yield Fault(block.line, "headings", "an empty heading")
        if block.inside:
            yield Fault(block.line, "headings", "a heading in a list or a quote")


def _list_faults(page: Page, *, counts_on: bool) -> Iterator[Fault]:
    """Lists are flat, whole, and numbered from 1 without a gap; nothing is code."""
    depth = count = 0
    before = ""
    for kind, line, number in page.marks:
        if kind in {"code_block", "fence", "hr"}:
            yield Fault(line, "blocks", f"a {kind} in a post")
        elif kind in {"bullet_list_open", "ordered_list_open"}:
            depth, count = depth + 1, count if counts_on else 0
            if depth > 1:
                yield Fault(line, "lists", "a list inside a list")
            if before == kind.replace("open", "close"):
                yield Fault(line, "lists", "a list split in two")
        elif kind in {"bullet_list_close", "ordered_list_close"}:
            depth -= 1
        elif kind == "list_item_open" and number:
            count += 1
            if number != str(count):
                text = f"item {count} is numbered {number}"
                yield Fault(line, "lists", text)
        before = kind


def _image_faults(block: Block, files: Collection[str], stem: str) -> Iterator[Fault]:
    for image in block.of_kind("image"):
        address = image.address
        if not address.startswith(f"{stem}/") or ".." in address:
            text = f"not in the asset folder: {address!r}"
            yield Fault(block.line, "images", text)
        else:
            # Once for Markdown viewers, once for Hexo, which resolves it from there.
            for path in (address, f"{stem}/{address}"):
                if path not in files:
                    yield Fault(block.line, "images", f"no file {path!r}")


_OURS = {"text", "bold", "code", "del", "ins", "link", "autolink", "image", "anchor"}
# What could end an attribute, run in it, or be set as a formula.
_ACTIVE = re.compile(r"[<>{}\\`$\"]|&#?\w+;")


def _element_faults(segment: Segment, line: int, inner: set[str]) -> Iterator[Fault]:
    address = segment.address
    if segment.kind not in _OURS:
        yield Fault(line, "html", f"not our markup: {segment.kind}")
    if segment.kind in ("link", "autolink"):
        if address.startswith("#") and address not in inner:
            yield Fault(line, "links", f"leads nowhere: {address[:60]!r}")
        elif unquote(address) not in inner and not is_http(address):
            yield Fault(line, "links", f"not an http(s) address: {address[:60]!r}")
        if segment.kind == "link" and not {*"[]"}.isdisjoint(segment.text):
            yield Fault(line, "links", f"brackets in its words: {segment.text[:60]!r}")
    if _ACTIVE.search(segment.title):
        yield Fault(line, "quotes", f"active: {segment.title[:60]!r}")
