"""A month of nights: weekends, a holiday, outages, held papers, new versions."""

from __future__ import annotations

import random
from collections import Counter
from datetime import UTC, date, datetime, timedelta

from chatpaper.records import RunReport
from night import Night, record
from servers.arxiv import Fault, Record
from servers.arxiv_calendar import announcement_for

DAY = timedelta(days=1)
# Four in the morning UTC: three hours after an announcement of the evening before.
FIRST = datetime(2026, 11, 10, 4, 0, tzinfo=UTC)
NIGHTS = 30
THANKSGIVING = date(2026, 11, 26)
BUSY = {date(2026, 11, 16), date(2026, 12, 1)}  # 503 all night
BROKEN = {date(2026, 11, 20), date(2026, 11, 21)}  # 500 two nights long
QUOTA = date(2026, 12, 2)
HELD_DAYS = 5


def submissions(dice: random.Random) -> list[Record]:
    """Papers of five weeks: none on some days, some held, some replaced, some noise."""
    records: list[Record] = []
    for day in range(-3, NIGHTS - 1):
        for _ in range(dice.choice((0, 0, 1, 1, 2))):
            number = len(records)
            moment = FIRST + day * DAY + timedelta(minutes=dice.randrange(1440))
            held = HELD_DAYS if number % 7 == 3 else 0
            announced = announcement_for(moment + held * DAY)
            records.append(record(number, published=moment, announced_at=announced))
    replaced = [
        record(
            number,
            version=2,
            published=records[number].published,
            updated=(records[number].announced_at or FIRST) + 6 * DAY,
            announced_at=(records[number].announced_at or FIRST) + 7 * DAY,
            abstract="We present a GAN that was mended.",
        )
        for number in (1, 4, 9)
    ]
    noise = [
        record(
            900 + n,
            title="On the weather",
            abstract="Rain.",
            published=FIRST + n * DAY,
            announced_at=announcement_for(FIRST + n * DAY),
        )
        for n in range(0, NIGHTS, 3)
    ]
    return [*records, *replaced, *noise]


def run_on(nights: Night, morning: datetime) -> RunReport:
    """The night's run, with what goes wrong on that day."""
    nights.now = morning
    day = morning.date()
    nights.arxiv.heal()
    if day in BUSY:
        nights.arxiv.fail("/", Fault(status=503), times=99)
    if day in BROKEN:
        nights.arxiv.fail("/", Fault(status=500), times=99)
    nights.gemini.always = "429-per-day" if day == QUOTA else "ok"
    return nights.run()


def expected_reasons(day: date) -> set[str]:
    """Why the run of a day may have posted nothing, by the calendar alone."""
    if day in BUSY:
        return {"throttled"}
    if day in BROKEN:
        return {"source-broken"}
    if day == QUOTA:
        return {"quota"}
    evening = day - DAY
    if evening.weekday() in (4, 5) or evening == THANKSGIVING:
        # Nothing was announced that evening, but perhaps on one that was missed.
        missed = any(day - n * DAY in BUSY | BROKEN for n in (1, 2))
        return {"none-submitted", "all-seen"} if missed else {"none-submitted"}
    return {"all-seen", "none-matched"}


def test_a_month_of_nights(nights: Night) -> None:
    """Papers are posted once, updates told once, empty nights explained."""
    nights.arxiv.records[:] = submissions(random.Random(11))
    nights.arxiv.now = lambda: nights.now
    nights.topic["categories"] = ["cs.CV"]
    mornings = [FIRST + n * DAY for n in range(NIGHTS)]

    reports = [run_on(nights, morning) for morning in mornings]

    empty = [r for r in reports if not r.posted and r.post is None]
    for report in empty:
        assert report.why in expected_reasons(report.day), report
        assert report.message
    assert {"none-submitted", "all-seen", "throttled", "source-broken"} <= {
        report.why for report in empty
    }
    assert any(report.why == "quota" for report in reports)
    assert {r.day for r in empty} >= BUSY | BROKEN | {THANKSGIVING + DAY, QUOTA}
    out = {r.id: r for r in nights.arxiv.announced() if "GAN" in r.title}
    posted = Counter(
        digest.paper.id for post in nights.posts() for digest in post.digests
    )
    assert posted == dict.fromkeys(out, 1)
    updates = [u.paper.versioned_id for post in nights.posts() for u in post.updates]
    assert sorted(updates) == ["2611.00001v2", "2611.00004v2", "2611.00009v2"]
    assert set(nights.calls().values()) == {1}
    downloads = Counter(
        a.path for a in nights.arxiv.asked if a.path.startswith("/pdf/")
    )
    assert set(downloads.values()) == {1}
