"""A post on the disk: whole, or as it was."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from chatpaper.errors import PostError, StoreError
from chatpaper.posts import check_post, publish, render_post
from chatpaper.records import Digest, Post
from rich_digests import DAY, calm_gan, digest_of, failed, paper, pictures_of

root_only = pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")


def _post(*digests: Digest) -> Post:
    return render_post("GAN", DAY, digests)


def _published(tmp_path: Path, *digests: Digest) -> Path:
    return publish(
        _post(*digests),
        tmp_path / "posts" / "2026-11-20",
        pictures_of(*digests),
        drafts=tmp_path / "drafts",
    )


def _tree(directory: Path) -> dict[str, bytes]:
    return {
        path.relative_to(directory).as_posix(): path.read_bytes()
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }


def test_post_twin_and_pictures_are_written(tmp_path: Path) -> None:
    """The pictures where Hexo looks for them and where a Markdown viewer does."""
    path = _published(tmp_path, calm_gan())
    tree = _tree(path.parent)

    assert set(tree) == {
        "GAN.md",
        "GAN.json",
        "GAN/calm-figure-1.png",
        "GAN/calm-table-2.png",
        "GAN/GAN/calm-figure-1.png",
        "GAN/GAN/calm-table-2.png",
    }
    assert tree["GAN.md"].decode() == _post(calm_gan()).markdown
    assert check_post(path) == ()
    assert path.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_picture_takes_its_place_once(tmp_path: Path) -> None:
    """Its two addresses are one file on a disk with hard links."""
    folder = _published(tmp_path, calm_gan()).parent / "GAN"

    assert (folder / "calm-figure-1.png").samefile(folder / "GAN/calm-figure-1.png")


def test_same_post_again_touches_nothing(tmp_path: Path) -> None:
    """Not a byte and not a time."""
    path = _published(tmp_path, calm_gan())
    before = {p: p.stat().st_mtime_ns for p in path.parent.rglob("*") if p.is_file()}
    _published(tmp_path, calm_gan())

    assert before == {
        p: p.stat().st_mtime_ns for p in path.parent.rglob("*") if p.is_file()
    }


def test_stale_pictures_go_and_foreign_files_stay(tmp_path: Path) -> None:
    """What the previous version showed is removed; what somebody put there is not."""
    path = _published(tmp_path, calm_gan())
    (path.parent / "GAN" / "mine.png").write_bytes(b"mine")
    _published(tmp_path, replace(calm_gan(), pictures=calm_gan().pictures[:1]))

    assert set(_tree(path.parent)) == {
        "GAN.md",
        "GAN.json",
        "GAN/mine.png",
        "GAN/calm-figure-1.png",
        "GAN/GAN/calm-figure-1.png",
    }
    assert check_post(path) == ()


def test_a_broken_old_twin_does_not_stop_the_day(tmp_path: Path) -> None:
    """It is written anew."""
    path = _published(tmp_path, calm_gan())
    path.with_name("GAN.json").write_text("{")
    _published(tmp_path, calm_gan())

    assert check_post(path) == ()


def test_refused_post_is_kept_as_a_draft(tmp_path: Path) -> None:
    """The previous post stays; the draft lies with its reasons, named in the error."""
    path = _published(tmp_path, calm_gan())
    before = _tree(path.parent)
    bad = _post(failed())
    bad = replace(bad, markdown=bad.markdown.replace("## 论文", "{{ x }}\n\n## 论文"))
    with pytest.raises(PostError, match="Hexo would run") as caught:
        publish(bad, path.parent, {}, drafts=tmp_path / "drafts")

    assert _tree(path.parent) == before
    assert caught.value.path == str(tmp_path / "drafts" / "2026-11-20-GAN.md")
    drafts = _tree(tmp_path / "drafts")
    assert drafts["2026-11-20-GAN.md"].decode() == bad.markdown
    assert b"nunjucks" in drafts["2026-11-20-GAN.problems.txt"]
    assert "2026-11-20-GAN.json" in drafts


def test_missing_picture_is_refused(tmp_path: Path) -> None:
    """A post never shows a gap where a figure should be."""
    with pytest.raises(PostError, match=r"no file .GAN/calm-table-2\.png"):
        publish(
            _post(calm_gan()),
            tmp_path / "posts",
            {"calm-figure-1.png": b"x"},
            drafts=tmp_path / "drafts",
        )

    assert not (tmp_path / "posts").exists()


@pytest.mark.parametrize("name", ["../x.png", "a/b.png", ".hidden.png", "", "a b.png"])
def test_picture_names_are_plain(tmp_path: Path, name: str) -> None:
    """A name with a way out is the caller's mistake."""
    with pytest.raises(ValueError, match="plain file name"):
        publish(_post(failed()), tmp_path, {name: b"x"}, drafts=tmp_path / "drafts")


def test_disk_that_refuses_leaves_the_last_post(tmp_path: Path) -> None:
    """A file where a folder must be: everything stays as it was, without leftovers."""
    directory = tmp_path / "posts" / "2026-11-20"
    first = _post(failed())
    publish(first, directory, {}, drafts=tmp_path / "drafts")
    (directory / "GAN").write_bytes(b"in the way")
    before = _tree(tmp_path)
    with pytest.raises(StoreError, match=r"GAN\.md"):
        _published(tmp_path, calm_gan())

    assert _tree(tmp_path) == before


@root_only
def test_read_only_directory_is_a_clear_error(tmp_path: Path) -> None:
    """With the reason of the disk."""
    directory = tmp_path / "posts" / "2026-11-20"
    directory.mkdir(parents=True)
    directory.chmod(0o500)
    with pytest.raises(StoreError, match="Permission denied"):
        _published(tmp_path, failed())


def test_full_disk_is_a_clear_error(tmp_path: Path) -> None:
    """A disk that takes no more bytes: the post before it stays."""
    resource = pytest.importorskip("resource")
    path = _published(tmp_path, failed())
    before = _tree(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    signal = pytest.importorskip("signal")
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(StoreError, match="File too large"):
            _published(tmp_path, calm_gan())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        signal.signal(signal.SIGXFSZ, old)

    assert _tree(tmp_path) == before
    assert check_post(path) == ()


def test_topics_of_any_name_are_published(tmp_path: Path) -> None:
    """All in one folder, none over another, every one passing its check."""
    topics = ["3DGS/GS", "3DGS-GS", "..", "CON", "😀", "x" * 200, "{{ x }}", "C: \\a"]
    paths = {
        publish(
            render_post(topic, DAY, [digest_of(paper(1, topic), [])]),
            tmp_path / "day",
            {},
            drafts=tmp_path / "drafts",
        )
        for topic in topics
    }

    assert len(paths) == len(topics)
    assert {path.parent for path in paths} == {tmp_path / "day"}
    assert all(check_post(path) == () for path in paths)
