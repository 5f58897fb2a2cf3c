"""What a page relates itself to beside its text: blocks of related, next and further articles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hub.drafts import RelationDraft
from hub.models import RelationKind
from scripts.importers.boilerplate import section_of, starts_teasers
from scripts.importers.html.tree import Tree, words_of
from scripts.importers.links import Site

MAX_LINKS = 30
MIN_HEADLINE = 12
"""Characters of the shortest words that are taken for a headline rather than for a button."""

_BLOCK = re.compile(
    r"(?i)(?:^|[\s_-])(?:related|read-?(?:more|next|also)|see-?also|more-?(?:stories|articles|posts"
    r"|to-?read|on-?this|topics|reading)|recommended|further-?reading|similar|yarpp\w*"
    r"|jp-relatedposts|zum-?thema|a-?lire-?aussi)(?:$|[\s_-])"
)
_TOPICS = re.compile(r"(?i)more[\s_-]*(?:topics|on[\s_-]*this)")
_NO_BLOCK = re.compile(
    r"(?i)(?:^|[\s_-])(?:tags?|share|social|nav|menu|author|comments?)(?:$|[\s_-])"
)
_LISTINGS = re.compile(r"(?i)\b(?:popular|recent|latest|trending|most|sponsors?|web)\b")
_HEADINGS = "//h2|//h3|//h4|//h5|//h6|//strong|//b|//*[@role='heading']"


def related_of(tree: Tree, urls: Sequence[str]) -> Iterator[RelationDraft]:
    """An edge for each article that the page's blocks of related links name, in their order.

    `urls` are the page's own addresses: links that leave its site are none of its relations.
    """
    site = Site.around(urls)
    seen: set[str] = set()
    for block, kind in _blocks(tree):
        for link in block.xpath(".//a[@href]"):
            headings = link.xpath(".//h2|.//h3|.//h4|.//h5")  # cards have teasers besides
            anchor = words_of(headings[0] if headings else link)
            url = site.article(str(link.get("href")), urls[0]) if urls else ""
            named = len(anchor) >= MIN_HEADLINE and " " in anchor
            if not named or (urls and not url) or (url or anchor) in seen:
                continue
            seen.add(url or anchor)
            yield RelationDraft(kind, anchor[:500], url or None, by_headline=True)
            if len(seen) >= MAX_LINKS:
                return


def _blocks(tree: Tree) -> Iterator[tuple[Tree, RelationKind]]:
    """The blocks that call themselves related, by their names or by the heading above them."""
    for node in tree.xpath("//section|//div|//aside|//ul|//ol|//nav|//p"):
        name = f"{node.get('class') or ''} {node.get('id') or ''} {node.get('aria-label') or ''}"
        if _BLOCK.search(name) and not _NO_BLOCK.search(name):
            topics = _TOPICS.search(name)
            yield node, RelationKind.MORE_TOPICS if topics else RelationKind.MORE_TO_READ
    for heading in tree.xpath(_HEADINGS):
        text = words_of(heading)
        kind = section_of(text) or (section_of(f"{text}:") if len(text) < 40 else None)
        if kind is None and (_LISTINGS.search(text) or not starts_teasers(text)):
            continue
        block = _below(heading)
        if block is not None:
            # A heading `Related` stands for further reading where it stands above a list.
            below = RelationKind.MORE_TO_READ if kind in (None, RelationKind.INLINE) else kind
            yield block, below


def _below(heading: Tree) -> Tree | None:
    """What a heading stands above: the next element with links, or its parent's."""
    node = heading
    for _ in range(3):
        after = node.getnext()
        if after is not None and isinstance(after.tag, str) and after.xpath("self::a|.//a[@href]"):
            return after
        node = node.getparent()
        if node is None or node.tag in ("body", "article", "main"):
            return None
    return None
