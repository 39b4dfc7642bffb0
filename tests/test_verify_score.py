"""Numbers are looked up as well as they were: scores against floors.json.

Where labelled claims lie beside the checkout; `make score` prints the figures.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from chatpaper.verify import check_numbers, verify_claims_file

HERE = Path(__file__).parent
SHARED = HERE.parent.parent / "shared"
FLOORS: dict[str, dict[str, float]] = json.loads((HERE / "floors.json").read_text())

pytestmark = [
    pytest.mark.score,
    pytest.mark.skipif(not SHARED.exists(), reason="labelled claims are not here"),
]


def rows(*names: str) -> Iterator[dict[str, str]]:
    """Labelled lines of some files."""
    for name in names:
        for line in (SHARED / name).read_text(encoding="utf-8").splitlines():
            yield json.loads(line)


def hold(name: str, scores: dict[str, float]) -> None:
    """Print all scores and see that none has fallen below its floor."""
    print(f"\n{name}: {scores}, floors {FLOORS[name]}")

    assert scores.keys() == FLOORS[name].keys()
    assert not {k: v for k, v in scores.items() if v < FLOORS[name][k]}


def test_claims_about_abstracts() -> None:
    """Bad claims are found, good ones are not blamed, no changed value passes."""
    lines = (SHARED / "claims" / "dev.jsonl").read_text(encoding="utf-8").splitlines()
    blamed = {r["id"] for r in verify_claims_file(lines) if r["verdict"] == "bad"}
    labelled = list(rows("claims/dev.jsonl"))
    bad = {row["id"] for row in labelled if row["verdict"] == "bad"}
    good = {row["id"] for row in labelled if row["verdict"] == "ok"}
    changed = {row["id"] for row in labelled if row["perturbed"]}
    hits, alarms = len(bad & blamed), len(good & blamed)

    hold(
        "claims",
        {
            "f1": 2 * hits / (hits + alarms + len(bad)),
            "not_blamed": 1 - alarms / len(good),
            "changed_values_found": len(changed & blamed) / len(changed),
        },
    )


def test_claims_with_their_own_quotes() -> None:
    """Of honest claims few have a number that their quotes lack, and truly lack."""
    honest = [row for row in rows("trust/claims.jsonl") if row["verdict"] == "ok"]
    whole = [
        row
        for row in honest
        if all(
            check.found is not None
            for check in check_numbers(row["claim"], [row["quote"]])
        )
    ]

    hold("quotes", {"numbers_in_quotes": len(whole) / len(honest)})


def test_hard_notations() -> None:
    """Claims made after reports about parsers of numbers; a fifth needs a judge."""
    files = [f"numbers/claims{nth}.jsonl" for nth in ("", "2", "3")]
    labelled = list(rows(*files))
    lines = map(json.dumps, labelled)
    answers = [report["verdict"] for report in verify_claims_file(lines)]
    right = sum(
        answer == row["want"].rstrip("?")
        for answer, row in zip(answers, labelled, strict=True)
    )

    hold("notations", {"accuracy": right / len(labelled)})
