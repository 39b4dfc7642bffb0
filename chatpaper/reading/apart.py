"""Passages: text kept apart from the running text, each in one piece."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from chatpaper.reading.lines import TextLine
from chatpaper.reading.wording import Joiner, repair
from chatpaper.records import Box, Figure, Passage, PassageKind

_ORDER: tuple[PassageKind, ...] = (
    "caption", "table", "figure", "algorithm", "footnote", "margin",
)  # fmt: skip


def make_passages(
    lines: Sequence[TextLine],
    roles: Mapping[int, PassageKind],
    figures: Sequence[Figure],
    joiner: Joiner,
) -> list[Passage]:
    """Passages of one page: one per caption, table, figure and footnote.

    Args:
        lines: Of the page.
        roles: Of those lines, by index, that are not running text.
        figures: Of the page; lines within one belong together.
        joiner: Joins the lines of prose.
    """
    groups: dict[tuple[PassageKind, int], list[TextLine]] = {}
    for index, kind in roles.items():
        line = lines[index]
        groups.setdefault((kind, _owner(line, kind, figures)), []).append(line)
    passages = []
    for (kind, owner), members in groups.items():
        if kind in ("table", "figure", "algorithm"):
            passages.append(_passage(kind, members, _grid(members)))
        elif kind == "caption" and owner >= 0:
            text = joiner.join([repair(line.text) for line in members])
            passages.append(_passage(kind, members, text))
        else:
            passages += _runs(kind, members, joiner)
    passages.sort(key=lambda p: (_ORDER.index(p.kind), p.box[1], p.box[0]))
    return passages


def _owner(line: TextLine, kind: PassageKind, figures: Sequence[Figure]) -> int:
    x = (line.box[0] + line.box[2]) / 2
    y = (line.box[1] + line.box[3]) / 2
    for at, figure in enumerate(figures):
        box = figure.caption_box if kind == "caption" else figure.box
        if box and box[0] - 2 <= x <= box[2] + 2 and box[1] - 2 <= y <= box[3] + 2:
            return at
    return -1


def _passage(kind: PassageKind, lines: Sequence[TextLine], text: str) -> Passage:
    boxes = [line.box for line in lines]
    box: Box = (
        min(b[0] for b in boxes), min(b[1] for b in boxes),
        max(b[2] for b in boxes), max(b[3] for b in boxes),
    )  # fmt: skip
    return Passage(kind=kind, text=text, page=lines[0].page, box=box)


def _grid(lines: Sequence[TextLine]) -> str:
    """Rows of cells: one printed row a line, its cells split by ` | `."""
    upright = [line for line in lines if line.upright]
    turned = [line for line in lines if not line.upright]
    rows: list[list[TextLine]] = []
    for line in sorted(upright, key=lambda item: item.baseline):
        if rows and abs(line.baseline - rows[-1][0].baseline) < 0.4 * line.size_pt:
            rows[-1].append(line)
        else:
            rows.append([line])
    printed = [
        " | ".join(repair(c.text) for c in sorted(row, key=lambda item: item.box[0]))
        for row in rows
    ]
    return "\n".join([*printed, *[repair(line.text) for line in turned]])


def _runs(
    kind: PassageKind, lines: Sequence[TextLine], joiner: Joiner
) -> list[Passage]:
    """Lines that follow one another closely, as one passage each."""
    runs: list[list[TextLine]] = []
    for line in lines:
        last = runs[-1][-1] if runs else None
        if (
            last
            and -1
            < line.baseline - last.baseline
            < 1.6 * max(line.size_pt, last.size_pt)
            and line.box[0] < last.box[2] + 2 * line.size_pt
            and line.upright == last.upright
            and not (kind == "footnote" and _opens_note(line))
        ):
            runs[-1].append(line)
        else:
            runs.append([line])
    return [
        _passage(kind, run, joiner.join([repair(line.text) for line in run]))
        for run in runs
    ]


def _opens_note(line: TextLine) -> bool:
    inked = [span for span in line.spans if span.text.strip()]
    return len(inked) > 1 and inked[0].size_pt < inked[1].size_pt - 0.5
