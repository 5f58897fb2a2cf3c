"""What WordPress does to a body before readers see it: paragraphs, shortcodes, bare addresses.

Editors store text with empty lines between its paragraphs and marks in square brackets; readers
get HTML. Bodies written in blocks have their paragraphs already.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape

from hub.text.nesting import TOKEN

_BLOCK = re.compile(
    r"article|aside|blockquote|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure|footer"
    r"|form|h[1-6]|header|hr|iframe|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th"
    r"|thead|tr|ul|video|audio|script|style|object|select"
)
_HOLDS_PARAGRAPHS = re.compile(
    r"article|aside|blockquote|center|div|footer|form|header|main|section"
)
_BREAK = "<br>\n"
_EMPTY_LINE = re.compile(r"\n[ \t\xa0]*\n\s*")
_GUTENBERG = re.compile(r"<!--\s+(?P<end>/)?wp:[a-z][^\s]*\s.*?(?P<alone>/)?-->", re.DOTALL)

_CODE = re.compile(
    r"<(?P<tag>pre|code|script|style)\b[^<>]*>|\[(?P<name>sourcecode|code|php|html|css)\b([^\[\]]*)\]",
    re.IGNORECASE,
)
_CAPTION = re.compile(r"(?P<tag>(?!))?\[(?P<name>caption|wp_caption)\b([^\[\]]*)\]")
_IMAGE = re.compile(
    r"\s*((?:<a\b[^>]*>\s*)?<img\b[^>]*>(?:\s*</a>)?)(.*)", re.DOTALL | re.IGNORECASE
)
_EMBED = re.compile(
    r"\[(embed|youtube|vimeo|audio|video|soundcloud|googlevideo|dailymotion|ted|wpvideo|videopress"
    r"|gist|spotify|tweet|instagram)\b([^\[\]]*)\](?:\s*(https?://[^\s\[]+)?\s*\[/\w+\])?"
)
_ID = re.compile(r"""^[\s=]*(?:id\s*=\s*)?["']?([\w-]{5,40})["']?(?=\s|/|$)""")
# Where a film is that is named by its number alone.
_PLAYERS = {
    "dailymotion": "https://www.dailymotion.com/video/",
    "gist": "https://gist.github.com/",
    "videopress": "https://videopress.com/v/",
    "vimeo": "https://vimeo.com/",
    "wpvideo": "https://videopress.com/v/",
    "youtube": "https://www.youtube.com/watch?v=",
}
_GALLERY = re.compile(r"\[gallery\b([^\[\]]*)\]")
_URL = re.compile(r"""https?://[^\s"'\]&]+""")
# Without a value, an end tag or an underscore it might be an editor's remark, as in [sic].
_SHORTCODE = re.compile(
    r"""\[\[(?P<quoted>[^\[\]]*)\]\]
    |\[(?P<name>[a-z][\w-]*)(?:\s+(?=(?:[\w.:/-]+\s+)?[\w-]+=["'\w&])[^\[\]]*|\s*/)\]
    |\[/(?P<end>[a-z][\w-]*)\]
    |\[(?P<bare>gallery|playlist|toc|contact-form|gview|more|sitemap|archives|[A-Za-z]\w*_\w+)\]
    |\[(?P<remark>[A-Za-z][\w-]*)\]""",
    re.VERBOSE,
)
_END_TAG = re.compile(r"\[/([A-Za-z][\w-]*)\]")
_ADDRESS_ALONE = re.compile(r"(?m)^[ \t]*(https?://[^\s<>\"']+)[ \t]*$")
_LANGUAGE = re.compile(r"""\b(?:language|lang)\s*=\s*["']?([\w+#-]+)|^=["']?([\w+#-]+)""")
_WORDS = re.compile(r"""\bcaption\s*=\s*("[^"]*"|'[^']*')""")


Gallery = Callable[[str], str]


def no_gallery(_: str) -> str:
    """A gallery of images that nobody knows."""
    return ""


def figure(url: str, alt: str, caption: str) -> str:
    """An image with the words below it; the caption is HTML."""
    words = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f'<figure><img src="{escape(url)}" alt="{escape(alt)}">{words}</figure>'


def to_html(content: str, gallery: Gallery = no_gallery) -> tuple[str, tuple[str, ...]]:
    """HTML of a post's content as it is stored, not sanitised yet, and the shortcodes left out.

    `gallery` makes the HTML of a gallery from what its shortcode says.
    """
    text = content.replace("\r\n", "\n").replace("\r", "\n")
    left_out: list[str] = []
    done = "".join(
        part if in_block else paragraphs(part)
        for part, in_block in _parts(_expanded(text, left_out, gallery))
    )
    return done, tuple(dict.fromkeys(left_out))


def _parts(text: str) -> list[tuple[str, bool]]:
    """`text` cut at the marks of the block editor, and whether each part lies in a block."""
    parts = []
    depth = at = 0
    for mark in _GUTENBERG.finditer(text, 0, text.rfind("-->") + 3):
        parts.append((text[at : mark.start()], depth > 0))
        at = mark.end()
        if mark["end"]:
            depth = max(0, depth - 1)
        elif not mark["alone"]:
            depth += 1
    parts.append((text[at:], depth > 0))
    return parts


# ── shortcodes ────────────────────────────────────────────────────────────────────────────────


def _expanded(text: str, left_out: list[str], gallery: Gallery) -> str:
    """`text` with its shortcodes turned into HTML, or left out where nothing stands for them."""
    enclosing = set(_END_TAG.findall(text))

    def other(found: re.Match[str]) -> str:
        if found["quoted"] is not None:
            return f"[{found['quoted']}]"
        if found["remark"] and found["remark"] not in enclosing:
            return found[0]
        left_out.append(found["name"] or found["end"] or found["bare"] or found["remark"])
        return ""

    def images(found: re.Match[str]) -> str:
        shown = gallery(found[1])
        return f"\n\n{shown}\n\n" if shown else found[0]

    def prose(part: str) -> str:
        if "[" in part:
            part = _sections(part, _CAPTION, _figure, str)
            part = _EMBED.sub(_embedded, _GALLERY.sub(images, part))
            part = _SHORTCODE.sub(other, part)
        return _ADDRESS_ALONE.sub(r'\n<p><a href="\1">\1</a></p>\n', part)

    return _sections(text, _CODE, _code, prose)


def _sections(
    text: str,
    opening: re.Pattern[str],
    inside: Callable[[re.Match[str], str, str], str],
    outside: Callable[[str], str],
) -> str:
    """`text` with its sections, from an opening to the end of the same name, and the rest done.

    Takes linear time: an end that is missing is looked for once.
    """
    done: list[str] = []
    missing: set[str] = set()
    lower = text.lower()
    at = 0
    for found in opening.finditer(text):
        name = (found["name"] or found["tag"]).lower()
        end = f"[/{name}]" if found["name"] else f"</{name}>"
        if found.start() < at or end in missing:
            continue
        until = lower.find(end, found.end()) if len(lower) == len(text) else -1
        if until < 0:
            missing.add(end)
            continue
        words, stop = text[found.end() : until], until + len(end)
        done += [
            outside(text[at : found.start()]),
            inside(found, words, text[found.start() : stop]),
        ]
        at = stop
    return "".join([*done, outside(text[at:])])


def _code(found: re.Match[str], text: str, whole: str) -> str:
    if found["tag"]:
        return whole
    language = _LANGUAGE.search(found[3].strip())
    name = (language[1] or language[2]) if language else ""
    of = f' class="language-{escape(name)}"' if name else ""
    if "&lt;" not in text:  # stored escaped or as it is, depending on the version
        text = escape(text, quote=False)
    return "\n\n<pre><code{}>{}</code></pre>\n\n".format(of, text.strip("\n"))


def _figure(found: re.Match[str], text: str, _: str) -> str:
    image = _IMAGE.match(text)
    if not image:
        return text
    given = _WORDS.search(found[3])
    caption = image[2].strip() or (given[1][1:-1] if given else "")
    words = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f"\n\n<figure>{image[1]}{words}</figure>\n\n"


def _embedded(found: re.Match[str]) -> str:
    given = _URL.search(found[2])
    url = found[3] or (given[0] if given else "")
    if not url and found[1] in _PLAYERS and (number := _ID.match(found[2])):
        url = _PLAYERS[found[1]] + number[1]
    return f"\n\n{url}\n\n" if url else f"[{found[1]} /]"


# ── paragraphs ────────────────────────────────────────────────────────────────────────────────


def paragraphs(text: str) -> str:
    """HTML with the paragraphs and line breaks that `text` has by its empty lines and lines.

    Ends of paragraphs are left to the parser that comes after.
    """
    writing = _Writing()
    at = 0
    for token in TOKEN.finditer(text):
        writing.words(text[at : token.start()])
        writing.tag(token)
        at = token.end()
    writing.words(text[at:])
    return "".join(writing.parts)


class _Writing:
    """HTML as it is being written; `_fresh` while no paragraph has begun where one may."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._fresh = True
        self._after_break = False
        self._in_pre = False

    def words(self, text: str) -> None:
        if self._in_pre or not text:
            self.parts.append(text)
            return
        for number, part in enumerate(_EMPTY_LINE.split(text)):
            if number:
                self._fresh = True
            if not part.strip():
                self.parts.append(part)
                continue
            if self._fresh or self._after_break:
                part = part.lstrip("\n")
            self._begin()
            self.parts.append(part.replace("\n", _BREAK))
            self._after_break = False

    def tag(self, token: re.Match[str]) -> None:
        name = (token["name"] or token["raw"] or "").lower()
        if not name:  # a comment, perhaps <!--more-->, which divides
            self._fresh = self._fresh or not self._in_pre
            return
        if name == "pre":
            self._in_pre = not token["end"]
        if _BLOCK.fullmatch(name):
            if self.parts and self.parts[-1].endswith(_BREAK):
                self.parts[-1] = self.parts[-1].removesuffix(_BREAK)
            closing = bool(token["end"] or token["raw"]) or name == "hr"
            self._fresh = closing or bool(_HOLDS_PARAGRAPHS.fullmatch(name))
        elif not token["end"] and name != "br":
            self._begin()
        self._after_break = name == "br" or bool(_BLOCK.fullmatch(name))
        self.parts.append(token[0].replace("\n", " ") if token["name"] else token[0])

    def _begin(self) -> None:
        if self._fresh and not self._in_pre:
            self.parts.append("\n<p>")
        self._fresh = False
