"""Relations of a page outside its text: blocks of related, next and further articles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from hub.drafts import RelationDraft
from hub.models import RelationKind
from scripts.importers.content.boilerplate import section_kind, starts_teasers
from scripts.importers.content.links import Site
from scripts.importers.html.tree import Tree, element_text

MAX_LINKS = 30
MIN_HEADLINE = 12
"""Minimum length of a headline, in characters; shorter link texts are buttons."""

_BLOCK = re.compile(
    r"(?i)(?:^|[\s_-])(?:related|read-?(?:more|next|also)|see-?also|more-?(?:stories|articles|posts"
    r"|to-?read|on-?this|topics|reading)|recommended|further-?reading|similar|yarpp\w*"
    r"|jp-relatedposts|zum-?thema|a-?lire-?aussi)(?:$|[\s_-])"
)
_TOPICS = re.compile(r"(?i)more[\s_-]*(?:topics|on[\s_-]*this)")
_EXCLUDED_BLOCK = re.compile(
    r"(?i)(?:^|[\s_-])(?:tags?|share|social|nav|menu|author|comments?)(?:$|[\s_-])"
)
_LISTING_HEADING = re.compile(r"(?i)\b(?:popular|recent|latest|trending|most|sponsors?|web)\b")
_HEADINGS = "//h2|//h3|//h4|//h5|//h6|//strong|//b|//*[@role='heading']"


def extract_related(tree: Tree, urls: Sequence[str]) -> Iterator[RelationDraft]:
    """Yield a relation for each article in the page's blocks of related links, in order.

    `urls` are the page's own URLs: links to other sites are no relations.
    """
    site = Site.from_page_urls(urls)
    visited: set[str] = set()
    for block, kind in _blocks(tree):
        for link in block.xpath(".//a[@href]"):
            headings = link.xpath(
                ".//h2|.//h3|.//h4|.//h5"
            )  # teaser cards have more text than the headline
            anchor = element_text(headings[0] if headings else link)
            url = site.resolve(str(link.get("href")), urls[0]) if urls else ""
            is_headline = len(anchor) >= MIN_HEADLINE and " " in anchor
            if not is_headline or (urls and not url) or (url or anchor) in visited:
                continue
            visited.add(url or anchor)
            yield RelationDraft(kind, anchor[:500], url or None, by_headline=True)
            if len(visited) >= MAX_LINKS:
                return


def _blocks(tree: Tree) -> Iterator[tuple[Tree, RelationKind]]:
    """Yield the blocks of related links, recognised by class, id, label or heading."""
    for node in tree.xpath("//section|//div|//aside|//ul|//ol|//nav|//p"):
        name = f"{node.get('class') or ''} {node.get('id') or ''} {node.get('aria-label') or ''}"
        if _BLOCK.search(name) and not _EXCLUDED_BLOCK.search(name):
            topics = _TOPICS.search(name)
            yield node, RelationKind.MORE_TOPICS if topics else RelationKind.MORE_TO_READ
    for heading in tree.xpath(_HEADINGS):
        text = element_text(heading)
        kind = section_kind(text) or (section_kind(f"{text}:") if len(text) < 40 else None)
        if kind is None and (_LISTING_HEADING.search(text) or not starts_teasers(text)):
            continue
        block = _element_below(heading)
        if block is not None:
            # Above a list, the heading `Related` means further reading.
            block_kind = RelationKind.MORE_TO_READ if kind in (None, RelationKind.INLINE) else kind
            yield block, block_kind


def _element_below(heading: Tree) -> Tree | None:
    """Return the next element with links after a heading, or after one of its two ancestors."""
    node = heading
    for _ in range(3):
        after = node.getnext()
        if after is not None and isinstance(after.tag, str) and after.xpath("self::a|.//a[@href]"):
            return after
        node = node.getparent()
        if node is None or node.tag in ("body", "article", "main"):
            return None
    return None
