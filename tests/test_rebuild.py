"""Posts that were deleted come back, from their twins or from the store."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from chatpaper.posts import check_post, read_post_data
from chatpaper.resources import resource_path
from chatpaper.store import PendingPost, Store
from commands import run_command
from night import NOON, Night, record

RUN = "run --topic GAN --provider extractive --storage s --source"
OLD_TWIN = Path(__file__).parent / "twin_format_1.json"


def chatpaper(words: str, cwd: Path, **env: str) -> tuple[int, str]:
    """A command's exit code, and what it prints; nothing else leaves the machine."""
    done = run_command(*words.split(), env=env, cwd=cwd)
    return done.returncode, done.stdout + done.stderr


def contents(folder: Path) -> dict[str, bytes]:
    """Every file below a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def the_post(folder: Path) -> Path:
    """The only post below a folder."""
    (path,) = folder.glob("posts/*/*.md")
    return path


def test_a_deleted_folder_comes_back(tmp_path: Path) -> None:
    """Text, twin and pictures, to the byte; once more there is nothing to do."""
    posts = tmp_path / "posts"
    assert chatpaper(f"{RUN} samples", tmp_path)[0] == 0
    before = contents(posts)
    assert sum(name.endswith((".png", ".jpg")) for name in before) > 4
    shutil.rmtree(posts)

    first = chatpaper("rebuild --storage s", tmp_path)
    second = chatpaper("rebuild --storage s", tmp_path)

    assert contents(posts) == before
    assert (first[0], second[0]) == (0, 0)
    assert ": 5 papers, written again -> posts" in first[1]
    assert ": 5 papers, nothing to change -> posts" in second[1]
    assert chatpaper("check posts", tmp_path) == (0, "")


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    """Pictures whose PDFs are gone too; with the PDFs at hand they are drawn again."""
    shutil.copytree(resource_path("samples"), tmp_path / "mine")
    assert chatpaper(f"{RUN} mine", tmp_path)[0] == 0
    before = contents(tmp_path / "posts")
    shutil.rmtree(tmp_path / "posts")
    shutil.copytree(tmp_path / "s", tmp_path / "t")

    code, said = chatpaper("rebuild --storage s", tmp_path)

    assert code == 1
    assert "pictures and PDFs are gone of " in said
    path = the_post(tmp_path)
    assert check_post(path) == ()
    assert "![" not in path.read_text("utf-8")
    shutil.rmtree(tmp_path / "posts")
    assert chatpaper("rebuild --storage t --source mine", tmp_path)[0] == 0
    assert contents(tmp_path / "posts") == before


def test_a_run_writes_the_day_s_post_again(nights: Night) -> None:
    """Deleted on its day it is back with the next run; nobody is asked for it."""
    nights.run()
    before = {name: content for name, (_, content) in nights.files().items()}
    calls, downloads = len(nights.gemini.calls), nights.arxiv.count("/pdf")
    shutil.rmtree(nights.directory / "posts")

    report = nights.run()

    assert report.status == "nothing new"
    assert "the post of 2026-11-18 was gone and is written again" in report.message
    assert report.post is not None
    assert {n: content for n, (_, content) in nights.files().items()} == before
    assert (len(nights.gemini.calls), nights.arxiv.count("/pdf")) == (calls, downloads)
    assert nights.run().post is None


def test_a_run_tells_how_an_older_post_comes_back(nights: Night) -> None:
    """It may be gone on purpose: it is told, not written, while papers are found."""
    nights.run()
    path = the_post(nights.directory)
    before = path.read_bytes()
    path.unlink()
    nights.now += timedelta(days=1)
    nights.arxiv.records.append(record(5))

    report = nights.run()

    assert report.posted == 1
    command = "chatpaper rebuild --topic GAN --day 2026-11-18"
    assert report.message.endswith(f"the post of 2026-11-18 (back with: {command})")
    env = nights.environment
    asked = len(nights.arxiv.asked)
    code, said = chatpaper(command.partition(" ")[2], nights.directory, **env)
    assert (code, said.count("written again")) == (0, 1)
    assert path.read_bytes() == before
    assert len(nights.arxiv.asked) == asked
    assert "gone" not in nights.run().message


def test_papers_of_a_deleted_post_stay_in_it(nights: Night) -> None:
    """A later run of the day that finds more writes all of them."""
    nights.run()
    shutil.rmtree(nights.directory / "posts")
    nights.arxiv.records.append(record(5))

    assert nights.run().posted == 1
    assert len(nights.whole()) == 4


def test_own_words_survive(nights: Night) -> None:
    """A post that was changed by hand is left as it is, with other settings merged."""
    nights.run()
    path = the_post(nights.directory)
    text = path.read_text("utf-8").replace("更新\n\n", "更新\n\nMY NOTE\n\n", 1)
    path.write_text(text, "utf-8")
    env = nights.environment

    code, said = chatpaper("rebuild", nights.directory, **env)
    assert (code, path.read_text("utf-8")) == (0, text)
    assert "nothing to change" in said
    env["CHATPAPER_OUTPUT__AUTHOR"] = "somebody"
    assert chatpaper("rebuild", nights.directory, **env)[0] == 0
    assert path.read_text("utf-8") == text.replace(
        "author: chatpaper", "author: somebody"
    )


@pytest.mark.parametrize("state", ["gone", "changed", "unchanged"])
def test_an_old_twin_is_enough(tmp_path: Path, state: str) -> None:
    """A post of the first format is written as posts are now, unless it was changed."""
    old = read_post_data(OLD_TWIN.read_text("utf-8"))
    folder = tmp_path / "posts" / old.day.isoformat()
    folder.mkdir(parents=True)
    shutil.copy(OLD_TWIN, folder / f"{old.stem}.json")
    path = folder / f"{old.stem}.md"
    written = b"---\ntitle: old\n---\n\nAs it was.\n"
    known = PendingPost(
        day=old.day, path=path, sha256=hashlib.sha256(written).hexdigest(), entries=()
    )
    with Store(tmp_path / "s") as store:  # which had no texts then
        store.begin_post(old.topic, known)
        store.end_post(old.topic, known, stands=True)
    if state != "gone":
        path.write_bytes(written + (b"Mine.\n" if state == "changed" else b""))

    code, said = chatpaper("rebuild --storage s", tmp_path)

    new = path.with_name(f"{path.name}.new") if state == "changed" else path
    assert code == (1 if any(digest.pictures for digest in old.digests) else 0), said
    text = new.read_text("utf-8")
    assert all(digest.paper.title in text for digest in old.digests)
    assert (".md.new" in said) == (state == "changed")
    if state == "changed":
        assert path.read_bytes() == written + b"Mine.\n"
    else:
        assert check_post(path) == ()


def test_a_post_of_which_nothing_is_kept(nights: Night) -> None:
    """A store of the version before, and no twin: the reason is said, by a run too."""
    nights.run()
    path = nights.directory / "store" / "chatpaper.sqlite3"
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM texts")
        db.commit()
    shutil.rmtree(nights.directory / "posts")
    env: Mapping[str, str] = nights.environment

    code, said = chatpaper("rebuild", nights.directory, **env)
    report = nights.run()

    assert code == 3
    assert "GAN 2026-11-18: cannot be written again: neither its JSON twin" in said
    assert "cannot be written again; neither its JSON twin" in report.message
    assert report.post is None
    twin = nights.directory / "posts" / "2026-11-18" / "GAN.json"
    twin.parent.mkdir(parents=True, exist_ok=True)
    twin.write_text("{", "utf-8")
    code, said = chatpaper("rebuild", nights.directory, **env)
    assert code == 3
    assert f"{twin}: cannot be read; move it and its post away" in said


def test_a_post_that_never_was_is_not_missed(nights: Night) -> None:
    """Begun, and refused or cut off by a kill: there is nothing to write again."""
    nights.arxiv.records.clear()
    begun = PendingPost(
        day=NOON.date(), path=Path("posts/GAN.md"), sha256="00", entries=()
    )
    with Store(nights.directory / "store") as store:
        store.begin_post("GAN", begun)

    report = nights.run()

    assert report.why == "none-matched"
    assert "gone" not in report.message


def test_an_unknown_post_is_named(nights: Night) -> None:
    """With the topics there are; exit code 2."""
    nights.run()
    words = f"rebuild --topic Gan --day {NOON.date()}"

    code, said = chatpaper(words, nights.directory, **nights.environment)

    assert code == 2
    assert "no post of Gan on 2026-11-18 is known; there are posts of: GAN" in said
