"""reStructuredText, as Pelican keeps articles: a title, fields, and a text that docutils renders.

Nothing outside of the text is read: directives that include files, or raw HTML, are left out.
"""

from __future__ import annotations

import io
import re
from typing import Any

from docutils import nodes
from docutils.core import publish_doctree, publish_parts
from docutils.io import DocTreeInput
from docutils.readers import doctree as doctree_reader
from typing_extensions import override

from scripts.importers.content import players
from scripts.importers.markdown.front_matter import Page, UnreadableFile

_TITLE = re.compile(
    r"\s*+(?:(?P<over>([^\w\s])\2{2,})[ \t]*+\n)?(?P<title>[^\n]*\S[^\n]*+)\n"
    r"(?P<under>([^\w\s])\5{2,})[ \t]*+(?:\n|\Z)"
)
_FIELD = re.compile(
    r":(?P<name>[A-Za-z][\w -]{0,60}):[ \t]*+(?P<value>[^\n]*(?:\n[ \t]+\S[^\n]*)*)"
)
_LANGUAGE = re.compile(r'<pre class="code ([\w+#-]+) literal-block">(?:<code>)?')
_UNKNOWN = re.compile(r'Unknown (?:directive type|interpreted text role) "([^"\n]{1,60})"')
_DISABLED = re.compile(r'"(\w[\w-]*)" directive disabled')
_BORDER = re.compile(r"^[ \t]*+([=+-][=+ \t-]*+)$", re.MULTILINE)
"""The border of a table, whose columns are separated by spaces or plus signs."""
_DIRECTIVE = re.compile(r"\.\.[ \t]+(?P<name>[\w-]+)::[ \t]*(?P<arguments>[^\n]*)")
MAX_LENGTH = 100_000
"""Characters of a text: docutils takes more than linear time for some."""
MAX_LINE = 10_000
MAX_DIRECTIVES = 2_000
"""Lines that begin with two dots: docutils takes longer for each further one."""
MAX_COLUMNS = 100
"""Columns of a table, for the same reason."""
MAX_FAULTS = 1_000
"""Faults of a text, such as references to nothing: docutils takes longer for each further one."""

_SETTINGS = {
    "_disable_config": True,
    "doctitle_xform": False,
    "docinfo_xform": False,
    "embed_stylesheet": False,
    "file_insertion_enabled": False,
    "halt_level": 5,
    "initial_header_level": 2,
    "line_length_limit": MAX_LINE,
    "raw_enabled": False,
    "report_level": 2,
    "smart_quotes": False,
    "stylesheet_path": "",
    "syntax_highlight": "none",
    "section_self_link": False,
    "sectsubtitle_xform": False,
    "toc_backlinks": False,
}


class _Faults(io.StringIO):
    """The faults that docutils finds. Raises UnreadableFile when there are too many."""

    _count = 0

    @override
    def write(self, text: str, /) -> int:
        self._count += 1
        if self._count > MAX_FAULTS:
            raise UnreadableFile(f"it has more than {MAX_FAULTS:,} faults")
        return super().write(text)


def split(text: str) -> Page:
    """Split a text into its title and fields, and the rest, which is reStructuredText."""
    data: dict[str, Any] = {}
    title = _TITLE.match(text)
    if title and len(title["under"]) >= min(len(title["title"].strip()), 3):
        data["title"] = title["title"].strip()
        text = text[title.end() :]
    at = len(text) - len(text.lstrip())
    while field := _FIELD.match(text, at):
        data[field["name"].strip().lower()] = " ".join(field["value"].split())
        at = field.end()
        at += len(text[at : at + 1]) if text[at : at + 1] == "\n" else 0
    return Page(data, text[at:] if len(data) > bool(title) else text, bool(data))


def to_html(text: str) -> tuple[str, tuple[str, ...]]:
    """Render reStructuredText as unsanitised HTML; return the directives that were left out, too.

    Directives of players (`.. youtube:: ID`) become embeds.

    Raises:
        UnreadableFile: it is too long, or would take too long.
    """
    if len(text) > MAX_LENGTH or max(map(len, text.splitlines()), default=0) > MAX_LINE:
        limits = f"{MAX_LENGTH:,} characters, or {MAX_LINE:,} in a line"
        raise UnreadableFile(f"it has more than {limits}")
    if text.count("\n..") > MAX_DIRECTIVES:
        raise UnreadableFile(f"it has more than {MAX_DIRECTIVES:,} directives and comments")
    if any(len(border.replace("+", " ").split()) > MAX_COLUMNS for border in _BORDER.findall(text)):
        raise UnreadableFile(f"a table has more than {MAX_COLUMNS:,} columns")
    warnings = _Faults()
    settings = {**_SETTINGS, "warning_stream": warnings}
    document = publish_doctree(text, settings_overrides=settings)
    for image in document.findall(nodes.image):
        image.setdefault("alt", "")  # else it would be the address
    embedded = {_embed(message) for message in list(document.findall(nodes.system_message))}
    document.transform_messages.clear()
    for section in list(document.findall(nodes.section)):
        if "system-messages" in section["classes"] and section.parent is not None:
            section.parent.remove(section)
    for words in list(document.findall(nodes.problematic)):
        words.parent.replace(words, nodes.Text(words.astext()))
    parts = publish_parts(
        source=document,
        reader=doctree_reader.Reader(parser="null"),
        source_class=DocTreeInput,
        writer="html5",
        settings_overrides=settings,
    )
    html = _LANGUAGE.sub(r'<pre><code class="language-\1">', str(parts["fragment"]))
    html = html.replace('<pre><code class="language-literal-block">', "<pre><code>")
    told = warnings.getvalue()
    names = dict.fromkeys([*_UNKNOWN.findall(told), *_DISABLED.findall(told)])
    return html, tuple(name for name in names if name not in embedded)


def _embed(message: nodes.system_message) -> str:
    """Replace the message about an unknown directive by its embed; return the directive's name."""
    source = next(iter(message.findall(nodes.literal_block)), None)
    match = _DIRECTIVE.match(source.astext()) if source is not None else None
    name = match["name"] if match else ""
    figure = ""
    if match and name.lower() in players.NAMES:
        figure = players.render(name, match["arguments"])
    if message.parent is not None:
        message.parent.replace(message, nodes.raw("", figure, format="html") if figure else [])
    return name if figure else ""
