"""What must hold of a site before it may replace the last one.

The gate knows only what the pages themselves lead to, and who must be there; how pages
are made it does not know.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from chatpaper.site.catalogue import Catalogue
from chatpaper.site.made import Written
from chatpaper.text import file_stem

CALENDAR = "calendar.html"
MOST = 5  # faults of one kind that are told


def faults_of(
    files: Mapping[str, Written], catalogue: Catalogue, searched: frozenset[str] | None
) -> list[str]:
    """What is wrong, in sentences; nothing when the site may be published.

    Args:
        files: All files of the site.
        catalogue: Who must be there.
        searched: Pages that the search finds; None for a site without one.
    """
    faults = [*_dead(files), *_unreached(files), *_missing(files, catalogue)]
    if searched is not None:
        pages = {f"papers/{_stem(catalogue, p)}.html" for p in catalogue.papers}
        pages |= {row.page for row in catalogue.reviews}
        faults += _told("the search does not know", pages ^ searched)
    return faults


def _told(what: str, found: set[str] | frozenset[str]) -> list[str]:
    some = ", ".join(sorted(found)[:MOST])
    more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
    return [f"{what}: {some}{more}"] if found else []


def _dead(files: Mapping[str, Written]) -> list[str]:
    """Links to no file, or to no place on a page."""
    places = {f"{path}#{place}" for path, file in files.items() for place in file.ids}
    dead = {
        f"{path} -> {link}"
        for path, file in files.items()
        for link in file.links
        if (link not in places if "#" in link else link not in files)
    }
    return _told("dead links", dead)


def _unreached(files: Mapping[str, Written]) -> list[str]:
    """Pages that no way leads to from the first."""
    reached, ahead = {"index.html"}, ["index.html"]
    while ahead:
        path = ahead.pop()
        for link in files[path].links if path in files else ():
            page = link.partition("#")[0]
            if page not in reached:
                reached.add(page)
                ahead.append(page)
    pages = {path for path in files if path.endswith(".html")}
    return _told("no way leads to", pages - reached)


def _missing(files: Mapping[str, Written], catalogue: Catalogue) -> Iterator[str]:
    """Papers that the page of their day, or no month of their topic, do not lead to."""
    by_topic: dict[str, set[str]] = {}
    for path, file in files.items():
        if path.startswith("months/"):
            by_topic.setdefault(path.split("/")[1], set()).update(file.links)
    unlisted: dict[str, set[str]] = {"day": set(), "topic": set()}
    for paper_id, seen in catalogue.papers.items():
        page = f"papers/{_stem(catalogue, paper_id)}.html"
        for post in (place.post for place in seen):
            day = files.get(f"days/{post.day}.html")
            if day is None or page not in day.links:
                unlisted["day"].add(f"{paper_id} ({post.day})")
            if page not in by_topic.get(post.stem, ()):
                unlisted["topic"].add(f"{paper_id} ({post.topic})")
    for row in catalogue.reviews:
        for kind, path in (("topic", f"topics/{row.stem}.html"), ("day", CALENDAR)):
            if path not in files or row.page not in files[path].links:
                unlisted[kind].add(row.page)
    for kind, papers in unlisted.items():
        yield from _told(f"not on the page of its {kind}", papers)


def _stem(catalogue: Catalogue, paper_id: str) -> str:
    return catalogue.papers[paper_id][0].row.stem


def lost_posts(
    catalogue: Catalogue,
    posted: Mapping[tuple[str, date], int],
    deleted: Collection[tuple[str, str]] = (),
) -> tuple[str, ...]:
    """Posts that the ledger knows and that are not there, with how many papers.

    Not told are papers that a post no longer has, and posts that somebody has deleted:
    whoever took them out meant to.

    Args:
        catalogue: What is there.
        posted: What the ledger knows.
        deleted: Stem and day of posts that were deleted.
    """
    there = {(post.topic.casefold(), post.day) for post in catalogue.posts}
    return tuple(
        f"{day} {topic} ({papers})"
        for (topic, day), papers in sorted(
            posted.items(), key=lambda post: post[0][::-1]
        )
        if (topic.casefold(), day.isoformat()) not in there
        and (file_stem(topic, "topic"), day.isoformat()) not in deleted
    )


def lost_periods(folder: Path, periods: Collection[tuple[str, str]]) -> tuple[str, ...]:
    """Posts of weeks and months that are known and of which nothing is there.

    Args:
        folder: Of the posts.
        periods: Topic and name of each.
    """
    return tuple(
        f"{name} {topic}"
        for topic, name in sorted(periods)
        if not (folder / name / f"{file_stem(topic, 'topic')}.json").is_file()
    )


def why_lost(folder: Path, lost: Sequence[str]) -> str:
    """Why a site that lacks posts is not made, and the way out."""
    some = ", ".join(lost[:MOST]) + (" ..." if len(lost) > MOST else "")
    way = "bring them back, or say `ask_ledger=False`"
    return f"{len(lost)} posts are no longer in {folder}: {some}; {way}"
