"""What somebody writes into a post by hand is there after every later run."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from chatpaper.posts import check_post, read_post_data
from chatpaper.records import RunReport
from chatpaper.store import PendingPost, Store
from night import Night, code_of, record, title_of

NOTE = "MY OWN NOTE, with {% raw %} and <b>tags</b>"


def path_of(nights: Night) -> Path:
    """The day's post."""
    return nights.directory / "posts" / "2026-11-18" / "GAN.md"


def edited(nights: Night, change: Callable[[str], str]) -> Path:
    """The post of a first run, changed by hand."""
    nights.run()
    path = path_of(nights)
    text = path.read_text("utf-8")
    changed = change(text)
    assert changed != text
    path.write_bytes(changed.encode())
    return path


def run_with_more(nights: Night, number: int = 5) -> RunReport:
    """A later run of the same day that finds one more paper."""
    nights.arxiv.records.append(record(number))
    return nights.run()


def faults(path: Path) -> list[str]:
    """What the gate refuses in a post; what was changed by hand it only tells."""
    return [str(problem) for problem in check_post(path) if not problem.is_edit]


def shown(path: Path) -> list[str]:
    """The papers' headings, in order."""
    lines = path.read_text("utf-8").splitlines()
    return [line.removeprefix("### ") for line in lines if line.startswith("### ")]


def anchor(number: int) -> str:
    """The line above a paper's heading, with its line feed."""
    return f'<a id="2611.0000{number}"></a>\n'


def above_first(text: str) -> str:
    """A note between the day's heading and the first paper."""
    return text.replace("论文\n\n<a", f"论文\n\n{NOTE}\n\n<a", 1)


def own_words(text: str) -> str:
    """A typo mended, an own title, notes, a tag: much that somebody may write."""
    text = text.replace("We present a small GAN, number 1.", "We present a tiny GAN.")
    text = text.replace(f"### {title_of(2)}\n", "### 镜头\n")
    text = text.replace("\ntags:\n- GAN\n", "\nsticky: 1\ntags:\n- GAN\n- mine\n")
    mine = "## Mine\n\n```\n# code\n---\n```\n\n"
    text = text.replace(anchor(0), f"{mine}{anchor(0)}")
    return above_first(text) + "\nAt the end."


def test_own_words_are_kept(nights: Night) -> None:
    """They stand where they stood, new papers come in, and the gate has no fault."""
    path = edited(nights, own_words)
    own = path.read_text("utf-8").splitlines()
    assert faults(path) == []

    first, second = run_with_more(nights), run_with_more(nights, 6)

    text = path.read_text("utf-8")
    assert [(code_of(r), r.posted) for r in (first, second)] == [(0, 1), (0, 1)]
    lost = {*own} - {*text.splitlines()}
    ours = ("title: ", "description: ", "> 页码直达", "1. [", "2. [", "3. [")
    assert all(line.startswith(ours) for line in lost)
    assert text.count(NOTE) == 1
    assert faults(path) == []
    order = [text.index(f"/abs/2611.0000{n}v1)") for n in (6, 5, 2, 1, 0)]
    assert order == sorted(order)
    assert sorted(p.name for p in path.parent.iterdir()) == ["GAN.json", "GAN.md"]
    before = nights.files()
    assert nights.run().post is None
    assert nights.files() == before


def without_second(text: str) -> str:
    """The second paper's entry is taken out."""
    return text[: text.index(anchor(1))] + text[text.index(anchor(0)) :]


def test_a_removed_entry_stays_out(nights: Night) -> None:
    """Of the post, its twin and its counts; the run says so once."""
    path = edited(nights, without_second)

    first, second = run_with_more(nights), run_with_more(nights, 6)

    assert "taken out by hand: 2611.00001" in first.message
    assert "by hand" not in second.message
    assert shown(path) == [title_of(n) for n in (6, 5, 2, 0)]
    assert check_post(path) == ()
    post = read_post_data(path.with_suffix(".json").read_text("utf-8"))
    assert "2611.00001" not in {digest.paper.id for digest in post.digests}
    assert nights.run().new == 0


def test_line_ends_and_marks_are_no_edits(nights: Night) -> None:
    """What an editor of Windows makes of a post passes the gate and is merged."""
    path = edited(
        nights, lambda text: "\ufeff" + above_first(text).replace("\n", "\r\n")
    )
    assert faults(path) == []
    before = path.read_bytes()
    assert nights.run().post is None
    assert path.read_bytes() == before

    run_with_more(nights)

    assert path.read_text("utf-8").count(NOTE) == 1
    assert len(shown(path)) == 4
    assert faults(path) == []


def fold_left_open(text: str) -> str:
    """A fold that swallows the rest of the page."""
    return text.replace("论文\n\n", f"论文\n\n<details>{NOTE}\n\n", 1)


def test_what_cannot_be_merged_is_left_alone(nights: Night) -> None:
    """The new post stands beside it, under one name, and the run names it."""
    path = edited(nights, fold_left_open)
    mine = path.read_bytes()

    reports = [run_with_more(nights, number) for number in (5, 6)]

    beside = path.with_name("GAN.md.new")
    assert path.read_bytes() == mine
    assert shown(beside) == [title_of(n) for n in (6, 5, 2, 1, 0)]
    for report in reports:
        assert (code_of(report), report.posted) == (0, 1)
        assert str(beside) in report.message
        assert "\n" not in report.message
    names = sorted(p.name for p in path.parent.iterdir())
    assert names == ["GAN.json", "GAN.md", "GAN.md.new"]
    # Taken over, and written into once more, it is merged again.
    beside.replace(path)
    path.write_text(above_first(path.read_text("utf-8")), "utf-8")
    report = run_with_more(nights, 7)
    assert ".new" not in report.message
    assert len(shown(path)) == 6
    assert path.read_text("utf-8").count(NOTE) == 1
    assert not beside.exists()


def test_both_sides_change_a_line(nights: Night) -> None:
    """A failed entry with a note in its warning heals: both texts are there."""
    nights.arxiv.records[1] = record(1, pdf=None)
    path = edited(nights, lambda text: text.replace("**未生成", f"{NOTE} **未生成"))
    nights.arxiv.records[1] = record(1)

    report = nights.run()

    assert "both change the same lines" in report.message
    assert NOTE in path.read_text("utf-8")
    assert "未生成：" not in path.with_name("GAN.md.new").read_text("utf-8")


def test_a_locked_file_is_left_alone(nights: Night) -> None:
    """Read-only means: not this one; nothing is lost."""
    nights.run()
    path = path_of(nights)
    before = path.read_bytes()
    path.chmod(0o444)

    report = run_with_more(nights)

    assert "it is read-only" in report.message
    assert path.read_bytes() == before
    assert len(shown(path.with_name("GAN.md.new"))) == 4
    path.chmod(0o644)
    assert ".new" not in run_with_more(nights, 6).message
    assert len(shown(path)) == 5
    assert not path.with_name("GAN.md.new").exists()


def test_a_linked_file_is_written_through(nights: Night) -> None:
    """A post that was moved elsewhere and linked stays a link."""
    path = edited(nights, above_first)
    home = nights.directory / "notes" / "mine.md"
    home.parent.mkdir()
    path.rename(home)
    path.symlink_to(home)

    run_with_more(nights)

    assert path.is_symlink()
    assert len(shown(home)) == 4
    assert home.read_text("utf-8").count(NOTE) == 1
    home.unlink()
    run_with_more(nights, 6)
    assert len(shown(path)) == 5


@pytest.mark.parametrize("spoilt", [None, "{"])
def test_a_lost_twin_costs_no_paper(nights: Night, spoilt: str | None) -> None:
    """The store's copy has the records; the own words are kept as before."""
    path = edited(nights, above_first)
    twin = path.with_suffix(".json")
    twin.unlink() if spoilt is None else twin.write_text(spoilt, "utf-8")

    report = run_with_more(nights)

    assert (report.status, report.posted) == ("done", 1)
    assert len(shown(path)) == 4
    assert path.read_text("utf-8").count(NOTE) == 1
    assert len(read_post_data(twin.read_text("utf-8")).digests) == 4
    assert faults(path) == []


def test_bytes_that_are_no_text_are_left_alone(nights: Night) -> None:
    """A post in another encoding is nobody's to guess at."""
    nights.run()
    path = path_of(nights)
    path.write_bytes(above_first(path.read_text("utf-8")).encode("gb18030"))
    mine = path.read_bytes()

    report = run_with_more(nights)

    assert "it is not UTF-8" in report.message
    assert path.read_bytes() == mine


def test_topics_of_a_day_are_held_apart(nights: Night) -> None:
    """A note in one post is in that one."""
    nights.run_all(topics=["GAN", "network"])
    path = path_of(nights)
    path.write_text(above_first(path.read_text("utf-8")), "utf-8")
    nights.arxiv.records.append(record(5, abstract="We present a GAN, a network."))
    nights.run_all(topics=["GAN", "network"])

    texts = [p.read_text("utf-8") for p in sorted(path.parent.glob("*.md"))]
    assert [text.count(NOTE) for text in texts] == [1] + [0] * (len(texts) - 1)
    assert all("2611.00005v1" in text for text in texts)


def test_a_store_that_is_new_takes_nothing_for_its_own(nights: Night) -> None:
    """Without the store a changed post is left alone, an unchanged one carried on."""
    nights.run()
    path = path_of(nights)
    store = nights.directory / "store"
    store.rename(nights.directory / "lost")

    report = run_with_more(nights)
    assert ".new" not in report.message
    assert len(shown(path)) == 4

    path.write_text(above_first(path.read_text("utf-8")), "utf-8")
    mine = path.read_bytes()
    store.rename(nights.directory / "lost-too")
    report = run_with_more(nights, 6)
    assert "is not kept" in report.message
    assert path.read_bytes() == mine
    assert len(shown(path.with_name("GAN.md.new"))) == 5


@pytest.mark.parametrize("has_twin", [True, False])
def test_a_kill_on_the_way_is_made_good(nights: Night, *, has_twin: bool) -> None:
    """Killed before the Markdown, or before the twin: the next run completes both."""
    path = edited(nights, above_first)
    twin = path.with_suffix(".json")
    before = path.read_bytes(), twin.read_bytes()
    home = nights.directory / "store"
    shutil.copytree(home, nights.directory / "earlier")
    run_with_more(nights)
    after = path.read_bytes()
    with Store(home) as store:
        kept = store.kept_post("GAN", date(2026, 11, 18))
        entries = tuple(store.entries("GAN", "posted").values())
    assert kept is not None
    shutil.rmtree(home)
    (nights.directory / "earlier").rename(home)
    with Store(home) as store:
        begun = PendingPost(
            day=date(2026, 11, 18),
            path=path,
            sha256=kept.sha256,
            entries=entries,
            text=kept.written,
        )
        store.begin_post("GAN", begun)
    path.write_bytes(before[0])
    if not has_twin:
        twin.write_bytes(before[1])

    assert nights.run().status == "nothing new"

    assert path.read_bytes() == after
    assert len(read_post_data(twin.read_text("utf-8")).digests) == 4
    with Store(nights.directory / "store") as store:
        assert store.begun_posts("GAN") == ()
