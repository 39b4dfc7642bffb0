"""Digests in, a post out; nothing unchecked is published."""

from chatpaper.posts.gate import Problem, check_markdown, check_post
from chatpaper.posts.merge import merge_digests
from chatpaper.posts.naming import stem_of
from chatpaper.posts.publication import publish
from chatpaper.posts.rendering import render_entry, render_post
from chatpaper.posts.twin import read_post_data

__all__ = [
    "Problem",
    "check_markdown",
    "check_post",
    "merge_digests",
    "publish",
    "read_post_data",
    "render_entry",
    "render_post",
    "stem_of",
]
