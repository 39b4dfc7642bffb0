"""Topics that look like numbers, days or truth values stay words."""

from __future__ import annotations

import json
import os
import re
import shutil

import pytest
import yaml

from chatpaper.posts import check_markdown, render_post
from hexo_site import CACHE, install, run
from rich_digests import DAY

# fmt: off
TOPICS = [
    "1e3", "3E8", "0o17", ".5e2", "yes", "2026-11-01", "~", "null", "0x1F", "1_000",
    "12:30", "No", "on", "y", "N", "TRUE", "0b11", "-1", "+1e3", "1.", ".inf", "-.INF",
    ".NaN", "017", "1,000", "12:30:45.5", "2026-11-01T00:00:00Z", "2026-11-01 10:00",
    "<<", "=", "1e", "3D", "e3", "inf", "NaN", "Infinity", "0", "00", "-", "?", "- a",
    "a: b", "a #b", "3DGS", "GAN", "!!int 3", "&a", "*a", "%a", "@a", "`a`", "1:1",
    "0o8", "6.02e23 GAN", "1E+3", "0xZZ",
]
# fmt: on
# The core schema of YAML 1.2.2, section 10.3.2: what is none of these is a text.
CORE = re.compile(
    r"null|Null|NULL|~|true|True|TRUE|false|False|FALSE|[-+]?[0-9]+|0o[0-7]+|"
    r"0x[0-9a-fA-F]+|[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|"
    r"[-+]?(\.inf|\.Inf|\.INF)|\.nan|\.NaN|\.NAN|"
)
# What YAML 1.1 knows besides, of which PyYAML knows a part.
OLD = re.compile(
    r"(?i)y|n|yes|no|on|off|[-+]?0b[01_]+|[-+]?[0-9][0-9_,]*(:[0-5]?[0-9])*(\.[0-9_]*)?"
)


def _matter(topic: str) -> str:
    markdown = render_post(topic, DAY, [], title="{topic}").markdown
    return markdown.removeprefix("---\n").partition("\n---\n")[0]


@pytest.mark.parametrize("topic", TOPICS)
def test_a_topic_is_read_back_as_written(topic: str) -> None:
    """By PyYAML, and by whoever follows the letter of YAML 1.1 or 1.2."""
    matter = _matter(topic)
    values = yaml.safe_load(matter)
    plain = re.search(r"(?m)^title: ([^'\"\n].*)$", matter)
    post = render_post(topic, DAY, [], title="{topic}")

    assert values["title"] == values["keywords"] == _shown(topic)
    assert isinstance(values["tags"][0], str)
    assert plain is None or not CORE.fullmatch(plain[1])
    assert plain is None or not OLD.fullmatch(plain[1])
    assert check_markdown(post.markdown, post.data, ()) == ()


def _shown(topic: str) -> str:
    return topic.translate(str.maketrans("<>", "＜＞"))


def test_words_stay_without_quotes() -> None:
    """The front matter stays as people write it."""
    for topic in ("GAN", "3DGS", "NeRF", "yield", "医学图像"):
        assert f"title: {topic}\n" in _matter(topic)


@pytest.mark.skipif(not os.environ.get("CHATPAPER_HEXO"), reason="make test-hexo")
@pytest.mark.skipif(not shutil.which("npm"), reason="node and npm are missing")
def test_hexo_reads_them_as_written() -> None:
    """By the very code that reads a post in Hexo."""
    install()
    script = (
        "const {parse} = require('hexo-front-matter');"
        "const all = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "process.stdout.write(JSON.stringify(all.map(m => {"
        "const d = parse(m); return [d.title, d.tags[0], d.keywords]})))"
    )
    posts = [render_post(topic, DAY, [], title="{topic}").markdown for topic in TOPICS]
    done = run(["node", "-e", script], CACHE, json.dumps(posts))
    read = json.loads(done.stdout)

    assert [(title, words) for title, _, words in read] == [
        (_shown(topic), _shown(topic)) for topic in TOPICS
    ]
    assert all(isinstance(tag, str) for _, tag, _ in read)
