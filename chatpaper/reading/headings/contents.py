"""Tables of contents: rows that look like headings and are none."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from chatpaper.reading.order import Row

LEADERS = re.compile(r"(?:\.\s?){4,}|(?:…\s?){2,}")


def contents_rows(rows: Sequence[Row]) -> set[int]:
    """Rows of tables of contents: entries that end in a page number at the right."""
    entries: defaultdict[int, list[int]] = defaultdict(list)
    numbers: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for index, row in enumerate(rows):
        if row.text[-1:].isdigit() and len(row.text) > 3:
            last = row.lines[-1]
            alone = len(row.lines) > 1 and last.text.isdigit()
            far = alone and last.box[0] - row.lines[-2].box[2] > 1.5 * last.size_pt
            if (far and row.box[2] > row.right - 60) or LEADERS.search(row.text):
                entries[row.page].append(index)
        elif row.text.isdigit():
            numbers[row.page, round(row.box[2] / 3)].append(index)
    for (page, _), members in numbers.items():
        if len(members) > 2:
            heights = [rows[i].baseline for i in members]
            entries[page] += [
                i
                for i in range(members[0] - 200, members[0])
                if i >= 0
                and rows[i].page == page
                and any(abs(rows[i].baseline - y) < 2 for y in heights)
            ]
    found: set[int] = set()
    for members in entries.values():
        if len(members) > 2:
            start, end = min(members), max(members)
            if len(members) > 0.4 * (end - start + 1):
                found.update(range(start, end + 1))
            else:
                found.update(members)
    return found
