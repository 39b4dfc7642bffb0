"""Claims in a file of JSON lines, each looked up in the text that it is about."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from chatpaper.verify.numbers import check_numbers


def verify_claims_file(lines: Iterable[str]) -> Iterator[dict[str, object]]:
    """Look the numbers of claims up in the texts that these were written from.

    Args:
        lines: JSON, `{"id", "claim", "source"}` each.

    Returns:
        For each its `id`, its `verdict`, `ok` or `bad`, its `quantities` with `text`,
        `status` and what was `found`, and the `reasons`, one for each that lacks.

    Raises:
        ValueError: A line is no such object; its number is named.
    """
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row = _claim_row(line, number)
        checks = check_numbers(row["claim"], [row["source"]])
        reasons = [check.reason for check in checks if check.reason]
        yield {
            "id": row["id"],
            "verdict": "bad" if reasons else "ok",
            "quantities": [
                {"text": c.quantity.text, "status": c.status, "found": c.found or ""}
                for c in checks
            ],
            "reasons": reasons,
        }


def _claim_row(line: str, number: int) -> dict[str, str]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"line {number} is not JSON") from error
    if not isinstance(row, dict):
        raise ValueError(f"line {number} is not a JSON object")
    for name in ("id", "claim", "source"):
        if not isinstance(row.get(name), str):
            raise ValueError(f"line {number} has no text `{name}`")
    return row
