"""The page of `chatpaper serve` in a real Chromium (`make test-web`).

Needs chromium, so it runs only where `CHATPAPER_BROWSER` is set.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from browser import CONTRAST, Browser
from chatpaper.records import Digest
from rich_digests import calm_gan, hostile
from served_page import ARXIV_ID, SAMPLES, ServedPage, served_page
from servers.gemini import GeminiStandIn
from servers.gemini_faults import KEY as MODEL_KEY

CHROMIUM = shutil.which("chromium") or ""
pytestmark = [
    pytest.mark.skipif(not os.environ.get("CHATPAPER_BROWSER"), reason="make test-web"),
    pytest.mark.skipif(not CHROMIUM, reason="chromium is missing"),
    pytest.mark.timeout(300),
]

KEY = "AIza-a-key-of-the-visitors-own-0123"
FOCUS = "document.activeElement.outerHTML.slice(0, 200)"
QUESTION = "Does a default or a habit deserve a control experiment?"
TOLD = "document.querySelector('#evidence .told').textContent"
SHOWN = (
    "(() => { const i = document.querySelector('.sheet img');"
    " return !i.closest('[hidden]') && i.complete && i.naturalWidth; })()"
)
# Whether the first mark of the page that is open is within what one sees of it.
IN_VIEW = """(async () => {
  const img = document.querySelector(".sheet img");
  const marks = (await fetch(img.src)).headers.get("X-Marks").split(";");
  const [x0, top, x1, bottom] = marks[0].split(",").map(Number);
  const s = document.querySelector(".sheet");
  const [w, h] = [img.clientWidth, img.clientHeight];
  return s.scrollTop <= top * h && bottom * h <= s.scrollTop + s.clientHeight
    && s.scrollLeft <= x0 * w + 1 && x1 * w <= s.scrollLeft + s.clientWidth + 1;
})()"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    """A server without a model."""
    with served_page(tmp_path_factory.mktemp("page")) as served:
        yield served


@pytest.fixture(scope="module")
def done(server: ServedPage) -> str:
    """A paper whose summary is its own sentences."""
    return server.upload(SAMPLES[0])


@pytest.fixture(scope="module")
def judged(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[ServedPage, str]]:
    """A paper that a model summarised, and its server."""
    with (
        GeminiStandIn(latency_s=0.5) as gemini,
        served_page(tmp_path_factory.mktemp("judged"), gemini=gemini) as served,
    ):
        yield served, served.upload(SAMPLES[1])


def replaced(server: ServedPage, address: str, digest: Digest) -> None:
    """Put another result into the place of a paper's."""
    folder = (
        server.config.parent / "store" / "web" / "jobs" / address.rpartition("/")[2]
    )
    bare = replace(digest, pictures=())
    (folder / "digest.json").write_bytes(TypeAdapter(Digest).dump_json(bare))


class Visitor(Browser):
    """A browser, with what it may complain of: a status that a test asks for."""

    expected: tuple[str, ...] = ()


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Visitor]:
    """A desktop's window; nothing else is complained of, nor asked of other hosts."""
    browser = Visitor(CHROMIUM, tmp_path / "profile")
    browser.look(1366)
    yield browser
    foreign = [
        url for url in browser.requests if not url.startswith("http://127.0.0.1:")
    ]
    complaints = [
        said
        for said in browser.complaints
        if not any(expected in said for expected in browser.expected)
    ]
    browser.close()

    assert [url for url in foreign if url != "about:blank"] == []
    assert complaints == []


# --------------------------------------------------------------------------------------
# Sending a paper.


def test_an_upload_is_followed_to_its_entry(
    browser: Visitor, judged: tuple[ServedPage, str]
) -> None:
    """The stages come one after another; the entry follows without a click."""
    browser.open(judged[0].url + "/")
    browser.choose_file("#file", SAMPLES[2])
    browser.wait_for("location.pathname.startsWith('/papers/')")
    now = "document.querySelector('.stages .now')?.dataset.stage"
    seen = []
    while browser.wait_for("document.body?.className") != "done":
        stage = browser.run(now)
        seen += [stage] if stage and stage not in seen else []
    wanted = ["queued", "read", "draft", "judge"]

    assert [stage for stage in wanted if stage in seen] == seen
    assert len(seen) >= 2
    assert browser.run("document.querySelectorAll('.claim').length") > 5


def test_an_id_is_fetched_from_arxiv(browser: Visitor, server: ServedPage) -> None:
    """A link will do; Enter sends it."""
    browser.open(server.url + "/")
    browser.click("#id")
    browser.type(f"https://arxiv.org/abs/{ARXIV_ID}")
    browser.press("Enter")
    browser.wait_for("document.body?.className === 'done'")

    assert browser.run("document.querySelector('h1').textContent") == "Sample Paper One"
    facts = browser.run("document.querySelector('.facts').textContent")
    assert f"arXiv:{ARXIV_ID}v1" in facts


def test_a_file_is_dropped(browser: Visitor, server: ServedPage) -> None:
    """Onto the box, or beside it."""
    for target in (".drop", "footer"):
        browser.open(server.url + "/")
        browser.drop(target, SAMPLES[3])
        browser.wait_for("document.body?.className === 'done'")


def test_two_files_at_once_are_refused(browser: Visitor, server: ServedPage) -> None:
    """In words, and the page stays."""
    browser.open(server.url + "/?lang=en")
    browser.drop(".drop", SAMPLES[0], SAMPLES[1])
    refused = browser.wait_for("document.querySelector('#refused').textContent")

    assert refused == "One file at a time."


def test_what_is_no_pdf_is_refused(
    browser: Visitor, server: ServedPage, tmp_path: Path
) -> None:
    """Aloud, and another file may be sent at once."""
    path = tmp_path / "notes.pdf"
    path.write_text("Only words. " * 200)
    browser.expected = ("415",)
    browser.open(server.url + "/?lang=en")
    browser.choose_file("#file", path)
    refused = browser.wait_for("document.querySelector('#refused').textContent")

    assert refused == "The file is no PDF."
    assert browser.run("document.querySelector('#refused').role") == "alert"
    assert not browser.run("document.querySelector('#go').disabled")
    browser.choose_file("#file", SAMPLES[0])
    browser.wait_for("document.body?.className === 'done'")


def test_a_broken_pdf_is_told_on_its_page(
    browser: Visitor, server: ServedPage, tmp_path: Path
) -> None:
    """What is wrong with it, and the way back."""
    path = tmp_path / "broken.pdf"
    path.write_bytes(SAMPLES[0].read_bytes()[:3000])
    browser.open(server.url + "/?lang=en")
    browser.choose_file("#file", path)
    browser.wait_for("document.body?.className === 'failed'")

    said = browser.run("document.querySelector('.refused').textContent")
    assert re.fullmatch(r"The PDF is damaged .*\.", said)
    browser.click(".button")
    browser.wait_for("location.pathname === '/' && !!document.querySelector('#paper')")


def test_no_server_is_said(browser: Visitor, tmp_path: Path) -> None:
    """A page that is still open says that nobody answers."""
    browser.expected = ("ERR_CONNECTION",)
    with served_page(tmp_path) as server:
        browser.open(server.url + "/?lang=en")
    browser.choose_file("#file", SAMPLES[0])
    refused = browser.wait_for("document.querySelector('#refused').textContent")

    assert refused.startswith("The server does not answer.")


def test_a_server_that_stops_is_waited_for(browser: Visitor, tmp_path: Path) -> None:
    """The page says so, goes on trying, and tells what became of its paper."""
    browser.expected = ("ERR_", "status of 5")
    lost = "document.querySelector('#lost')?.textContent"
    with (
        GeminiStandIn(latency_s=3) as gemini,
        served_page(tmp_path, gemini=gemini) as server,
    ):
        browser.open(server.url + "/?lang=en")
        browser.choose_file("#file", SAMPLES[0])
        browser.wait_for("!!document.querySelector('.stages .now')")
        port = server.port
        server.stop()
        said = browser.wait_for(lost)
        server.start(port)
        browser.wait_for("document.body?.className === 'failed'")

    assert said == "The connection to the server is lost; trying again …"
    assert "restarted" in browser.run("document.querySelector('.refused').textContent")


# --------------------------------------------------------------------------------------
# The evidence.


def test_the_first_claim_stands_beside_its_page(browser: Visitor, done: str) -> None:
    """What the page is for, seen at once; the mark is in view."""
    browser.open(done)

    assert browser.wait_for(SHOWN) == 1400
    assert browser.run(IN_VIEW)
    panel = "document.querySelector('#evidence').getBoundingClientRect().left"
    text = "document.querySelector('article').getBoundingClientRect().right"
    assert browser.run(panel) >= browser.run(text)


def test_every_claim_opens_its_page_at_its_place(browser: Visitor, done: str) -> None:
    """Whatever page and column its quotes are on."""
    browser.open(done + "?lang=en")
    count = browser.run("document.querySelectorAll('.claim').length")
    assert count > 5
    for nth in range(count):
        browser.run(f"document.querySelectorAll('.claim .page a')[{nth}].click()")
        link = f"document.querySelectorAll('.claim .page a')[{nth}].href"
        browser.wait_for(f"document.querySelector('.sheet img').src === {link}")
        browser.wait_for(f"{TOLD}.includes('marked')")
        assert browser.run(IN_VIEW), nth


def test_pointing_at_a_claim_shows_its_evidence(browser: Visitor, done: str) -> None:
    """Its quote and its page, without a click."""
    browser.open(done)
    browser.wait_for(SHOWN)
    before = browser.run("document.querySelector('.sheet img').src")
    browser.hover("section:nth-of-type(3) .claim .words")
    browser.wait_for(f"document.querySelector('.sheet img').src !== '{before}'")

    chosen = "document.querySelector('.claim.chosen').closest('section')"
    wanted = "document.querySelector('section:nth-of-type(3)')"
    assert browser.run(f"{chosen} === {wanted}")


def test_quotes_are_beside_what_a_model_says(
    browser: Visitor, judged: tuple[ServedPage, str]
) -> None:
    """The words that a claim rests on, in the paper's own language."""
    browser.open(judged[1])
    browser.wait_for(SHOWN)
    quote = browser.run("document.querySelector('#evidence blockquote').textContent")

    assert re.match(r"“[A-Z].{20,}", quote)
    assert browser.run("document.querySelector('#evidence .quoted').lang") == "en"


def test_keys_are_enough(browser: Visitor, done: str) -> None:
    """Tab, Enter, Escape, j, k and arrows; the focus is never lost."""
    browser.open(done)
    browser.press("Tab")
    assert 'class="skip"' in browser.run(FOCUS)
    browser.press("Enter")
    for _ in range(12):
        browser.press("Tab")
        if "pages/" in browser.run(FOCUS):
            break
    first = browser.run("document.activeElement.closest('.claim').id")
    browser.press("Enter")
    assert 'id="evidence"' in browser.run(FOCUS)
    browser.press("Escape")
    assert browser.run("document.activeElement.closest('.claim').id") == first
    assert browser.run("document.querySelector('#evidence .shown').hidden")
    ids = browser.run("[...document.querySelectorAll('.claim')].map((c) => c.id)")
    at = "document.activeElement.closest('.claim')?.id"
    chosen = "document.querySelector('.claim.chosen').id"
    for key, nth in (("j", 0), ("j", 1), ("ArrowDown", 2), ("k", 1), ("ArrowUp", 0)):
        browser.press(key)
        assert browser.run(at) == ids[nth]
        assert browser.run(chosen) == ids[nth]
    browser.wait_for(SHOWN)


def test_letters_typed_into_a_question_are_letters(browser: Visitor, done: str) -> None:
    """No j or k of a question turns a page."""
    browser.open(done)
    browser.wait_for(SHOWN)
    chosen = "document.querySelector('.claim.chosen').id"
    before = browser.run(chosen)
    browser.click("#question")
    browser.press("j", "k", "j")

    assert browser.run("document.querySelector('#question').value") == "jkj"
    assert browser.run(chosen) == before


def test_a_link_leads_to_one_claim(browser: Visitor, done: str) -> None:
    """Opened by its link, a claim is chosen; the link is copied by a click."""
    allowed = ["clipboardReadWrite", "clipboardSanitizedWrite"]
    browser.call("Browser.grantPermissions", permissions=allowed)
    browser.call("Emulation.setFocusEmulationEnabled", enabled=True)
    browser.open(done)
    ids = browser.run("[...document.querySelectorAll('.claim')].map((c) => c.id)")
    browser.open("about:blank")
    browser.open(f"{done}#{ids[4]}")
    browser.wait_for("!!document.querySelector('.claim.chosen')")
    assert browser.run("document.querySelector('.claim.chosen').id") == ids[4]
    browser.click(f"[id='{ids[2]}'] .here")
    browser.wait_for("document.querySelector('#said').textContent")

    assert browser.run("location.hash") == f"#{ids[2]}"
    assert browser.run("navigator.clipboard.readText()") == f"{done}#{ids[2]}"


def test_a_figures_page_opens_beside_it_too(browser: Visitor, done: str) -> None:
    """Without a mark; the next key goes on with the claims."""
    browser.open(done + "?lang=en")
    browser.wait_for(SHOWN)
    browser.click("figure .page a")
    browser.wait_for("!document.querySelector('.sheet img').src.includes('claim=')")

    assert browser.run("location.pathname") in done
    assert browser.wait_for(f"/^Page \\d+ of the paper/.test({TOLD})")
    browser.press("j")
    browser.wait_for("document.querySelector('.sheet img').src.includes('claim=')")


def test_a_page_that_cannot_be_drawn_is_said(browser: Visitor, tmp_path: Path) -> None:
    """The quote stays; the place of the picture says why it is empty."""
    browser.expected = ("404",)
    with served_page(tmp_path) as server:
        address = server.upload(SAMPLES[4])
        job = address.rpartition("/")[2]
        pdf = tmp_path / "store" / "web" / "jobs" / job / "paper.pdf"
        pdf.write_bytes(b"%PDF-1.7 gone")
        browser.open(address + "?lang=en")
        browser.wait_for(f"{TOLD} === 'This page could not be drawn.'")

    assert browser.run("document.querySelector('.sheet').hidden")


# --------------------------------------------------------------------------------------
# Small screens, night, readers of screens.


@pytest.mark.parametrize("width", [320, 390, 1024, 1366])
def test_no_page_scrolls_sideways(
    browser: Visitor, server: ServedPage, tmp_path: Path, width: int
) -> None:
    """Hostile words included, with the evidence open."""
    address = server.upload(SAMPLES[2])
    browser.look(width)
    for digest in (calm_gan(), hostile()):
        replaced(server, address, digest)
        for path in ("/", address.removeprefix(server.url)):
            browser.open(server.url + path)
            browser.run("document.querySelectorAll('details').forEach(d => d.open = 1)")
            browser.run("document.querySelector('.claim .words')?.click()")
            browser.run("document.querySelector('.zoom')?.click()")
            assert browser.run("document.documentElement.scrollWidth") <= width, path


def test_on_a_phone_the_page_opens_below_its_claim(browser: Visitor, done: str) -> None:
    """And closes at a second tap; the mark is in view."""
    browser.look(390)
    browser.open(done)
    claim = "document.querySelectorAll('.claim')[2]"
    browser.run(f"{claim}.querySelector('.words').click()")
    browser.wait_for(SHOWN)

    assert browser.run(f"{claim}.contains(document.querySelector('#evidence'))")
    assert browser.run(IN_VIEW)
    browser.run(f"{claim}.querySelector('.words').click()")
    assert not browser.run(f"{claim}.contains(document.querySelector('#evidence'))")


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [390, 1366])
def test_texts_stand_out(
    browser: Visitor, judged: tuple[ServedPage, str], dark: bool, width: int
) -> None:
    """At least 4.5 to 1, by day and by night (WCAG 2.2, 1.4.3)."""
    browser.look(width, dark=dark)
    server, address = judged
    for path in ("/", address.removeprefix(server.url)):
        browser.open(server.url + path)
        browser.run("document.querySelectorAll('details').forEach(d => d.open = true)")
        browser.run("document.querySelector('.claim .words')?.click()")
        assert browser.run(CONTRAST) == [], path
    ground = browser.run("getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(20, 23, 26)") == dark


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_has_a_name(browser: Visitor, done: str, language: str) -> None:
    """Fields, buttons, links and pictures, as a screen reader has them."""
    home = done.partition("/papers/")[0] + "/"
    for url in (home, done):
        browser.open(f"{url}?lang={language}")
        nodes = browser.call("Accessibility.getFullAXTree")["nodes"]
        roles = [node.get("role", {}).get("value") for node in nodes]
        for node, role in zip(nodes, roles, strict=True):
            named = ("textbox", "button", "link", "image", "navigation")
            if role in named and not node.get("ignored"):
                assert node["name"]["value"].strip(), (url, node)
        assert roles.count("main") == 1
        levels = browser.run(
            "[...document.querySelectorAll('h1, h2, h3')].map((h) => h.tagName)"
        )
        assert levels.count("H1") == 1
        assert levels[0] == "H1"


def test_who_wants_no_motion_sees_none(
    browser: Visitor, judged: tuple[ServedPage, str]
) -> None:
    """The ring of the present stage stands still."""
    reduced = {"name": "prefers-reduced-motion", "value": "reduce"}
    browser.open(judged[0].url + "/")
    browser.call("Emulation.setEmulatedMedia", features=[reduced])
    browser.choose_file("#file", SAMPLES[4])  # no other test sends it there
    browser.wait_for("!!document.querySelector('.stages .now')")
    ring = "getComputedStyle(document.querySelector('.stages .now'), '::before')"

    assert browser.run(f"{ring}.animationName") == "none"
    browser.wait_for("document.body?.className === 'done'")


def test_it_works_without_a_script(browser: Visitor, server: ServedPage) -> None:
    """Sent by the form; the page reloads itself; the quotes are in folds."""
    browser.call("Emulation.setScriptExecutionDisabled", value=True)
    browser.open(server.url + "/?lang=en")
    browser.choose_file("#file", SAMPLES[1])
    browser.click("#go")
    until = time.monotonic() + 30
    while '<body class="done"' not in _html(browser):
        assert time.monotonic() < until
        time.sleep(0.3)
    html = _html(browser)

    assert "pages/" in html
    display = "getComputedStyle(document.querySelector('#evidence')).display"
    browser.wait_for(f"{display} === 'none'")


def test_a_question_and_a_key_need_no_script(browser: Visitor, tmp_path: Path) -> None:
    """The form of a server without a key takes both; the page comes with the answer."""
    with GeminiStandIn() as gemini, served_page(tmp_path, gemini=gemini) as server:
        server.env.pop("GEMINI_API_KEY", None)
        server.stop()
        server.start()
        paper = server.upload(SAMPLES[1])
        browser.call("Emulation.setScriptExecutionDisabled", value=True)
        browser.open(paper + "?lang=en")
        browser.click("#key")
        browser.type(MODEL_KEY)
        browser.click("#question")
        browser.type(QUESTION)
        browser.press("Enter")
        until = time.monotonic() + 30
        while 'class="answer"' not in _html(browser):
            assert time.monotonic() < until
            time.sleep(0.3)
        html = _html(browser)

        assert QUESTION in html
        assert MODEL_KEY not in html
        assert [call.kind for call in gemini.calls] == ["answer", "judge"]
        browser.look(1100)
        folds = "document.querySelector('.answer .proof').checkVisibility()"
        assert browser.run(folds)


def _html(browser: Browser) -> str:
    html: str = browser.run("document.documentElement?.outerHTML || ''")
    return html


# --------------------------------------------------------------------------------------
# Secrets, strangers, hostile papers.


def test_a_visitors_key_is_kept_nowhere(browser: Visitor, tmp_path: Path) -> None:
    """It reaches the model, and neither an address, nor the browser's stores."""
    with (
        GeminiStandIn() as gemini,
        served_page(tmp_path, gemini=gemini) as server,
    ):
        browser.open(server.url + "/")
        browser.run("document.querySelector('.own').open = true")
        browser.click("#key")
        browser.type(KEY)
        browser.choose_file("#file", SAMPLES[0])
        browser.wait_for("location.pathname.startsWith('/papers/')")
        stores = browser.run("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        browser.wait_for("/done|failed/.test(document.body?.className)")
        browser.open(server.url + "/")

        assert KEY not in stores
        assert browser.run("document.querySelector('#key').value") == ""
        assert not [url for url in browser.requests if KEY in url]
        assert KEY not in server.log


def test_visitors_of_an_open_server_see_their_own_papers(
    browser: Visitor, tmp_path: Path
) -> None:
    """In this tab; the server lists nobody's, and another visitor sees none."""
    with served_page(tmp_path, hosts=["papers.example.org"], open=True) as server:
        mine = "[...document.querySelectorAll('#mine a')].map((a) => a.textContent)"
        browser.open(server.url + "/")
        assert browser.run(f"{mine}.length") == 0
        browser.choose_file("#file", SAMPLES[0])
        browser.wait_for("document.body?.className === 'done'")
        title = browser.run("document.querySelector('h1').textContent")
        browser.open(server.url + "/")
        assert browser.run(mine) == [title]
        browser.run("sessionStorage.clear()")
        browser.open(server.url + "/")
        assert browser.run("document.querySelectorAll('.papers a').length") == 0


def test_a_token_comes_with_the_address(browser: Visitor, tmp_path: Path) -> None:
    """Behind the `#`, which it leaves at once; a wrong one is asked for again."""
    token = "a-token-of-some-length-0123"
    browser.expected = ("401",)
    with served_page(tmp_path, token=token) as server:
        browser.open(server.url + "/?lang=en#token=wrong-token-of-some-length")
        assert browser.run("location.hash") == ""
        assert browser.run("document.querySelector('#token-field').hidden")
        browser.choose_file("#file", SAMPLES[0])
        refused = browser.wait_for("document.querySelector('#refused').textContent")
        assert refused == "The access token is wrong."
        browser.click("#token")
        browser.type(token)
        browser.choose_file("#file", SAMPLES[0])
        browser.wait_for("document.body?.className === 'done'")
        assert not [url for url in browser.requests if token in url]


def test_a_hostile_paper_acts_on_nothing(browser: Visitor, server: ServedPage) -> None:
    """Markup, scripts and TeX of a paper are words, wherever they stand."""
    address = server.upload(SAMPLES[3])
    replaced(server, address, hostile())
    browser.open(address)
    count = browser.run("document.querySelectorAll('.claim').length")
    for nth in range(count):
        browser.run(f"document.querySelectorAll('.claim .words')[{nth}].click()")
        assert browser.run("document.querySelectorAll('script').length") == 1
    handlers = (
        "[...document.querySelectorAll('*')].flatMap((e) => [...e.attributes])"
        ".filter((a) => a.name.startsWith('on') || /^\\s*javascript:/i.test(a.value))"
    )
    assert count > 0
    assert browser.run(f"{handlers}.length") == 0
    assert (
        browser.run("document.querySelectorAll('iframe, object, embed, base').length")
        == 0
    )
    pictures = "[...document.querySelectorAll('img')].map((i) => i.getAttribute('src'))"
    assert all(
        src is None or re.match("/papers/|http://127", src)
        for src in browser.run(pictures)
    )


def test_a_hostile_name_and_title_are_words(
    browser: Visitor, server: ServedPage, tmp_path: Path
) -> None:
    """Of a file, as of the paper in it."""
    name = "<img src=x onerror=alert(1)>.pdf"
    path = tmp_path / name
    path.write_bytes(SAMPLES[0].read_bytes()[:2000])
    browser.open(server.url + "/")
    browser.choose_file("#file", path)
    browser.wait_for("document.body?.className === 'failed'")

    assert name in browser.run("document.querySelector('.what').textContent")
    assert browser.run("document.querySelectorAll('img').length") == 0


def test_the_other_language_is_a_link(browser: Visitor, done: str) -> None:
    """It stays on the page, and links lead on in it."""
    browser.open(done + "?lang=en")
    browser.click(".tongue")
    browser.wait_for("document.documentElement?.lang === 'zh-CN'")

    assert browser.run("location.pathname") in done
    assert browser.run("document.querySelector('.home').getAttribute('href')") == (
        "/?lang=zh"
    )


def test_a_question_that_cannot_be_asked_says_why(browser: Visitor, done: str) -> None:
    """Aloud, below the question, which stays."""
    browser.expected = ("status of",)
    browser.open(done + "?lang=en")
    browser.click("#key")
    browser.type(KEY)
    browser.click("#question")
    browser.type("Which data sets?")
    browser.press("Enter")
    refused = browser.wait_for("document.querySelector('#ask-refused').textContent")

    assert refused
    assert json.dumps(refused)
    assert (
        browser.run("document.querySelector('#question').value") == "Which data sets?"
    )
    assert not browser.run("document.querySelector('#ask button').disabled")


def test_a_question_is_answered_with_evidence(
    browser: Visitor, judged: tuple[ServedPage, str]
) -> None:
    """In claims like those of the entry; each opens its page at the quote's place."""
    browser.open(judged[1] + "?lang=en")
    browser.click("#question")
    browser.type(QUESTION)
    browser.press("Enter")
    waiting = browser.wait_for("document.querySelector('#asked').textContent")
    browser.wait_for("!!document.querySelector('.answer .claim')")

    assert waiting == "Looking for the answer in the paper …"
    assert browser.run("document.querySelector('.answer h3').textContent") == QUESTION
    assert browser.run("document.querySelector('#question').value") == ""
    assert browser.run("document.querySelector('#asked').textContent").startswith(
        "Answered in "
    )
    browser.click(".answer .claim .words")
    browser.wait_for(f"{TOLD}.includes('marked')")
    assert browser.run(IN_VIEW)
    title = browser.run("document.querySelector('#evidence h2').textContent")
    assert title == "Answer 1"
    quote = "document.querySelector('#evidence blockquote').textContent"
    assert "habit" in browser.run(quote)
    browser.look(390, dark=True)
    browser.wait_for(f"{SHOWN} && !!document.querySelector('.answer #evidence')")
    assert browser.run(CONTRAST) == []


def test_a_question_without_an_answer_says_so(
    browser: Visitor, judged: tuple[ServedPage, str]
) -> None:
    """Not an error: the paper is silent."""
    browser.open(judged[1] + "?lang=zh")
    browser.click("#question")
    browser.type("月亮离我们多远？")
    browser.press("Enter")
    note = browser.wait_for("document.querySelector('.answer .note')?.textContent")

    assert note == "论文没有回答这个问题。"
