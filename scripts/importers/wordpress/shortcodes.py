"""Conversion of stored post content to HTML: paragraphs (`wpautop`), shortcodes, bare URLs.

Posts are stored as text with empty lines between paragraphs and shortcodes in square brackets;
WordPress renders HTML from it. Content of the block editor has its paragraphs already.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from html import escape, unescape

from hub.text import embeds
from hub.text.nesting import TOKEN
from scripts.importers.content import players
from scripts.importers.wordpress import builders

_BLOCK = re.compile(
    r"article|aside|blockquote|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer"
    r"|form|h[1-6]|header|hr|iframe|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th"
    r"|thead|tr|ul|video|audio|script|style|object|select"
)
_PARAGRAPH_CONTAINER = re.compile(
    r"article|aside|blockquote|center|div|footer|form|header|main|section"
)
_BREAK = "<br>\n"
_EMPTY_LINE = re.compile(r"\n[ \t\xa0]*\n\s*")
_GUTENBERG = re.compile(r"<!--\s+(?P<end>/)?wp:[a-z][^\s]*\s.*?(?P<self_closing>/)?-->", re.DOTALL)

_CODE_NAMES = (
    r"sourcecode|source|code|codeblock|code-block|crayon|pre|cci?(?:_\w+)?|geshi|syntax|highlight"
    r"|prettify|prism|enlighter|snippet|gist_code|plain|php|html|xml|css|js|javascript|jscript"
    r"|java|python|py|ruby|perl|sql|bash|shell|c|cpp|csharp|vb|delphi|go|rust|scala|groovy|matlab"
    r"|powershell|json|yaml|latex|r"
)
_CODE = re.compile(
    rf"<(?P<tag>pre|code|script|style)\b[^<>]*>|\[(?P<name>{_CODE_NAMES})(?=[\s\]=])([^\[\]]*)\]",
    re.IGNORECASE,
)
_LANGUAGE_NAMES = frozenset(_CODE_NAMES.partition("|plain|")[2].split("|"))
_FOOTNOTE = re.compile(
    r"(?P<tag>(?!))?\[(?P<name>footnote|fn|ref|efn_note|mfn|sidenote)(?=[\s\]])([^\[\]]*)\]"
)
_RESTRICTED = re.compile(
    r"(?P<tag>(?!))?\[(?P<name>restrict|restricted|members?_?only|members?|membership|private|paid"
    r"|premium|protected|subscribers?_?only|wcm_restrict|mepr-show|um_loggedin|s2If|paywall"
    r"|is_user_logged_in|loggedin|logged_in|access|ihc-hide-content|mepr-active|pmpro_membership"
    r"|user_?only|users_?only|member_?content|memberful|memberspress|wlm_private|wishlist_\w+"
    r"|visibility|hide|hidden|logged_in_only|registered)(?=[\s\]])"
    r"((?:[^\[\]\"']|\"[^\"\n]*\"|'[^'\n]*')*)\]"
)
_BUTTON = re.compile(
    r"\[(?P<name>[a-z][\w-]*)(?P<attributes>\s+(?:[^\[\]\"']|\"[^\"\n]*\"|'[^'\n]*')*)\]"
    r"(?P<content>[^\[\]]{0,200})\[/(?P=name)\]"
)
_CAPTION = re.compile(r"(?P<tag>(?!))?\[(?P<name>caption|wp_caption)\b([^\[\]]*)\]")
_IMAGE = re.compile(
    r"\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(.*)", re.DOTALL | re.IGNORECASE
)
_EMBED = re.compile(
    rf"\[({'|'.join(sorted(players.NAMES - {'x', 'github'}, key=len, reverse=True))})"
    r"(?=[\s=\]])([^\[\]]*)\](?:\s*(https?://[^\s\[]+)?\s*\[/\w+\])?"
)
_GALLERY = re.compile(r"\[gallery\b([^\[\]]*)\]")
_URL = re.compile(r"""https?://[^\s"'\]&]+""")
# A bare word without attribute, end tag or underscore may be an editor's remark, as in [sic].
_SHORTCODE = re.compile(
    r"""\[\[(?P<quoted>[^\[\]]*)\]\]
    |\[(?P<name>[a-z][\w-]*)(?:\s+(?=(?:[\w.:/-]+\s+)?[\w-]+=["'\w&])
        (?P<attributes>(?:[^\[\]"']|"[^"\n]*"|'[^'\n]*')*+|[^\[\]]*)|\s*/)\]
    |\[/(?P<end>[a-z][\w-]*)\]
    |\[(?P<bare>gallery|playlist|toc|contact-form|gview|more|sitemap|archives|[A-Za-z]\w*_\w+)\]
    |\[(?P<remark>[A-Za-z][\w-]*)\]""",
    re.VERBOSE,
)
_END_TAG = re.compile(r"\[/([A-Za-z][\w-]*)\]")
_URL_LINE = re.compile(r"(?m)^[ \t]*(https?://[^\s<>\"']+)[ \t]*$")
_LANGUAGE = re.compile(r"""\b(?:language|lang)\s*=\s*["']?([\w+#-]+)|^=["']?([\w+#-]+)""")
_CAPTION_ATTRIBUTE = re.compile(r"""\bcaption\s*=\s*("[^"]*"|'[^']*')""")
_KINDS = {"audio": embeds.EmbedKind.AUDIO, "video": embeds.EmbedKind.VIDEO}

GalleryRenderer = Callable[[str], str]


def render_no_gallery(_: str) -> str:
    """Render a gallery without images: the shortcode remains unsupported."""
    return ""


def render_figure(url: str, alt: str, caption: str) -> str:
    """Render an image with a caption, which is HTML."""
    figcaption = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{escape(url)}" alt="{escape(alt)}">{figcaption}</figure>'


def to_html(
    content: str, gallery: GalleryRenderer = render_no_gallery
) -> tuple[str, tuple[str, ...]]:
    """Convert stored content to unsanitised HTML; return it with the unsupported shortcodes.

    `gallery` renders the HTML of a gallery from the attributes of its shortcode.
    """
    text = content.replace("\r\n", "\n").replace("\r", "\n")
    unsupported: list[str] = []
    notes: list[str] = []
    if "[" in text:
        text = _replace_sections(text, _CODE, _keep_section, partial(_move_footnotes, notes=notes))
        text = _replace_sections(
            text, _CODE, _keep_section, partial(_drop_restricted, unsupported=unsupported)
        )
    html = "".join(
        part if in_block else add_paragraphs(part)
        for part, in_block in _split_blocks(_expand_shortcodes(text, unsupported, gallery))
    )
    return html + _render_footnotes(notes), tuple(dict.fromkeys(unsupported))


def _keep_section(_: re.Match[str], __: str, section: str) -> str:
    return section


def _move_footnotes(text: str, notes: list[str]) -> str:
    """Replace the footnotes of a text by markers, and add their words to `notes`."""

    def replace_note(match: re.Match[str], content: str, _: str) -> str:
        notes.append(content.strip())
        number = len(notes)
        return f'<sup><a id="fnref-{number}" href="#fn-{number}">{number}</a></sup>'

    return _replace_sections(text, _FOOTNOTE, replace_note, str)


def _render_footnotes(notes: list[str]) -> str:
    items = (
        f'<li id="fn-{number}">{note} <a href="#fnref-{number}">↩︎</a></li>'
        for number, note in enumerate(notes, 1)
    )
    return f"<ol>{''.join(items)}</ol>" if notes else ""


_PAID_BLOCK = re.compile(
    r"<!--\s+(?:(?P<end>/?)wp:premium-content/subscriber-view|(?P<wall>wp:jetpack/paywall))\b"
    r".*?(?P<self_closing>/?)(?:-->|\Z)",
    re.DOTALL,
)


def remove_restricted_blocks(text: str) -> tuple[str, int]:
    """Remove the blocks that Jetpack shows to subscribers only; return the text and their number.

    A paywall has the rest of the post behind it, and so has a block without an end.
    """
    if "wp:premium" not in text and "wp:jetpack/p" not in text:
        return text, 0
    kept: list[str] = []
    number = depth = at = 0
    for mark in _PAID_BLOCK.finditer(text):
        if mark["wall"] or not (mark["end"] or mark["self_closing"]):
            if depth == 0:
                kept.append(text[at : mark.start()])
                number += 1
            depth = len(text) if mark["wall"] else depth + 1
        elif mark["end"] and depth:
            depth -= 1
            at = mark.end()
    return "".join([*kept, "" if depth else text[at:]]), number


def _drop_restricted(text: str, unsupported: list[str]) -> str:
    """Leave out what a shortcode shows to members or paying readers only."""

    def drop(match: re.Match[str], _: str, __: str) -> str:
        unsupported.append(f"{match['name']} (with its text, which is not for everybody)")
        return ""

    return _replace_sections(text, _RESTRICTED, drop, str)


def _split_blocks(text: str) -> list[tuple[str, bool]]:
    """Split `text` at the block editor's comments; each part with whether it is in a block."""
    parts = []
    depth = at = 0
    for mark in _GUTENBERG.finditer(text, 0, text.rfind("-->") + 3):
        parts.append((text[at : mark.start()], depth > 0))
        at = mark.end()
        if mark["end"]:
            depth = max(0, depth - 1)
        elif not mark["self_closing"]:
            depth += 1
    parts.append((text[at:], depth > 0))
    return parts


# ── shortcodes ──────────────────────────────────────────────────────────────────────────────────


def _expand_shortcodes(text: str, unsupported: list[str], gallery: GalleryRenderer) -> str:
    """Replace the shortcodes in `text` by HTML, and remove the unsupported ones."""
    enclosing = set(_END_TAG.findall(text))

    def replace_unknown(match: re.Match[str]) -> str:
        if match["quoted"] is not None:
            return f"[{match['quoted']}]"
        if match["remark"] and match["remark"] not in enclosing:
            return match[0]
        name = match["name"] or match["end"] or match["bare"] or match["remark"]
        html = builders.shortcode_html(name, match["attributes"] or "", None)
        if not html and not builders.is_layout(name):
            unsupported.append(name)
        return html

    def replace_button(match: re.Match[str]) -> str:
        html = builders.shortcode_html(match["name"], match["attributes"], match["content"])
        return html or match[0]

    def replace_gallery(match: re.Match[str]) -> str:
        html = gallery(match[1])
        return f"\n\n{html}\n\n" if html else match[0]

    def convert_prose(part: str) -> str:
        if "[" in part:
            part = _replace_sections(part, _CAPTION, _render_caption, str)
            part = _EMBED.sub(_render_embed, _GALLERY.sub(replace_gallery, part))
            part = _BUTTON.sub(replace_button, part)
            part = _SHORTCODE.sub(replace_unknown, part)
        return _URL_LINE.sub(_render_address, part)

    return _replace_sections(text, _CODE, _render_code, convert_prose)


def _replace_sections(
    text: str,
    opening: re.Pattern[str],
    convert_section: Callable[[re.Match[str], str, str], str],
    convert_rest: Callable[[str], str],
) -> str:
    """Convert the sections of `text`, from an opening to its end tag, and the text between them.

    Takes linear time: a missing end tag is searched for once.
    """
    output: list[str] = []
    missing: set[str] = set()
    lower = text.lower()
    at = 0
    for match in opening.finditer(text):
        name = (match["name"] or match["tag"]).lower()
        end = f"[/{name}]" if match["name"] else f"</{name}>"
        if match.start() < at or end in missing:
            continue
        until = lower.find(end, match.end()) if len(lower) == len(text) else -1
        if until < 0:
            missing.add(end)
            continue
        content, stop = text[match.end() : until], until + len(end)
        output += [
            convert_rest(text[at : match.start()]),
            convert_section(match, content, text[match.start() : stop]),
        ]
        at = stop
    return "".join([*output, convert_rest(text[at:])])


def _render_code(match: re.Match[str], text: str, section: str) -> str:
    if match["tag"]:
        return section
    shortcode = match["name"].lower().removeprefix("cci_").removeprefix("cc_")
    language = _LANGUAGE.search(match[3].strip())
    name = (language[1] or language[2]) if language else ""
    name = name or (shortcode if shortcode in _LANGUAGE_NAMES else "")
    class_attribute = f' class="language-{escape(name)}"' if name else ""
    if "&lt;" not in text:  # stored escaped or unescaped, depending on the version
        text = escape(text, quote=False)
    return "\n\n<pre><code{}>{}</code></pre>\n\n".format(class_attribute, text.strip("\n"))


def _render_caption(match: re.Match[str], text: str, _: str) -> str:
    image = _IMAGE.match(text)
    if not image:
        return text
    attribute = _CAPTION_ATTRIBUTE.search(match[3])
    caption = image[2].strip() or (attribute[1][1:-1] if attribute else "")
    figcaption = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f"\n\n<figure>{image[1]}{figcaption}</figure>\n\n"


def _render_embed(match: re.Match[str]) -> str:
    attribute = _URL.search(match[2])
    arguments = match[2].strip(" =/")
    if match[3]:
        figure = embeds.render(match[3], title=match[3], kind=_KINDS.get(match[1]))
    else:
        figure = players.render(match[1], arguments)
    if not figure and attribute:
        figure = embeds.render(attribute[0], title=attribute[0], kind=_KINDS.get(match[1]))
    return f"\n\n{figure}\n\n" if figure else f"[{match[1]} /]"


def _render_address(match: re.Match[str]) -> str:
    """Render an address alone on a line: WordPress embeds those of services that it knows."""
    if embeds.is_known(url := unescape(match[1])):
        return f"\n{embeds.render(url, title=url)}\n"
    return f'\n<p><a href="{match[1]}">{match[1]}</a></p>\n'


# ── paragraphs ──────────────────────────────────────────────────────────────────────────────────


def add_paragraphs(text: str) -> str:
    """Add <p> and <br> to `text` where it has empty lines and line breaks.

    End tags of paragraphs are not added: the HTML parser after this closes them.
    """
    writer = _ParagraphWriter()
    at = 0
    for token in TOKEN.finditer(text):
        writer.add_text(text[at : token.start()])
        writer.add_tag(token)
        at = token.end()
    writer.add_text(text[at:])
    return "".join(writer.parts)


class _ParagraphWriter:
    """Writer of HTML; `_paragraph_due` when the next inline content opens a paragraph."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._paragraph_due = True
        self._after_break = False
        self._in_pre = False

    def add_text(self, text: str) -> None:
        if self._in_pre or not text:
            self.parts.append(text)
            return
        for number, part in enumerate(_EMPTY_LINE.split(text)):
            if number:
                self._paragraph_due = True
            if not part.strip():
                self.parts.append(part)
                continue
            if self._paragraph_due or self._after_break:
                part = part.lstrip("\n")
            self._open_paragraph()
            self.parts.append(part.replace("\n", _BREAK))
            self._after_break = False

    def add_tag(self, token: re.Match[str]) -> None:
        name = (token["name"] or token["raw"] or "").lower()
        if not name:  # a comment, perhaps <!--more-->, which ends a paragraph
            self._paragraph_due = self._paragraph_due or not self._in_pre
            return
        if name == "pre":
            self._in_pre = not token["end"]
        if _BLOCK.fullmatch(name):
            if self.parts and self.parts[-1].endswith(_BREAK):
                self.parts[-1] = self.parts[-1].removesuffix(_BREAK)
            closing = bool(token["end"] or token["raw"]) or name == "hr"
            self._paragraph_due = closing or bool(_PARAGRAPH_CONTAINER.fullmatch(name))
        elif not token["end"] and name != "br":
            self._open_paragraph()
        self._after_break = name == "br" or bool(_BLOCK.fullmatch(name))
        self.parts.append(token[0].replace("\n", " ") if token["name"] else token[0])

    def _open_paragraph(self) -> None:
        if self._paragraph_due and not self._in_pre:
            self.parts.append("\n<p>")
        self._paragraph_due = False
