"""What the server's own key may cost on one day; the count survives a kill."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from chatpaper.records import Usage
from chatpaper.web.files import write_private


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one paper may cost; 0 stands for no limit.

    Attributes:
        day: That pays for it.
        usd, tokens: Set aside.
    """

    day: str
    usd: float
    tokens: int


class DayBudget:
    """Dollars and tokens of a UTC day.

    What a paper may cost is counted as spent, on the disk, before it is begun, and what
    it left is given back at its end. So a kill costs some budget, and never exceeds it.
    """

    def __init__(
        self,
        path: Path,
        *,
        max_usd: float,
        max_tokens: int,
        paper_usd: float,
        paper_tokens: int,
        now: Callable[[], datetime],
    ) -> None:
        """Read what the day has spent.

        Args:
            path: Of the file with the count.
            max_usd: Of a day; 0 for no limit.
            max_tokens: Of a day, in and out together; 0 for no limit.
            paper_usd: Of one paper; 0 for no limit.
            paper_tokens: Of one paper; 0 for no limit.
            now: The clock, aware UTC.
        """
        self._path, self._now = path, now
        self._max = (max_usd, max_tokens)
        self._paper = (paper_usd, paper_tokens)
        self._lock = threading.Lock()
        self._under_way = 0
        self._day, self._usd, self._tokens = self._read()

    @property
    def spent(self) -> tuple[float, int]:
        """Dollars and tokens of today, with what is set aside."""
        with self._lock:
            self._turn_day()
            return self._usd, self._tokens

    def is_spent(self) -> bool:
        """Whether nothing is left, and nothing will be given back today."""
        with self._lock:
            self._turn_day()
            return not self._under_way and self._left() is None

    def take(self) -> Allowance | None:
        """Set aside what a paper may cost; None when too little is left.

        Raises:
            OSError: The disk refuses the count.
        """
        with self._lock:
            self._turn_day()
            left = self._left()
            if left is None:
                return None
            self._usd += left.usd
            self._tokens += left.tokens
            self._under_way += 1
            try:
                self._write()
            except OSError:
                self._under_way -= 1
                self._usd -= left.usd
                self._tokens -= left.tokens
                raise
            return left

    def settle(self, taken: Allowance, used: Usage) -> None:
        """Give back what a paper left; what nobody counted is not given back."""
        with self._lock:
            self._turn_day()
            self._under_way -= 1
            if taken.day != self._day:
                return
            counted = not used.uncounted
            if counted and used.cost_usd is not None:
                self._usd += used.cost_usd - taken.usd
            if counted:
                self._tokens += used.tokens_in + used.tokens_out - taken.tokens
            self._write()

    def seconds_to_midnight(self) -> float:
        """When the next day begins."""
        now = self._now()
        tomorrow = (now + timedelta(days=1)).replace(
            hour=0, minute=0, second=0, microsecond=0
        )
        return (tomorrow - now).total_seconds()

    def _left(self) -> Allowance | None:
        """What the next paper may cost."""
        parts: list[float] = []
        for most, used, paper in zip(
            self._max, (self._usd, self._tokens), self._paper, strict=True
        ):
            left = most - used if most else paper
            if most and left <= 0:
                return None
            parts.append(min(left, paper) if paper else left)
        return Allowance(self._day, parts[0], int(parts[1]))

    def _turn_day(self) -> None:
        if (today := self._today()) != self._day:
            self._day, self._usd, self._tokens = today, 0.0, 0

    def _today(self) -> str:
        return self._now().astimezone(UTC).date().isoformat()

    def _read(self) -> tuple[str, float, int]:
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            return str(kept["day"]), float(kept["usd"]), int(kept["tokens"])
        except FileNotFoundError:
            return self._today(), 0.0, 0
        except (ValueError, KeyError, TypeError):
            # Nobody knows what was spent: nothing is given away before tomorrow.
            return self._today(), self._max[0], self._max[1]

    def _write(self) -> None:
        count = {"day": self._day, "usd": self._usd, "tokens": self._tokens}
        write_private(self._path, json.dumps(count).encode())
