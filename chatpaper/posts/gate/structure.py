"""Rules on the structure: headings, lists, code, images, links."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from chatpaper.posts.gate.page import Block, Page
from chatpaper.posts.gate.problem import Found
from chatpaper.posts.markdown import is_http
from chatpaper.posts.phrases import phrases_in
from chatpaper.posts.twin import Twin

_FALLEN = re.compile(r"(?m)^\s*(?:[-*+•·]\s|\d{1,2}[.、．)）]\s|[（(]\d{1,2}[)）])")


def structure_problems(
    page: Page, files: Collection[str], twin: Twin
) -> Iterator[Found]:
    """Headings, lists, code blocks, pictures and links are as the writer makes them."""
    yield from _heading_problems(page, twin)
    yield from _list_problems(page)
    for token in page.tokens:
        if token.type in {"code_block", "fence", "hr"}:
            yield Found(page.line_of(token), "blocks", f"a {token.type} in a post")
    anchors = {f"#{anchor}" for block in page.blocks for anchor in block.anchors}
    for block in page.blocks:
        yield from _image_problems(block, files, twin.stem)
        for address in block.links:
            if address.startswith("#") and address not in anchors:
                yield Found(block.line, "links", f"leads nowhere: {address[:60]!r}")
            elif not address.startswith("#") and not is_http(address):
                text = f"not an http(s) address: {address[:60]!r}"
                yield Found(block.line, "links", text)


def _heading_problems(page: Page, twin: Twin) -> Iterator[Found]:
    """One day heading first, then the other parts, and papers one level below."""
    say = phrases_in(twin.language)
    parts = [f"{twin.day.isoformat()} {say.updated}"]
    parts += [say.new_versions] if twin.updates else []
    parts += [say.left_out.format(n=len(twin.left_out))] if twin.left_out else []
    headings = [block for block in page.blocks if block.level]
    found = [block.text for block in headings if block.level == 1]
    if found != parts:
        line = headings[0].line if headings else page.first_line
        yield Found(line, "headings", f"parts are {found}, expected {parts}")
    if headings and headings[0].level != 1:
        yield Found(headings[0].line, "headings", "the first heading is not the day's")
    for block in headings:
        if block.level > 2:
            yield Found(block.line, "headings", f"level {block.level} in a post")
        if not block.text.strip():
            yield Found(block.line, "headings", "an empty heading")
        if block.in_list or block.in_quote:
            yield Found(block.line, "headings", "a heading in a list or a quote")


# ---------------------------------------------------------------- lists


def _list_problems(page: Page) -> Iterator[Found]:
    """Lists are flat, whole, and numbered from 1 without a gap."""
    depth = count = 0
    before = ""
    for token in page.tokens:
        kind, line = token.type, page.line_of(token)
        if kind in {"bullet_list_open", "ordered_list_open"}:
            depth, count = depth + 1, 0
            if depth > 1:
                yield Found(line, "lists", "a list inside a list")
            if before == kind.replace("open", "close"):
                yield Found(line, "lists", "a list split in two")
        elif kind in {"bullet_list_close", "ordered_list_close"}:
            depth -= 1
        elif kind == "list_item_open" and token.info:
            count += 1
            if token.info != str(count):
                text = f"item {count} is numbered {token.info}"
                yield Found(line, "lists", text)
        before = kind


def fallen_items(block: Block) -> Iterator[Found]:
    """Lines that look like items of a list but are not."""
    match = _FALLEN.search(block.text)
    if match is not None:
        text = block.text[match.start() :].strip().split("\n")[0][:40]
        yield Found(block.line, "lists", f"an item outside its list: {text!r}")


# ---------------------------------------------------------------- addresses


def _image_problems(block: Block, files: Collection[str], stem: str) -> Iterator[Found]:
    for address in block.images:
        if not address.startswith(f"{stem}/") or ".." in address:
            yield Found(block.line, "images", f"not in the asset folder: {address!r}")
        else:
            # Once for Markdown viewers, once for Hexo, which resolves it from there.
            for path in (address, f"{stem}/{address}"):
                if path not in files:
                    yield Found(block.line, "images", f"no file {path!r}")
