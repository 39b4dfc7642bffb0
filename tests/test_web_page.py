"""What the page is made of: words in two languages, markup that acts on nothing."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from email.message import Message
from pathlib import Path
from string import Formatter
from typing import Any, get_args

import pytest
from jinja2 import Environment, PackageLoader, StrictUndefined

from chatpaper.posts import phrases_in, shown_claims
from chatpaper.records import Digest
from chatpaper.resources import resource_path
from chatpaper.web.jobs import Job, Moment, Stage
from chatpaper.web.phrases import SCRIPTED, page_words
from chatpaper.web.showing import quotes_on, shown_answer
from chatpaper.web.views import answered, every_page, job_shown, stages
from pages import parsed
from pdfs import BOLD, Setter
from rich_digests import at, calm_gan, digest_of, failed, hostile, on, paper
from served_page import SAMPLES, ServedPage, served_page

TEMPLATES = Environment(
    loader=PackageLoader("chatpaper.web"),
    undefined=StrictUndefined,
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
)
FILES = sorted(resource_path("web/templates").iterdir())
SCRIPT = resource_path("web/static/page.js").read_text("utf-8")
JOB = "A" * 22


def job(
    stage: str = "done", *, arxiv_id: str = "2611.00001", model: bool = True
) -> Job:
    state = stage if stage in ("queued", "done", "failed") else "working"
    return Job(
        id=JOB,
        identity="x",
        arxiv_id=arxiv_id,
        title="A <b>title</b>",
        made_at=0.0,
        has_model=model,
        history=[Moment(state=state, stage=stage)],  # type: ignore[arg-type]
    )


def page(of: Job, digest: Digest | None, language: str = "zh", **more: Any) -> str:
    """A job's page as the server fills it."""
    told = {
        "job": of.id,
        "state": of.now.state,
        "stage": of.now.stage,
        "position": 0,
        "title": of.title,
        "error": "",
        "seconds": 3.2,
    }
    server = {
        "needs_token": True,
        "has_model": False,
        "keep_h": 24.0,
        "max_mb": 60,
        "source_url": "/source.tar.gz",
        "has_site": True,
        "has_pdf": True,
        "questions": 20,
    }
    shown = job_shown(of, digest, language, "zh")  # type: ignore[arg-type]
    every = every_page(language, is_chosen=True)  # type: ignore[arg-type]
    return TEMPLATES.get_template("job.html").render(
        **{**server, **every, **shown, **told, **more}
    )


def test_every_word_is_there_in_both_languages() -> None:
    """None is empty, and both have the same slots."""
    both = page_words("zh").words, page_words("en").words
    assert both[0].keys() == both[1].keys()
    for key, chinese in both[0].items():
        english = both[1][key]
        slots = [
            {name for _, name, _, _ in Formatter().parse(text) if name}
            for text in (chinese, english)
        ]
        assert chinese.strip(), key
        assert english.strip(), key
        assert slots[0] == slots[1], key


def test_every_word_is_used() -> None:
    """By a template or the script; and the script has what it says."""
    used = set(re.findall(r"say\.(\w+)", "".join(p.read_text("utf-8") for p in FILES)))
    scripted = set(re.findall(r'say\([^()]*?"(\w+)"', SCRIPT))
    scripted |= set(re.findall(r'\? "(\w+)" : "(\w+)"', SCRIPT)[0])
    spoken = set(re.findall(r'"([a-z_]+)"', "".join(re.findall(r"say\(.*", SCRIPT))))
    words = page_words("en").words.keys()
    stage_words = {f"stage_{name}" for name in get_args(Stage)}

    assert words - used - set(SCRIPTED) == set()
    assert set(SCRIPTED) <= words
    assert spoken & words <= set(SCRIPTED)
    assert set(SCRIPTED) - spoken - stage_words == set()


@pytest.mark.parametrize("path", FILES, ids=[path.name for path in FILES])
def test_no_template_has_what_the_policy_forbids(path: Path) -> None:
    """No script or style within, no handler, no foreign host."""
    text = path.read_text("utf-8")

    assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|https?://", text)
    assert not re.search(r"<script(?! src=\"/static/page\.js\" defer></script>)", text)


def test_the_script_names_no_other_host() -> None:
    """Nor does it keep a model key, or anything beyond the tab."""
    assert not re.search(r"https?://|localStorage|document\.cookie|eval\(", SCRIPT)
    assert SCRIPT.count("innerHTML") == 1, "the server's own answer, and nothing else"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("make", [calm_gan, hostile, failed])
def test_an_entry_is_nested_well_and_acts_on_nothing(make: Any, language: str) -> None:
    """Whatever a paper says, no element or attribute comes of it."""
    digest = make()
    html = page(job(), digest, language)
    tree = parsed(html.removeprefix("<!doctype html>\n"))
    ids = [e.attributes["id"] for e in tree.all() if "id" in e.attributes]

    assert len(ids) == len(set(ids))
    assert [e.attributes["src"] for e in tree.all("script")] == ["/static/page.js"]
    assert not tree.all("iframe", "object", "embed", "style", "base", "svg")
    for element in tree.all():
        assert not [name for name in element.attributes if name.startswith("on")]
        for name in ("href", "src", "action"):
            url = element.attributes.get(name, "/")
            assert re.match(r"(?:/(?!/)|#|\?|https?://)", url), url
    assert {
        e.attributes["src"].split("/")[1]
        for e in tree.all("img")
        if "src" in e.attributes
    } <= {"papers"}


def test_claims_lead_to_their_pages() -> None:
    """Each page link is the picture of that page with that claim's quotes marked."""
    digest = calm_gan()
    tree = parsed(page(job(), digest).removeprefix("<!doctype html>\n"))
    by_id = {e.attributes["id"]: e for e in tree.all() if "id" in e.attributes}
    for checked in shown_claims(digest):
        links = by_id[checked.anchor].all("a")
        pages = {place.page for place in checked.check.located}
        wanted = {f"/papers/{JOB}/pages/{n}.webp?claim={checked.anchor}" for n in pages}
        hrefs = {a.attributes["href"] for a in links} - {f"#{checked.anchor}"}
        assert hrefs == wanted


def test_quotes_of_a_page_are_those_that_begin_there() -> None:
    """With the line that each begins on; other claims' and other pages' are not."""
    digest = digest_of(
        paper(1, "T"),
        [("points", "甲", on((2, "Words of two."), (3, "Words of three.")))],
    )
    (checked,) = shown_claims(digest)
    box = checked.check.located[0].box

    assert quotes_on(digest, checked.anchor, 2) == (("Words of two.", box),)
    assert quotes_on(digest, checked.anchor, 3) == (("Words of three.", box),)
    assert quotes_on(digest, checked.anchor, 4) == ()
    assert quotes_on(digest, "2611.00001-points-9", 2) == ()


def test_an_upload_has_no_facts_of_ours() -> None:
    """Its id on this server is nothing to a reader."""
    upload = replace(calm_gan().paper, id="upload-0123", source="folder", abs_url="")
    digest = replace(calm_gan(), paper=upload)

    html = page(job(arxiv_id=""), digest)

    assert "upload-0123v1" not in html
    assert digest.code_url
    assert digest.code_url.text in html, "the paper's own link stays"


def test_an_answer_has_the_markup_of_an_entry() -> None:
    """Claims with anchors of their own, quotes in their addresses, and notices."""
    digest = digest_of(
        paper(1, "T"),
        [("points", "用了 A<B 两个数据集", at(4, 'We use "two" & more.'))],
    )
    answer = shown_answer(JOB, 3, digest, ("未判断含义是否与原文一致。",), "zh")
    tree = parsed(answered(answer, TEMPLATES, "zh", "zh"))
    (claim,) = (e for e in tree.all("div") if e.attributes.get("class") == "claim")
    links = [a.attributes["href"] for a in claim.all("a")]

    assert claim.attributes["id"] == "answer-3-1"
    assert claim.attributes["data-label"] == "回答 1"
    assert "用了 A<B 两个数据集" in claim.text
    assert links[0] == f"/papers/{JOB}/pages/4.webp?quote=We+use+%22two%22+%26+more."
    assert [p.text for p in tree.all("p") if p.attributes.get("class") == "note"] == [
        "未判断含义是否与原文一致。"
    ]


def test_an_empty_answer_says_so() -> None:
    """With the notice that came, or with words of the page's own."""
    none = digest_of(paper(1, "T"), [])
    silent = answered(shown_answer(JOB, 1, none, (), "en"), TEMPLATES, "en", "en")
    told = shown_answer(JOB, 1, none, ("The paper does not say.",), "en")

    assert "No answer was found" in silent
    assert "The paper does not say." in answered(told, TEMPLATES, "en", "en")


def test_stages_are_those_that_come() -> None:
    """No download of an upload, no judge without a model, a repair if there is one."""
    upload = job("read", arxiv_id="", model=False)

    assert " ".join(name for name, _ in stages(upload)) == "queued read draft"
    assert stages(job("repair", arxiv_id=""))[-1] == ("repair", "now")
    assert dict(stages(job("read"))) == {
        "queued": "done",
        "download": "done",
        "read": "now",
        "draft": "",
        "judge": "",
        "repair": "later",
    }


@pytest.mark.parametrize("language", ["zh", "en"])
def test_work_under_way_is_told_without_a_script(language: str) -> None:
    """The page reloads itself; where the work is, stands in its list."""
    html = page(job("draft"), None, language)
    words = page_words(language)  # type: ignore[arg-type]

    assert '<noscript><meta http-equiv="refresh" content="4"></noscript>' in html
    assert f'aria-current="step">{words.stage_draft}' in html
    assert "A &lt;b&gt;title&lt;/b&gt;" in html


def test_the_entry_speaks_the_language_of_the_page() -> None:
    """Labels as the visitor reads; the claims stay in the summary's."""
    html = page(job(), calm_gan(), "en")

    assert phrases_in("en").fields["points"] in html
    assert 'class="claims" lang="zh-CN"' in html


# --------------------------------------------------------------------------------------
# Over HTTP.


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    """A server without a model."""
    with served_page(tmp_path_factory.mktemp("page")) as served:
        yield served


@pytest.fixture(scope="module")
def done(server: ServedPage) -> str:
    """The address of a paper that is done."""
    return server.upload(SAMPLES[0])


def got(url: str, **headers: str) -> tuple[int, Message, bytes]:
    try:
        request = urllib.request.Request(url, headers=headers)
        with urllib.request.urlopen(request, timeout=100) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def test_a_page_is_a_picture_with_its_marks_told(done: str) -> None:
    """WebP that a browser may keep, and where on it the marks are."""
    _, _, html = got(done)
    address = re.findall(r'/papers/[\w-]+/pages/\d+\.webp\?claim=[^"]+', html.decode())[
        0
    ]
    status, headers, data = got(done.partition("/papers/")[0] + address)
    marks = [[float(s) for s in m.split(",")] for m in headers["x-marks"].split(";")]

    assert status == 200
    assert headers["content-type"] == "image/webp"
    assert headers["cache-control"].startswith("private, max-age=")
    assert data[8:12] == b"WEBP"
    assert all(0 <= x0 < x1 <= 1 and 0 <= y0 < y1 <= 1 for x0, y0, x1, y1 in marks)
    assert got(done.partition("/papers/")[0] + address)[2] == data


def test_a_hostile_pdf_acts_on_nothing(server: ServedPage, tmp_path: Path) -> None:
    """A title, an abstract and a file's name of markup, after the whole of the work."""
    setter = Setter()
    setter.put(72, 90, "<script>alert(1)</script> for Networks", fontsize=20)
    setter.put(72, 130, "Abstract", fontsize=13, fontname=BOLD)
    for nth in range(9):
        line = f'We show <b onclick="alert({nth})"> that a net learns in time.'
        setter.put(72, 150 + 14 * nth, line)
    path = tmp_path / "x.pdf"
    path.write_bytes(bytes(setter.document.tobytes()))

    address = server.upload(path, "<svg onload=alert(1)>.pdf")
    html = got(address + "?lang=en")[2].decode()
    tree = parsed(html.removeprefix("<!doctype html>\n"))

    (what,) = (p for p in tree.all("p") if p.attributes.get("class") == "what")
    assert what.text == "<script>alert(1)</script> for Networks"
    assert [e.attributes["src"] for e in tree.all("script")] == ["/static/page.js"]
    assert not tree.all("svg", "iframe")
    assert not [n for e in tree.all() for n in e.attributes if n.startswith("on")]
    assert "<svg" not in got(server.url + "/?lang=en")[2].decode()


@pytest.mark.parametrize("number", ["0", "99", "99999", "1e3", "-1", "x", "00001"])
def test_pages_that_are_not_there(done: str, number: str) -> None:
    """One clear line, and no fault in the log."""
    status, _, data = got(f"{done}/pages/{number}.webp")

    assert status == 404
    assert json.loads(data)["error"]


def test_anything_may_be_asked_to_be_marked(done: str) -> None:
    """What is not on the page marks nothing; the picture is there."""
    for asked in (
        "claim=nobody",
        "quote=",
        "quote=%3Cscript%3E" * 9,
        f"quote={'a' * 5000}",
    ):
        status, headers, _ = got(f"{done}/pages/1.webp?{asked}")
        assert (status, headers["x-marks"]) == (200, "")


def test_the_language_is_the_visitors(server: ServedPage) -> None:
    """As the browser asks, or as the link says; and links lead on in it."""
    chinese = got(server.url + "/", **{"Accept-Language": "zh-TW,en;q=0.5"})[2].decode()
    english = got(server.url + "/", **{"Accept-Language": "fr, en;q=0.5"})[2].decode()
    chosen = got(server.url + "/?lang=en", **{"Accept-Language": "zh"})[2].decode()

    assert '<html lang="zh-CN">' in chinese
    assert '<html lang="en">' in english
    assert 'href="?lang=zh"' in english
    assert '<html lang="en">' in chosen
    assert 'action="/api/papers?lang=en"' in chosen
    assert 'action="/api/papers"' in chinese


def test_a_form_without_a_script_leads_to_its_paper(server: ServedPage) -> None:
    """As a browser sends it; the language goes along."""
    request = urllib.request.Request(
        f"{server.url}/api/papers?lang=en",
        data=b"id=2401.00001",
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "text/html",
        },
    )
    with urllib.request.urlopen(request, timeout=100) as answer:
        assert re.search(r"/papers/[\w-]{22}\?lang=en$", answer.url)
        assert '<html lang="en">' in answer.read().decode()


def test_a_form_without_a_script_is_refused_on_a_page(server: ServedPage) -> None:
    """Not in JSON, which only programs read."""
    request = urllib.request.Request(
        f"{server.url}/api/papers?lang=en",
        data=b"id=nonsense",
        headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Accept": "text/html,application/xhtml+xml",
        },
    )
    with pytest.raises(urllib.error.HTTPError) as raised:
        urllib.request.urlopen(request, timeout=100)
    page = raised.value.read().decode()

    assert raised.value.code == 400
    assert 'role="alert">This is no arXiv id' in page
