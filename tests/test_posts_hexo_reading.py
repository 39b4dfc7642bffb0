"""The gate reads a post as Hexo does, where that is not as CommonMark."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chatpaper.posts import check_markdown, link, safe_url
from chatpaper.records import Post
from faulty_posts import post_of, with_paper
from rich_digests import calm_gan, pictures_of

LINK = "[Read](javascript:alert(1))"


def _problems(post: Post, markdown: str) -> set[str]:
    names = pictures_of(calm_gan())
    files = {f"{folder}/{name}" for folder in ("GAN", "GAN/GAN") for name in names}
    return {str(p) for p in check_markdown(markdown, post.data, files)}


@pytest.mark.parametrize(
    ("words", "written", "careless"),
    [
        ("见 www.evil.invalid。", r"www\.", "www."),
        ("见 https://evil.invalid/x。", r"https\://", "https://"),
        ("见 a.b@evil.invalid。", r"\@", "@"),
        ("约 ~5~ 倍。", r"\~5\~", "~5~"),
        ("见 {{ config }}。", "{<!-- -->{", r"\{\{"),
        ("见 {% raw %}。", "{<!-- -->%", r"\{\%"),
        ("见 {# x #}。", r"{<!-- -->\#", r"{\#"),
    ],
)
def test_what_only_hexo_acts_on_is_refused(
    words: str, written: str, careless: str
) -> None:
    """A writer that escapes for CommonMark alone: the same words, and more to Hexo."""
    post = post_of(with_paper(authors=(words,))(calm_gan()))
    changed = post.markdown.replace(written, careless)

    assert _problems(post, post.markdown) == set()
    assert changed != post.markdown
    assert _problems(post, changed)


@pytest.mark.parametrize(
    "label", [rf"doi:10.1000/x \[Read\]{LINK[6:]}", r"doi:10.1000/x \[a\]", r"a\]\[b"]
)
def test_brackets_in_the_words_of_a_link_are_refused(label: str) -> None:
    """However well they are escaped: Hexo reads these words again, without that."""
    post = post_of(calm_gan())
    changed = post.markdown.replace("[PDF](", f"[{label}](", 1)

    assert any(
        "brackets in its words" in problem for problem in _problems(post, changed)
    )


def test_a_link_in_a_link_is_seen_as_hexo_sees_it() -> None:
    """The address that the reader of the blog would click is named."""
    post = post_of(calm_gan())
    link = r"x y **z** [*a* \[Read\](javascript:alert(1)) **b** \[](https://a.org) *c*"
    changed = post.markdown.replace("[PDF](", f"{link} [PDF](", 1)

    assert any(
        "'javascript:alert(1)'" in problem for problem in _problems(post, changed)
    )


@pytest.mark.parametrize(
    "doi",
    [
        f"10.1000/x {LINK}",
        f"10.1000/{LINK}",
        "10.1000/../x",
        "10.1890/0012-9658(2006)87[1:X]2.0.CO;2",
    ],
)
def test_an_odd_doi_is_words_and_no_link(doi: str) -> None:
    """One that has brackets, blanks or a way up, in both readings of the post."""
    post = post_of(with_paper(doi=doi)(calm_gan()))

    assert _problems(post, post.markdown) == set()
    assert "https://doi.org" not in post.markdown
    assert "doi:10." in post.markdown


def test_a_doi_is_a_link() -> None:
    """With the signs that publishers really use."""
    old = "10.1002/(SICI)1097-0258(1998)17:15<1661::AID-SIM968>3.0.CO;2-2"
    for doi in ("10.1109/CVPR52733.2024.00012", old):
        post = post_of(with_paper(doi=doi)(calm_gan()))

        assert _problems(post, post.markdown) == set()
        assert "](https://doi.org/10." in post.markdown


NO_BROWSER = [
    "https://xn--X/", "https://a.xn--zz--/x", "https://arxiv.org:99999/", "http://1.2.3.999/",
    "https://0x1g/", "https://[::1/", "https://a:b@arxiv.org/", "https://arxiv.org@evil.invalid/",
    "https://./", "https:///x", "https://a b/", "https://%41.org/", "https://a.1/",
    "https://a.org/x&lt", "https://a.org/x&#123y", "https://a.org/x&copy&y=1", "https://a.org/&gt_x",
]  # fmt: skip


@pytest.mark.parametrize("address", NO_BROWSER)
def test_an_address_that_no_browser_takes_is_no_link(address: str) -> None:
    """Nor is one that looks like another host, in links and among words."""
    changed = with_paper(abstract=f"See {address} now.", pdf_url=address)
    post = post_of(changed(calm_gan()))

    assert safe_url(address) is None
    assert not link("x", address).startswith("[")
    assert _problems(post, post.markdown) == set()
    assert f"<{address}" not in post.markdown


@pytest.mark.parametrize(
    "address",
    [
        "https://arxiv.org:443/abs/1",
        "http://a-b.example./x?y#z",
        "HTTPS://A.org",
        "https://a.org/?a=1&lt=2&b2=3",
    ],
)
def test_a_plain_address_stays_a_link(address: str) -> None:
    """With a port, a final dot, or in capitals."""
    assert link("x", address).startswith("[x](")


@pytest.mark.parametrize(
    "label",
    [
        "Figure 1 <img src=x onerror=x >",
        "Figure 1 ...",
        "1. x",
        "A--B",
        "www.a",
        "a:b:c",
    ],
)
def test_a_label_that_is_none_is_not_said_of_a_picture(label: str) -> None:
    """Hexo prints what is said of a picture as it is written, or even as HTML."""
    digest = calm_gan()
    odd = replace(digest.pictures[0], label=label)
    post = post_of(replace(digest, pictures=(odd, *digest.pictures[1:])))

    assert _problems(post, post.markdown) == set()
    assert "![图](GAN/calm-figure-1.png)" in post.markdown
    assert "![Table 2](" in post.markdown


@pytest.mark.parametrize(
    "label", ["Fig. 2(a)", "Table S1-2", "图 3", "Extended Data Fig. 1"]
)
def test_a_label_is_said_of_its_picture(label: str) -> None:
    """As papers number their figures."""
    digest = calm_gan()
    named = replace(digest.pictures[0], label=label)
    post = post_of(replace(digest, pictures=(named, *digest.pictures[1:])))

    assert _problems(post, post.markdown) == set()
    assert f"![{label}](GAN/calm-figure-1.png)" in post.markdown
