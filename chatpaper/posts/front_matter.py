"""Front matter as the Butterfly theme for Hexo reads it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import yaml

from chatpaper.posts.markdown import harmless

# https://butterfly.js.org/posts/dc584b87/#Post-Front-matter
KEYS = (
    "title",
    "date",
    "author",
    "cover",
    "categories",
    "tags",
    "description",
    "keywords",
    "toc",
    "toc_number",
    "toc_style_simple",
    "copyright",
    "copyright_author",
    "copyright_author_href",
    "copyright_url",
    "copyright_info",
    "mathjax",
    "katex",
    "aplayer",
    "highlight_shrink",
    "aside",
    "abcjs",
)
MAX_DESCRIPTION_CHARS = 200


class _Dumper(yaml.SafeDumper):
    """Leaves what is not set empty, as Hexo's own scaffolds do."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002
        return True


_Dumper.add_representer(
    type(None),
    lambda dumper, _: dumper.represent_scalar("tag:yaml.org,2002:null", ""),
)


def front_matter(
    topic: str,
    day: date,
    *,
    author: str,
    category: str,
    description: str,
    keywords: Sequence[str] = (),
    cover: str | None = None,
) -> str:
    """The lines between the `---`, every key of `KEYS` in order.

    The theme writes titles and descriptions into scripts without escaping them, so no
    character stands in them that means something there.

    Args:
        topic: Title and tag.
        day: Midnight of it, without zone: Hexo reads it in the site's own.
        author: Who signs; empty for the site's own author.
        category: Of the post.
        description: Cut to `MAX_DESCRIPTION_CHARS`.
        keywords: Beside the topic.
        cover: File in the asset folder; None shows no cover.
    """
    name = harmless(topic) or "topic"
    values: dict[str, object] = dict.fromkeys(KEYS)
    values.update(
        title=name,
        date=datetime.combine(day, time()),
        author=harmless(author) or None,
        cover=cover or False,
        categories=harmless(category) or None,
        tags=[_tag(name)],
        description=harmless(description)[:MAX_DESCRIPTION_CHARS],
        keywords=", ".join([name, *map(harmless, keywords)]),
        toc_number=False,
        toc_style_simple=True,
        mathjax=True,
    )
    return yaml.dump(
        values, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6
    )


def _tag(name: str) -> str:
    # Hexo makes a folder of a tag's name: one of dots or slashes would leave `tags/`.
    bare = name.replace("/", "-").strip(". -")
    return bare or "topic"
