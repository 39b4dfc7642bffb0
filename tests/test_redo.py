"""Posted papers summarised anew: the old summary is kept, and the post says so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, timedelta
from pathlib import Path

import pytest

from chatpaper.config import Config
from chatpaper.pipeline import Controls, Redone, redo_papers
from chatpaper.posts import check_markdown, phrases_in, read_post_data, render_post
from chatpaper.records import Correction, Digest
from chatpaper.site import SiteSettings, build_site
from commands import run_command
from night import Night, night, record, title_of
from rich_digests import DAY, calm_gan, pictures_of, provenance
from servers.gemini_faults import KEY
from servers.gemini_replies import paper_of, written
from servers.robots import Robots

ID = "2611.00001"


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Night]:
    """Three papers at the stand-ins, posted yesterday; the model has changed since."""
    with night(tmp_path) as made:
        made.run()
        made.now += timedelta(days=1)
        yield made


def answer_anew(nights: Night) -> None:
    """Let the model say less of one paper: a step of its method is gone."""
    (call,) = [
        call
        for call in nights.gemini.calls
        if (call.paper, call.kind) == (title_of(1), "summary")
    ]
    parts = [part for content in call.body["contents"] for part in content["parts"]]
    title, text = paper_of("".join(part["text"] for part in parts))
    reply = json.loads(written(title, text))
    del reply["method"][-1]
    nights.gemini.replies[text] = json.dumps(reply)


def redo(
    nights: Night, *names: str, **changes: object
) -> tuple[list[Redone], list[str]]:
    """As the command does it."""
    controls = Controls(key=KEY, now=lambda: nights.now, sleep=nights.naps.append)
    config = Config.model_validate(nights.sections)
    return redo_papers(config, names, **{"controls": controls, **changes})  # type: ignore[arg-type]


def entry(nights: Night) -> Digest:
    """The paper's entry in the only post."""
    (post,) = nights.posts()
    return next(d for d in post.digests if d.paper.id == ID)


def test_a_paper_is_summarised_anew(nights: Night) -> None:
    """One paper is asked for; its entry says what changed, and holds what was."""
    before, old = entry(nights), nights.posts()[0]
    others = [d for d in old.digests if d.paper.id != ID]
    answer_anew(nights)
    calls = len(nights.gemini.calls)
    (done,), unknown = redo(nights, f"{ID}v1", "2611.99999")
    (post,) = nights.posts()
    (path,) = (nights.directory / "posts").glob("*/GAN.md")
    text = path.read_text("utf-8")

    assert (done.text, done.post) == ("summarised anew", path)
    assert unknown == ["2611.99999"]
    assert entry(nights).summary != before.summary
    assert entry(nights).corrections == (
        Correction(
            on=nights.now.date(),
            summary=before.summary,  # type: ignore[arg-type]
            checks=before.checks,
            provenance=before.provenance,
        ),
    )
    assert [d for d in post.digests if d.paper.id != ID] == others
    assert text.count("**更正**：") == 1
    assert "删去 1 条，新增 0 条" in text
    assert {call.paper for call in nights.gemini.calls[calls:]} <= {title_of(1), ""}
    nights.run()
    assert path.read_text("utf-8") == text


def test_site_feeds_and_notes_say_what_was_corrected(nights: Night) -> None:
    """Day and models; the claim that went is struck out; the feed's entry is newer."""
    answer_anew(nights)
    nights.settings["output"] = {
        "formats": ["hexo", "feeds", "obsidian"],
        "notes_dir": str(nights.directory / "notes"),
    }
    (gone,) = [c for c in entry(nights).summary.claims if c.field == "method"][-1:]  # type: ignore[union-attr]
    redo(nights, ID)
    posts, site = nights.directory / "posts", nights.directory / "site"
    build_site(SiteSettings(posts=posts, site=site, zone=UTC))
    page = (site / "papers" / f"{ID}.html").read_text("utf-8")
    other = (site / "papers" / "2611.00002.html").read_text("utf-8")
    note = (nights.directory / "notes" / "obsidian" / f"{ID}.md").read_text("utf-8")
    feed = json.loads((posts / "feeds" / "feed.json").read_text("utf-8"))
    items = {item["id"].rpartition("/")[2]: item for item in feed["items"]}
    words = "2026-11-19 由 gemini-3.5-flash-lite 重新生成摘要，此前为"

    assert "<h2>更正</h2>" in page
    assert page.count(f"<del>{gone.text}</del>") == 1
    assert page.count(words) == 2
    assert "更正" not in other
    assert words in note.replace("\\", "")
    assert words in items[ID]["content_html"]
    assert f"<del>{gone.text}</del>" in items[ID]["content_html"]
    assert items[ID]["date_modified"] > items[ID]["date_published"]
    assert items[ID]["date_modified"] == "2026-11-19T12:00:00Z"
    assert items["2611.00002"]["date_modified"] == "2026-11-18T12:00:00Z"


def test_who_knows_the_old_summary_is_told_once(
    nights: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one line of the next message; who never heard of the paper is not told."""
    answer_anew(nights)
    with Robots() as robots:
        monkeypatch.setenv("WECOM_WEBHOOK", robots.url("wecom"))
        one, two = ({"kind": "wecom", "name": name} for name in ("old", "new"))
        nights.settings["deliver"] = {"channels": [one]}
        nights.now -= timedelta(days=1)
        nights.arxiv.records.append(record(3))
        nights.run()
        nights.now += timedelta(days=1)
        redo(nights, ID)
        nights.settings["deliver"] = {"channels": [one, two]}
        for number in (4, 5):
            nights.arxiv.records.append(record(number, published=nights.now))
            nights.now += timedelta(hours=1)
            nights.run()
        texts = [said["markdown"]["content"] for said in robots.taken]
    told = [text for text in texts if "更正了已收录的 1 篇：" in text]

    assert len(texts) == 5
    assert told == [texts[1]]
    assert told[0].count("2611.00001v1") == 1


def test_every_summary_is_kept(nights: Night) -> None:
    """Done twice, the entry holds both; the same answer again changes nothing."""
    first = entry(nights).summary
    answer_anew(nights)
    redo(nights, ID)
    second = entry(nights).summary
    (same,), _ = redo(nights, ID)
    nights.gemini.replies.clear()
    redo(nights, ID)

    assert same == replace(same, text="the new summary is the old one", post=None)
    assert [c.summary for c in entry(nights).corrections] == [first, second]
    assert entry(nights).summary == first


def test_a_failure_keeps_what_there_is(nights: Night) -> None:
    """Without a usable reply the post, and the replies that were paid for, stay."""
    before = nights.files()
    nights.gemini.always = "not-json"
    (done,), _ = redo(nights, ID)
    nights.gemini.always = "ok"
    calls = len(nights.gemini.calls)
    again = nights.run()

    assert done.post is None
    assert done.text.startswith("keeps its summary: ")
    assert nights.files() == before
    assert (again.status, len(nights.gemini.calls)) == ("nothing new", calls)


def test_what_was_changed_by_hand_stays(nights: Night) -> None:
    """A note is carried over, and an entry that was taken out is not put back."""
    (path,) = (nights.directory / "posts").glob("*/GAN.md")
    text = path.read_text("utf-8").replace("## 论文", "My note.\n\n## 论文", 1)
    path.write_text(text, "utf-8")
    answer_anew(nights)
    (done,), _ = redo(nights, ID)
    kept = path.read_text("utf-8")
    start, end = (kept.index(f'<a id="2611.0000{n}"></a>\n') for n in (2, 1))
    path.write_text(kept[:start] + kept[end:], "utf-8")
    (gone,), _ = redo(nights, "2611.00002")

    assert (gone.text, gone.post) == ("was taken out of its post by hand", None)
    assert done.post == path
    assert "My note." in kept
    assert kept.count("**更正**：") == 1


def test_another_model_and_bad_names(nights: Night) -> None:
    """The command names its model; what no post has is misuse, no key is refused."""
    env, cwd = nights.environment, nights.directory
    answer_anew(nights)
    done = run_command("redo", ID, "--model", "gemini-3.5-flash", env=env, cwd=cwd)
    unknown = run_command("redo", "2611.77777", env=env, cwd=cwd)
    no_key = run_command("redo", ID, env=env | {"GEMINI_API_KEY": ""}, cwd=cwd)
    asked = {call.model for call in nights.gemini.calls[-2:]}

    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("GAN 2026-")
    assert "summarised anew -> " in done.stdout
    assert any("gemini-3.5-flash" in name for name in asked)
    assert (unknown.returncode, no_key.returncode) == (2, 2)
    assert "2611.77777: no post has an entry of it" in unknown.stderr
    assert "set GEMINI_API_KEY or GOOGLE_API_KEY" in no_key.stderr
    assert "replaced by sentences" in no_key.stderr


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_gate_wants_the_note(language: str) -> None:
    """A post without it, or with other counts, is refused."""
    say = phrases_in(language)
    old = calm_gan().summary
    assert old is not None
    fewer = replace(old, claims=old.claims[2:])
    correction = Correction(
        on=date(2026, 11, 21), summary=fewer, provenance=provenance()
    )
    digest = replace(calm_gan(), corrections=(correction,))
    post = render_post("GAN", DAY, [digest], language=language)
    names = pictures_of(digest)
    files = [f"{folder}/{name}" for folder in ("GAN", "GAN/GAN") for name in names]
    line = next(
        line
        for line in post.markdown.splitlines()
        if line.startswith(f"**{say.correction}**")
    )
    silent = post.markdown.replace(f"{line}\n\n", "")
    wrong = post.markdown.replace(line, line.replace("2 ", "3 "))

    assert "gemini-3.5-flash-lite" in line
    assert check_markdown(post.markdown, post.data, files) == ()
    for bad in (silent, wrong):
        assert bad != post.markdown
        assert check_markdown(bad, post.data, files) != ()
    assert read_post_data(post.data).digests == (digest,)
    assert "corrections" not in render_post("GAN", DAY, [calm_gan()]).data
