"""Messages: foreign words stay words, marks stay on, cuts fall between entries."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from chatpaper.delivery import (
    Message,
    Part,
    Span,
    as_chat,
    as_html,
    as_markdown,
    as_text,
    compose_line,
    compose_post,
    fitted,
    inert,
    mail_of,
    without_secrets,
)
from chatpaper.posts import read_post_data, render_post
from chatpaper.records import (
    Check,
    Claim,
    Digest,
    Failure,
    Finding,
    Paper,
    Place,
    Post,
    Summary,
)
from chatpaper.settings import MailChannel

DAY = date(2026, 11, 18)
HOSTILE = (
    '@all look <at user_id="all">everyone</at> <!channel> <@U123> @here',
    '[click](https://evil.example/x) **bold** `code` <font color="warning">x</font>',
    "see https://evil.example/a or www.evil.example or evil.example",
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "line\r\nBcc: victim@example.org\r\n\r\nbody",
    "<http://evil.example|click> :rotating_light: ~struck~ _it_ #all",
    "\u202eevil\u202c \u200bzero \u2028line \x1b[31mred",
    "![i](https://evil.example/p.png) <https://evil.example>",
    "[x]: https://evil.example",
    "evil.example/a?b=c or xn--e1afmkfd.evil.example or javascript://evil.example",
    "{{ config }} ${HOME} %s {n} {stem}",
)


def paper(number: int, title: str, **facts: object) -> Paper:
    """One of arXiv's."""
    given: dict[str, object] = {
        "id": f"2611.{number:05d}",
        "title": title,
        "abstract": "We build a network. It works.",
        "abs_url": f"https://arxiv.org/abs/2611.{number:05d}v1",
        "pdf_url": f"https://arxiv.org/pdf/2611.{number:05d}v1",
    }
    return Paper(**{**given, **facts})  # type: ignore[arg-type]


def digest(
    number: int,
    title: str = "A GAN",
    words: str = "我们提出一个网络。",
    **check: object,
) -> Digest:
    """An entry with one sentence in brief."""
    place = Place(page=1, box=None, section="", sentence="We build.", score=100.0)
    checked = {"places": (place,), "verdict": "supported", **check}
    return Digest(
        paper=paper(number, title),
        summary=Summary(
            title="一个网络",
            claims=(Claim(field="abstract", text=words, evidence=("We build.",)),),
        ),
        checks=(Check(**checked),),  # type: ignore[arg-type]
    )


def post_of(*digests: Digest, topic: str = "GAN") -> Post:
    """A post as it is written."""
    return render_post(topic, DAY, digests)


def message_of(post: Post, **changes: object) -> Message:
    """Its message."""
    options: dict[str, object] = {
        "told": (),
        "language": "zh",
        "markdown": post.markdown,
        "site_url": "",
        **changes,
    }
    made = compose_post(post, **options)  # type: ignore[arg-type]
    assert made is not None
    return made


@pytest.mark.parametrize("words", HOSTILE)
def test_foreign_words_stay_words(words: str) -> None:
    """A title is no mention, link, tag or mark on any channel."""
    title = f"On networks {words}"
    message = message_of(post_of(digest(1, title)))
    ours = "https://arxiv.org/abs/2611.00001v1"

    forms = [as_text(message), as_chat(message), as_markdown(message), message.subject]
    for text in forms:
        assert "@" not in text
        assert not re.search(r"<[!@/A-Za-z?#]", text)
        assert not re.search(r"(?i)evil\.example", text)
        assert set(re.findall(r"https?://[^\s)]+", text)) <= {ours}
        assert "\r" not in text
        assert "\x1b" not in text
    page = as_html(message)
    assert set(re.findall("<(/?[a-z]+|!--)", page)) <= {
        *("html", "head", "meta", "title", "/title", "/head", "body", "div", "p"),
        *("strong", "/strong", "a", "/a", "/p", "/div", "/body", "/html"),
    }
    assert set(re.findall('href="([^"]*)"', page)) == {ours}
    for text in (as_markdown(message), as_chat(message)):
        read = MarkdownIt("commonmark").enable("strikethrough").parse(text)
        inline = [c for token in read for c in token.children or ()]
        kinds = {token.type for token in inline}
        assert kinds <= {"text", "softbreak", "link_open", "link_close"} | (
            {"strong_open", "strong_close"} if text == as_markdown(message) else set()
        )


@pytest.mark.parametrize("words", HOSTILE)
def test_foreign_words_make_no_header(words: str) -> None:
    """Whatever a topic or a reason is, a mail has our headers and no others."""
    message = compose_line(
        words, DAY, language="zh", failed=True, why="throttled", reason=words, items=()
    )
    raw = mail_of(message, "a@example.org", "b@example.org").as_bytes()

    head = raw.split(b"\r\n\r\n")[0].decode()
    names = re.findall(r"^([A-Za-z-]+):", head, re.MULTILINE)
    known = "Subject From To Date Message-ID Auto-Submitted MIME-Version Content-Type"
    assert " ".join(sorted(names)) == " ".join(sorted(known.split()))


@pytest.mark.parametrize(
    "address",
    [
        "a@b.org\nBcc: c@d.org",
        "a@b.org, c@d.org",
        "A <a@b.org>",
        "a b@c.org",
        "@b",
        "a@",
    ],
)
def test_addresses_are_plain(address: str) -> None:
    """An address of the configuration cannot carry a second one."""
    with pytest.raises(ValueError, match="must be a mail address"):
        MailChannel(kind="mail", host="h", sender=address, to=("x@y.org",))


def test_marks_stay_on_what_is_told() -> None:
    """A sentence goes with every mark that it has in the post."""
    doubtful = Finding(kind="number", text="99%", reason="not there")
    post = post_of(
        digest(1, words="准确率为 99%。", findings=(doubtful,)),
        digest(2, words="不受支持的话。", verdict="unsupported"),
        digest(3, words="未能定位的话。", places=(None,)),
    )
    text = as_text(message_of(post))

    assert "准确率为 99%。 「⚠ 引文中无：99%」" in text
    assert "不受支持的话。 「⚠ 引文不支持」" in text
    assert "未能定位的话。 「⚠ 原文未定位」" in text


@pytest.mark.parametrize("verdict", ["contradicted", "unjudged"])
def test_what_the_post_leaves_out_is_not_told(verdict: str) -> None:
    """A contradicted claim, and one without a verdict, is in no message."""
    post = post_of(digest(1, words="与原文不符的话。", verdict=verdict), digest(2))

    assert "与原文不符" not in as_text(message_of(post))


def test_a_sentence_changed_in_the_post_is_not_told() -> None:
    """What somebody has mended, or marked, by hand is left out: we would know less."""
    post = post_of(digest(1), digest(2, words="另一句话，没有人改。"))
    edited = post.markdown.replace("我们提出一个网络。", "他们提出一个网络。")
    text = as_text(message_of(post, markdown=edited))

    assert "我们提出" not in text
    assert "另一句话，没有人改。" in text
    assert text.count("arxiv.org/abs") == 2


def test_a_long_sentence_is_left_out_rather_than_cut() -> None:
    """A cut would take the marks off, which stand behind the words."""
    doubtful = Finding(kind="number", text="99%", reason="not there")
    post = post_of(digest(1, words="很长的话" * 200 + "。", findings=(doubtful,)))

    assert "很长的话" not in as_text(message_of(post))


def test_links_lead_to_the_blog() -> None:
    """With the blog's address a title leads to its sentence in the post."""
    post = post_of(digest(1), topic="3D GS")
    plain = as_text(message_of(post, site_url="https://blog.example/p"))
    slots = "https://blog.example/p/{year}/{month}/{day}/{date}/{stem}/"
    hexo = as_text(message_of(post, site_url=slots))
    own = as_text(message_of(post, site_url="https://blog.example/{date}-{stem}.html"))

    anchor = "#2611.00001-abstract-1"
    stem = post.stem
    assert f"https://blog.example/p/2026-11-18/{stem}/{anchor}" in plain
    assert f"https://blog.example/p/2026/11/18/2026-11-18/{stem}/{anchor}" in hexo
    assert f"https://blog.example/2026-11-18-{stem}.html{anchor}" in own
    assert "https://arxiv.org/abs/2611.00001v1" in hexo


def test_only_what_is_new_is_told() -> None:
    """What a receiver knows is left out, and when that is all, there is no message."""
    failed = Digest(
        paper=paper(3, "C"), failure=Failure(id="x", stage="read", reason="r")
    )
    post = post_of(digest(1, "First"), digest(2, "Second"), failed)
    told = {"2611.00001v1", "2611.00002v1", "2611.00003v1?"}

    assert set(message_of(post).items) == told
    message = message_of(post, told={"2611.00001v1", "2611.00003v1?"})
    assert message.items == ("2611.00002v1",)
    assert "First" not in as_text(message)
    options: dict[str, Any] = {
        "language": "zh",
        "markdown": post.markdown,
        "site_url": "",
    }
    assert compose_post(post, told=told, **options) is None
    # A paper that failed first is news once it has its summary.
    whole = post_of(digest(3, "C"))
    assert message_of(whole, told=told).items == ("2611.00003v1",)


def test_the_reason_is_told_in_the_posts_language() -> None:
    """A night without a post is one line."""
    options = {"why": "all-seen", "reason": "all 3 papers found were posted before"}
    chinese = compose_line("GAN", DAY, language="zh", items=("x",), **options)  # type: ignore[arg-type]
    english = compose_line("GAN", DAY, language="en", items=("x",), **options)  # type: ignore[arg-type]

    assert as_text(chinese) == (
        "GAN · 2026-11-18：今日无新论文：找到的论文此前均已收录"
        "（all 3 papers found were posted before）"
    )
    assert as_text(english) == (
        "GAN · 2026-11-18: no new papers today: all 3 papers found were posted before"
    )


@given(
    sizes=st.lists(st.integers(1, 400), max_size=40),
    limit=st.integers(300, 4096),
)
def test_cuts_fall_between_entries(sizes: list[int], limit: int) -> None:
    """A cut message holds whole entries from the first on, and counts the others."""
    parts = tuple(
        Part(item=str(n), lines=((Span(f"<{n}>{'字' * size}</{n}>"),),))
        for n, size in enumerate(sizes)
    )
    whole = Message(
        subject="s",
        topic="t",
        day=DAY,
        items=tuple(part.item for part in parts),
        head=((Span("head"),),),
        parts=parts,
        more="{n} more",
    )

    def size(message: Message) -> int:
        return len(as_text(message).encode())

    cut = fitted(whole, size, limit)
    kept = len(cut.parts)
    text = as_text(cut)
    assert size(cut) <= limit
    assert cut.parts == parts[:kept]
    assert cut.items == whole.items
    assert (f"{len(parts) - kept} more" in text) == (kept < len(parts))
    # One more would not have fitted.
    assert kept == len(parts) or size(whole.first(kept + 1)) > limit


@given(st.text())
def test_inert_words_are_one_line(text: str) -> None:
    """Nothing that is foreign breaks a line or mentions anybody."""
    words = inert(text)

    assert len(words.splitlines()) <= 1
    assert "@" not in words
    assert len(words) <= 300


def test_secrets_are_taken_out_of_texts() -> None:
    """A webhook's token is blacked out, alone, quoted, or with its address."""
    url = "https://oapi.dingtalk.com/robot/send?access_token=abcdef0123456789"
    said = f"no answer from {url}; token abcdef0123456789 is bad"

    assert "abcdef" not in without_secrets(said, [url])
    assert "tgram" in without_secrets("tgram failed", ["tgram://12345:AAbbCC/99"])
    assert "AAbbCC" not in without_secrets("bad AAbbCC", ["tgram://12345:AAbbCC/99"])


def test_a_twin_read_again_is_told_alike() -> None:
    """The message is made of what is on the disk."""
    post = post_of(digest(1))
    again = read_post_data(post.data)

    assert message_of(again, markdown=post.markdown) == message_of(post)
