"""Notes and pages for readers other than Hexo: Obsidian, Hugo, MkDocs, GitHub."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import lxml.html
import pytest
import yaml
from markdown_it import MarkdownIt

from chatpaper.config import OutputConfig
from chatpaper.errors import ConfigError
from chatpaper.outputs import PAGES, check_formats, write_outputs
from chatpaper.posts import (
    clean,
    is_summarized,
    located_quotes,
    marks,
    phrases_in,
    printed_claim,
    render_post,
    shown_claims,
)
from chatpaper.records import FIELDS, Correction, Digest, Paper, Post, Update
from commands import run_command
from hostile_records import Hostile
from night import Night, night
from rich_digests import (
    DAY,
    at,
    calm_gan,
    digest_of,
    failed,
    hostile,
    new_version,
    paper,
    plain_sentences,
)

LATER = date(2026, 11, 21)
RICH = (calm_gan(), plain_sentences(), failed(), hostile())
SAY = phrases_in("zh")
TAGS = {*["h1", "h2", "h3", "p", "strong", "a", "ul", "ol", "li", "blockquote", "img"]}


@pytest.fixture
def nights(tmp_path: Path) -> Iterator[Night]:
    """Three papers at the stand-ins, and an empty store."""
    with night(tmp_path) as made:
        yield made


def settings_in(folder: Path, **changes: object) -> OutputConfig:
    """Posts in one folder, pages of every format in another."""
    values = {
        "dir": folder / "posts",
        "notes_dir": folder / "notes",
        "formats": ("hexo", *PAGES),
        "timezone": "Asia/Shanghai",
        **changes,
    }
    return OutputConfig.model_validate(values)


def keep(
    folder: Path,
    *digests: Digest,
    topic: str = "GAN",
    day: date = DAY,
    updates: tuple[Update, ...] = (),
    left_out: tuple[Paper, ...] = (),
) -> Post:
    """A post's twin and pictures in their folder."""
    post = render_post(topic, day, digests, updates=updates, left_out=left_out)
    beside = folder / "posts" / day.isoformat()
    (beside / post.stem).mkdir(parents=True, exist_ok=True)
    (beside / f"{post.stem}.json").write_text(post.data, "utf-8")
    for digest in post.digests:
        for picture in digest.pictures:
            (beside / post.stem / picture.file).write_bytes(b"\x89PNG")
    return post


def write(folder: Path, **changes: object) -> Path:
    """Write every format; returns the folder of the pages."""
    assert write_outputs(settings_in(folder, **changes)) == ()
    return folder / "notes"


# ---------------------------------------------------------------- what readers make


def with_commonmark(page: Path) -> str:
    """The standard, with tables and bare links as GitHub adds them."""
    reader = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    return str(reader.render(page.read_text("utf-8")))


def with_github(page: Path) -> str:
    """GitHub's own reader."""
    if not shutil.which("cmark-gfm"):
        pytest.skip("no cmark-gfm")
    extensions = ["table", "autolink", "strikethrough", "tagfilter", "tasklist"]
    flags = [flag for name in extensions for flag in ("-e", name)]
    return subprocess.run(
        ["cmark-gfm", *flags, page], capture_output=True, text=True, check=True
    ).stdout


def with_mkdocs(page: Path) -> str:
    """The library and the extensions that MkDocs has on by default."""
    markdown = pytest.importorskip("markdown")
    extensions = ["toc", "tables", "fenced_code"]
    return str(markdown.markdown(page.read_text("utf-8"), extensions=extensions))


def with_hugo(page: Path) -> str:
    """A Hugo site in its default settings."""
    if not shutil.which("hugo"):
        pytest.skip("no hugo")
    site, folder = page.parents[4] / "site", page.parents[2]
    (site / "layouts" / "_default").mkdir(parents=True)
    (site / "hugo.toml").write_text('baseURL = "https://example.org/blog/"\n')
    (site / "config.toml").write_text('baseURL = "https://example.org/blog/"\n')
    for layout in ("single", "list"):
        body = "<body>{{ .Content }}</body>"
        (site / "layouts" / "_default" / f"{layout}.html").write_text(body)
    shutil.copytree(folder, site / "content")
    subprocess.run(["hugo", "--quiet"], cwd=site, check=True, capture_output=True)
    shown = site / "public" / page.parent.relative_to(folder)
    for picture in page.parent.glob("*.png"):
        assert (shown / picture.name).is_file()
    html = (shown / "index.html").read_text("utf-8")
    return re.sub(r"</?body>", "", html)


READERS: list[tuple[str, Callable[[Path], str]]] = [
    ("plain", with_commonmark),
    ("plain", with_github),
    ("plain", with_mkdocs),
    ("hugo", with_hugo),
]
IDS = [f"{format_}-{reader.__name__}" for format_, reader in READERS]


def squeezed(text: str) -> str:
    """A text without blanks; a wide dollar counts as one."""
    return "".join(text.split()).replace("＄", "$")


def claims_of(post: Post) -> list[str]:
    """Every claim of a post as a reader is to see it, with pages and marks."""
    lines = []
    for digest in filter(is_summarized, post.digests):
        for name in FIELDS:
            for shown in shown_claims(digest, name):
                pages = located_quotes(shown.claim, shown.check)
                words = printed_claim(shown.claim)
                said = [words, *(f"p.{page}" for page in pages)]
                lines.append(squeezed("".join([*said, *marks(shown.check, SAY)])))
    return lines


def assert_shown(html: str, post: Post, page: Path) -> None:
    """The claims stand there in order, and nothing foreign is markup."""
    root = lxml.html.fromstring(f"<div>{html}</div>")
    text, place = squeezed(str(root.xpath("string()"))), 0
    for line in claims_of(post):
        found = text.find(line, place)
        assert found >= 0, line
        place = found + len(line)
    for digest in post.digests:
        assert squeezed(clean(digest.paper.title)) in text
        assert squeezed(clean(digest.paper.abstract)) in text
    tags = {str(element.tag) for element in root.iterdescendants()}
    assert tags <= TAGS
    pictures = [str(image.get("src")) for image in root.iter("img")]
    assert len(pictures) == sum(len(digest.pictures) for digest in post.digests)
    assert all((page.parent / picture).is_file() for picture in pictures)
    for link in root.iter("a"):
        target = str(link.get("href"))
        assert target.startswith(("https://", "http://", "mailto:")), target
        if str(link.xpath("string()")) != unquote(target):
            assert not target.startswith("http://e"), target


@pytest.mark.parametrize(("format_", "reader"), READERS, ids=IDS)
def test_readers_show_a_day(
    tmp_path: Path, format_: str, reader: Callable[[Path], str]
) -> None:
    """Claims, marks, quotes and pictures come out of every reader, and no HTML."""
    post = keep(tmp_path, *RICH, updates=(new_version(),), left_out=(paper(7, "Late"),))
    page = write(tmp_path) / format_ / DAY.isoformat() / "gan" / "index.md"
    html = reader(page)

    assert_shown(html, post, page)
    assert "<script>" not in html
    assert html.count("<strong>「⚠") == 5
    assert "【Preprint → Accepted at the Journal of Invented Faces】" in html
    assert "【120 → 148】 papers" in html
    assert SAY.left_out.format(n=1) in html


@pytest.mark.parametrize(("format_", "reader"), READERS, ids=IDS)
def test_readers_show_hostile_words(
    tmp_path: Path, format_: str, reader: Callable[[Path], str]
) -> None:
    """Thirty papers that try to become markup stay the words they are."""
    hostile = Hostile(30)
    (tmp_path / "papers").mkdir()
    digests = [hostile.digest(each) for each in hostile.papers(30, tmp_path / "papers")]
    post = keep(tmp_path, *digests)
    folder = write(tmp_path, formats=[format_]) / format_
    page = folder / DAY.isoformat() / "gan" / "index.md"

    assert len(claims_of(post)) > 150
    assert_shown(reader(page), post, page)


# ---------------------------------------------------------------- other topics' pages

# What `github-slugger` 2.0 makes of titles, as GitHub does.
ANCHORS = {
    "Calm-GAN: A $\\chi^2$ Test": "calm-gan-a-chi2-test",
    "A \u2014 B: C++ & D": "a--b-c--d",
    "\u00c9tude of 3.5% [x] {y}, it\u2019s": "\u00e9tude-of-35-x-y-its",
    "\u9ad8\u65af\u6cfc\u6e85\uff1aa_b \u2163": "\u9ad8\u65af\u6cfc\u6e85a_b-\u2173",
}
TOPICS = (
    "Small nets",
    "3DGS/GS",
    "..",
    "\u533b\u5b66\u56fe\u50cf",
    "\U0001f600",
    "C++ & #1",
    "CON",
)


def other_pages(folder: Path, format_: str) -> list[tuple[Path, str, str]]:
    """Where the lines of a post lead, each with the title of its paper."""
    titles = [*ANCHORS, *TOPICS][: len(TOPICS)]
    papers = [replace(failed(), paper=paper(n, t)) for n, t in enumerate(titles, 1)]
    for topic, digest in zip(TOPICS, papers, strict=True):
        keep(folder, digest, topic=topic)
    lines = [
        replace(each, stands_in=topic)
        for topic, each in zip(TOPICS, papers, strict=True)
    ]
    keep(folder, *lines, topic="Lines")
    root = write(folder, formats=[format_]) / format_ / DAY.isoformat()
    text = (root / "lines" / "index.md").read_text("utf-8")
    places = re.findall(r"\]\((\.\./[^)#]*)#([^)]*)\)", text)
    return [
        (root / "lines" / unquote(place), unquote(anchor), title)
        for (place, anchor), title in zip(places, titles, strict=True)
    ]


def test_lines_lead_to_headings_on_github(tmp_path: Path) -> None:
    """To the file that has the paper in full, and the anchor that its title has there.

    MkDocs has the same anchor for a title without other signs than a colon.
    """
    for file, anchor, title in other_pages(tmp_path, "plain"):
        assert file.resolve().is_file()
        assert anchor == ANCHORS.get(title, anchor)
        if title == next(iter(ANCHORS)):
            assert f'id="{anchor}"' in with_mkdocs(file)


def test_lines_lead_to_headings_in_hugo(tmp_path: Path) -> None:
    """Whatever a topic is called: to its page in the site, and the paper's anchor."""
    for folder, anchor, title in other_pages(tmp_path, "hugo"):
        page = folder.resolve() / "index.md"
        shutil.rmtree(tmp_path / "site", ignore_errors=True)
        root = lxml.html.fromstring(with_hugo(page))
        (heading,) = (each for each in root.iter("h2") if each.get("id") == anchor)

        assert squeezed(str(heading.xpath("string()"))) == squeezed(clean(title))


def test_plain_has_no_front_matter(tmp_path: Path) -> None:
    """It begins with its title; a page for Hugo has title, tag, and day with zone."""
    keep(tmp_path, calm_gan(), topic="../3D / GS: x")
    notes = write(tmp_path)
    (plain,) = (notes / "plain" / DAY.isoformat()).glob("*/index.md")
    (hugo,) = (notes / "hugo" / DAY.isoformat()).glob("*/index.md")
    front_matter = hugo.read_text("utf-8").split("---\n")[1]

    assert plain.read_text("utf-8").startswith(
        "# &#46;&#46;/3D / GS: x · 2026-11-20\n\n>"
    )
    assert "date: 2026-11-20T00:00:00+08:00\n" in front_matter
    assert yaml.safe_load(front_matter) | {"date": None} == {
        "title": "../3D / GS: x · 2026-11-20",
        "date": None,
        "tags": ["3D - GS: x"],
        "math": True,
        "author": "chatpaper",
    }


# ---------------------------------------------------------------- notes for Obsidian


def properties_of(note: Path) -> dict[str, object]:
    """Its front matter."""
    found: dict[str, object] = yaml.safe_load(note.read_text("utf-8").split("---\n")[1])
    return found


def test_a_note_has_properties_and_evidence(tmp_path: Path) -> None:
    """Facts and tags stand above, claims with marks and pages below, quotes folded."""
    post = keep(tmp_path, *RICH)
    note = write(tmp_path) / "obsidian" / "2611.00001.md"
    text = note.read_text("utf-8")

    assert properties_of(note) == {
        "aliases": [
            calm_gan().paper.title,
            "Calm-GAN：以 ℓ2 预算约束判别器的小样本图像合成",
        ],
        "authors": list(calm_gan().paper.authors),
        "arxiv": "2611.00001v1",
        "published": "2026-11-19",
        "posted": "2026-11-20",
        "url": "https://arxiv.org/abs/2611.00001v1",
        "pdf": "https://arxiv.org/pdf/2611.00001v1",
        "code": "https://github.com/ostrowski-lab/calm_gan",
        "comment": "12 pages, 6 figures; Northern Vision Workshop 2026",
        "tags": [
            "chatpaper",
            "GAN",
            "生成对抗网络",
            "小样本",
            "训练稳定性",
            "梯度惩罚",
        ],
    }
    assert (
        r"损失为 $\mathcal{L}_{\text{adv}} + \lambda_{t}\,\mathcal{L}_{\kappa}$，"
        in text
    )
    assert "**「⚠ 引文不支持」**" in text
    assert "> [!quote]- 引文\n> - 摘要： “We bound" in text
    assert (
        "“The FID on Lanterns-256 falls to 6.21.” [p.7](https://arxiv.org/pdf/" in text
    )
    assert sorted(path.stem for path in note.parent.glob("*.md")) == sorted(
        digest.paper.id for digest in post.digests
    )
    html = with_commonmark(note).replace("\\|", "|")
    pictures = re.findall(r'<img src="([^"]+)"', html)
    assert len(pictures) == 2
    assert all((note.parent / picture).is_file() for picture in pictures)


def test_hostile_notes_stay_in_their_folder(tmp_path: Path) -> None:
    """No name leaves it, no word links, embeds, comments, tags or runs a command."""
    hostile = Hostile(61)
    (tmp_path / "papers").mkdir()
    papers = list(hostile.papers(60, tmp_path / "papers"))
    strange = ["../../x", "CON", "a:b", "..", "[[x]]", "x" * 300, "<% tp.date %>"]
    digests = [hostile.digest(each) for each in papers]
    digests += [
        digest_of(
            paper(
                n,
                f"[[Home]] <% tp.x %> %%c%% ==m== #tag ^b ![[e]] a:: b {each}",
                id=each,
            ),
            [("abstract", f"a [[Home]] <% tp.y %> ![[e]] #t {each}", at(1))],
            keywords="#x [[y]] 2026 ../../z",
        )
        for n, each in enumerate(strange, 1)
    ]
    keep(tmp_path, *digests)
    folder = write(tmp_path, formats=["obsidian"]) / "obsidian"
    outside = [path for path in tmp_path.rglob("*.md") if path.parent != folder]

    assert outside == []
    assert len(list(folder.glob("*.md"))) == len({d.paper.id for d in digests})
    for note in folder.glob("*.md"):
        known = properties_of(note)
        body = note.read_text("utf-8").split("---\n", 2)[2]
        prose = re.sub(r"(?<!\\)(\$\$?)(?=[^\s$]).*?(?<!\\)\1", "x", body)
        unescaped = re.sub(r"\\[!-/:-@\[-`{-~]", "x", prose)
        assert not re.search(r"\[\[|%%|<%|==|(?<!\S)#\w|[`^{]", unescaped), note
        assert not re.search(r"\[\[\w|<%", str(list(known.values()))), note
        assert all(re.fullmatch(r"[\w-]+", tag) for tag in known["tags"])  # type: ignore[attr-defined]
        assert not any(str(tag).isdigit() for tag in known["tags"])  # type: ignore[attr-defined]
        html = str(MarkdownIt("commonmark").render(prose))
        assert set(re.findall(r"<([a-z]\w*)", html)) <= TAGS, note


def test_a_note_tells_of_topics_and_new_versions(tmp_path: Path) -> None:
    """A paper has one note: its best entry, all topics, the version told of last."""
    survey = new_version().previous
    first = digest_of(survey, [("abstract", "旧的摘要。", at(1))])
    keep(tmp_path, first, topic="Faces", day=date(2026, 11, 3))
    keep(tmp_path, first, topic="GAN", day=date(2026, 11, 4))
    keep(tmp_path, failed(), updates=(new_version(),))
    note = write(tmp_path) / "obsidian" / f"{survey.id}.md"
    text = note.read_text("utf-8")
    known = properties_of(note)
    again = Digest(paper=new_version().paper, summary=None)
    keep(tmp_path, again, day=LATER)
    write(tmp_path)

    assert (known["posted"], known["arxiv"]) == ("2026-11-03", f"{survey.id}v1")
    assert known["tags"] == ["chatpaper", "Faces", "GAN"]
    assert "## 更新\n\nv1 → v2 · [PDF](" in text
    assert note.read_text("utf-8") == text


def test_pages_tell_of_corrections(tmp_path: Path) -> None:
    """A summary that was made anew says so, as the post does."""
    old = calm_gan()
    assert old.summary is not None
    before = Correction(on=LATER, summary=old.summary, provenance=old.provenance)
    fewer = replace(old.summary, claims=old.summary.claims[1:])
    anew = replace(old, summary=fewer, checks=old.checks[1:], corrections=(before,))
    keep(tmp_path, anew)
    note = write(tmp_path) / "obsidian" / f"{old.paper.id}.md"
    told = "**更正**：2026-11-21 由 gemini-3.5-flash-lite 重新生成摘要，此前为"

    assert f"{told} gemini-3.5-flash-lite，2026-11-20；删去 1 条，" in note.read_text(
        "utf-8"
    )


# ---------------------------------------------------------------- what readers change


@pytest.mark.parametrize("name", PAGES)
def test_what_a_reader_changes_stays(tmp_path: Path, name: str) -> None:
    """Edited, deleted, moved and linked pages are left alone; others are renewed."""
    days = [date(2026, 11, day) for day in range(2, 8)]
    for number, day in enumerate(days, 1):
        keep(
            tmp_path,
            digest_of(paper(number, f"T{number}"), [("abstract", "一。", at(1))]),
            day=day,
        )
    folder = write(tmp_path, formats=[name]) / name
    edited, deleted, moved, linked, crlf, same = sorted(folder.rglob("*.md"))
    edited.write_text(edited.read_text("utf-8") + "\nMine.\n", "utf-8")
    deleted.unlink()
    moved.rename(folder / "mine.md")
    linked.rename(tmp_path / "elsewhere.md")
    linked.symlink_to(tmp_path / "elsewhere.md")
    crlf.write_bytes(crlf.read_bytes().replace(b"\n", b"\r\n"))
    for number, day in enumerate(days, 1):
        keep(
            tmp_path,
            digest_of(paper(number, f"T{number}"), [("abstract", "二。", at(1))]),
            day=day,
        )
    write(tmp_path, formats=[name])

    assert edited.read_text("utf-8").endswith("\nMine.\n")
    assert "一。" in edited.read_text("utf-8")
    assert not deleted.exists()
    assert not moved.exists()
    assert linked.is_symlink()
    assert "一。" in linked.read_text("utf-8")
    assert "二。" in crlf.read_text("utf-8")
    assert "二。" in same.read_text("utf-8")


def test_a_lost_list_costs_no_words(tmp_path: Path) -> None:
    """Without the list of what was written what differs stays; a broken one stops."""
    keep(tmp_path, calm_gan(), plain_sentences())
    folder = write(tmp_path, formats=["obsidian"]) / "obsidian"
    edited, gone = folder / "2611.00001.md", folder / "2611.00002.md"
    edited.write_text("Mine.\n", "utf-8")
    gone.unlink()
    (folder / ".chatpaper.json").unlink()
    write(tmp_path, formats=["obsidian"])
    written = gone.exists()
    (folder / ".chatpaper.json").write_text("[", "utf-8")

    assert edited.read_text("utf-8") == "Mine.\n"
    assert written
    assert write_outputs(settings_in(tmp_path, formats=["obsidian"])) == ("obsidian",)
    assert edited.read_text("utf-8") == "Mine.\n"


def test_a_second_run_writes_nothing(tmp_path: Path) -> None:
    """What says it already keeps its time; a lost picture alone does not matter."""
    keep(tmp_path, *RICH)
    notes = write(tmp_path)
    before = {path: path.stat().st_mtime_ns for path in notes.rglob("*")}
    write(tmp_path)

    assert {path: path.stat().st_mtime_ns for path in notes.rglob("*")} == before


# ---------------------------------------------------------------- where they lie


@pytest.mark.parametrize(
    ("notes", "reason"),
    [
        ("blog/source/_posts/notes", "Hexo would post every page in it"),
        ("blog/source/_drafts", "Hexo would post every page in it"),
        ("blog/source/notes", "Hexo would take its pages for pages of the site"),
        ("link", "Hexo would post every page in it"),
        ("posts/notes", r"lies among the posts \(output.dir\)"),
        ("blog/notes", ""),
        ("blog/source/_notes", ""),
        ("other/source/notes", ""),
    ],
)
def test_pages_lie_outside_of_hexo(tmp_path: Path, notes: str, reason: str) -> None:
    """A folder whose pages Hexo would show, too, is refused, with the way out."""
    (tmp_path / "blog" / "source" / "_posts").mkdir(parents=True)
    (tmp_path / "blog" / "_config.yml").touch()
    (tmp_path / "link").symlink_to(tmp_path / "blog" / "source" / "_posts")
    settings = settings_in(tmp_path, notes_dir=tmp_path / notes)

    if reason:
        with pytest.raises(ConfigError, match=f"output.notes_dir: .*{reason}; name a"):
            check_formats(settings)
    else:
        check_formats(settings)
    check_formats(settings_in(tmp_path, notes_dir=tmp_path / notes, formats=["hexo"]))


def test_a_night_writes_notes(nights: Night) -> None:
    """A run writes them; a folder within the posts is refused, also to rebuild."""
    nights.settings["output"] = {
        "formats": ["hexo", *PAGES],
        "notes_dir": str(nights.directory / "notes"),
    }
    report = nights.run()
    written = {
        name: len(list((nights.directory / "notes" / name).rglob("*.md")))
        for name in PAGES
    }
    env = nights.environment | {
        "CHATPAPER_OUTPUT__FORMATS": json.dumps(["hexo", "plain"]),
        "CHATPAPER_OUTPUT__NOTES_DIR": "site/_posts/x",
    }
    refused = run_command("run", "--topic", "GAN", env=env, cwd=nights.directory)
    rebuilt = run_command("rebuild", env=env, cwd=nights.directory)

    assert (report.status, report.posted) == ("done", 3)
    assert written == {"obsidian": 3, "hugo": 1, "plain": 1}
    assert len(nights.posts()) == 1
    assert (refused.returncode, rebuilt.returncode) == (2, 2)
    assert refused.stderr.splitlines()[-1] == (
        "chatpaper: output.notes_dir: site/_posts/x: Hexo would post every page in it; "
        "name a folder outside, such as notes"
    )
    assert "output.notes_dir" in rebuilt.stderr
