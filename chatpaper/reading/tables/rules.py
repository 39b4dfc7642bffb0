"""Rules of a table: across and upright ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chatpaper.reading.geometry import tall, wide
from chatpaper.records import Box

_THIN_PT = 2.6
_SHORT_PT = 4.0
_LEVEL_PT = 1.2
# LaTeX parts the rules under two groups of a head by 5 pt.
_GAP_PT = 3.5
# A rule across the table may end a little before the widest row.
_WHOLE = 0.9


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules of a table.

    Attributes:
        across: Parts of rules across, from the top.
        upright: Rules between columns; LaTeX draws one for each row.
        whole: Heights of the rules over the width of the table, from the top.
    """

    across: tuple[Box, ...]
    upright: tuple[Box, ...]
    whole: tuple[float, ...]

    @property
    def middle(self) -> tuple[float, ...]:
        """Middle of the widest rule, nothing where there is none."""
        widest = max(self.across, key=wide, default=None)
        return () if widest is None else ((widest[0] + widest[2]) / 2,)

    def cut(self, upper: float, lower: float, left: float, right: float) -> bool:
        """Whether a rule lies between two heights over the middle of a range of x."""
        middle = (left + right) / 2
        return any(
            upper < rule[1] < lower and rule[0] <= middle <= rule[2]
            for rule in self.across
        )

    def under(self, box: Box, limit: float) -> Box | None:
        """The nearest rule below a box and above a limit, None without one."""
        middle = (box[0] + box[2]) / 2
        found = [
            rule
            for rule in self.across
            if box[3] - 3 < rule[1] < limit and rule[0] <= middle <= rule[2]
        ]
        return min(found, key=lambda rule: rule[1], default=None)

    def groups(self, box: Box) -> bool:
        """Whether a rule of its own joins what stands below a box."""
        rule = self.under(box, box[3] + _LEVEL_PT + tall(box))
        return (
            rule is not None
            and rule[1] not in self.whole
            and rule[0] < box[0] + 1
            and rule[2] > box[2] - 1
        )


def find_rules(marks: Iterable[Box], frame: Box) -> Rules:
    """Rules among the boxes painted in a table's frame."""
    inside = [
        box
        for box in marks
        if box[0] < frame[2] + 3
        and box[2] > frame[0] - 3
        and box[1] > frame[1] - 4
        and box[3] < frame[3] + 4
    ]
    across = sorted(
        (box for box in inside if tall(box) < _THIN_PT and wide(box) > _SHORT_PT),
        key=lambda box: (round(box[1]), box[0]),
    )
    upright = [box for box in inside if wide(box) < _THIN_PT and tall(box) > _SHORT_PT]
    return Rules(tuple(across), tuple(upright), tuple(_whole(across, frame)))


def _whole(across: Sequence[Box], frame: Box) -> list[float]:
    heights: list[list[Box]] = []
    for rule in across:
        if heights and abs(rule[1] - heights[-1][0][1]) < _LEVEL_PT:
            heights[-1].append(rule)
        else:
            heights.append([rule])
    return [level[0][1] for level in heights if _is_whole(level, frame)]


def _is_whole(level: Sequence[Box], frame: Box) -> bool:
    """Whether parts at one height reach over the table without a gap."""
    start = min(rule[0] for rule in level)
    end = start
    for rule in sorted(level):
        if rule[0] - end > _GAP_PT:
            return False
        end = max(end, rule[2])
    return start < frame[0] + _SHORT_PT and end - start > _WHOLE * wide(frame)
