"""One paper's digest, as a notebook shows it."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Mapping
from dataclasses import dataclass, field

from chatpaper.records import Digest
from chatpaper.text import unbroken

OUT_OF_A_POST = "chatpaper"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One paper's digest with its figures, as a notebook shows it.

    Attributes:
        digest: Checked; its `failure` says why it is not whole.
        images: Figures by file name.
        language: Of the fixed words around the claims.
    """

    digest: Digest
    images: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    language: str = "zh"

    @property
    def markdown(self) -> str:
        """The paper's entry as it stands in a post."""
        from chatpaper.posts import render_entry

        return render_entry(self.digest, language=self.language)

    @property
    def json(self) -> str:
        """The digest's records as one line of JSON."""
        from pydantic import TypeAdapter

        return unbroken(TypeAdapter(Digest).dump_json(self.digest).decode())

    def _repr_markdown_(self) -> str:
        return self.markdown

    def _repr_html_(self) -> str:
        from markdown_it import MarkdownIt

        # Every foreign word of an entry is escaped: what HTML is in it, is ours.
        html: str = MarkdownIt("commonmark", {"html": True}).render(self.markdown)
        for name, data in self.images.items():
            kind = mimetypes.guess_type(name)[0] or "image/webp"
            inline = f"data:{kind};base64,{base64.b64encode(data).decode()}"
            html = html.replace(f"{OUT_OF_A_POST}/{name}", inline)
        return html
