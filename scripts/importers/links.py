"""Links between the posts of one site: which lead to one, and under what names it is known."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urljoin, urlsplit, urlunsplit

from hub.drafts import RelationDraft
from hub.models import RelationKind
from hub.text import markup
from hub.text.slugs import url_key

# Sites of many sites: their own host says nothing about whose post it is.
_SHARED_HOSTS = frozenset({"wordpress.com", "wordpress.org", "blogger.com"})
_POST_PARAMETERS = ("p", "page_id")
_FILE = re.compile(r"\.(?!html?$|php$|aspx?$)[a-z][a-z0-9]{1,4}$", re.IGNORECASE)
_NO_POST = re.compile(
    r"^/(?:wp-(?:content|includes|admin|json|login)|files|category|categories|tag|tags|author|feed"
    r"|search|page|comments|archives?$|xmlrpc|cdn-cgi)(?:[/.]|$)"
    r"|/(?:feed|trackback|attachment)(?:/|$)|/page/\d+/?$|^(?:/\d+)*/?$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Site:
    """The hosts and folders under which a site's posts are known; the first gives its name."""

    roots: tuple[str, ...] = ()

    @classmethod
    def of(cls, urls: list[str]) -> Site:
        """The site with these addresses of its front page."""
        keys = (url_key(url) for url in urls if url.startswith(("http://", "https://")))
        return cls(tuple(dict.fromkeys(key for key in keys if key and key not in _SHARED_HOSTS)))

    @classmethod
    def around(cls, urls: Sequence[str]) -> Site:
        """The site that pages with these addresses belong to: their hosts, whole."""
        hosts = (urljoin(url, "/") for url in urls if url.startswith(("http://", "https://")))
        return cls.of(list(hosts))

    @property
    def name(self) -> str:
        """Its host, with the folder where it is in one; empty when it has no address."""
        return self.roots[0] if self.roots else ""

    def addresses(self, urls: list[str], number: str) -> tuple[str, ...]:
        """All the urls under which a post may be linked, on each of the site's hosts."""
        found = dict.fromkeys(url for url in urls if url.startswith(("http://", "https://", "/")))
        for root in self.roots:
            for url in urls:
                path = self._path(url)
                if path and path != "/":
                    found[f"http://{root}{path}"] = None
            if number:
                found |= dict.fromkeys(f"http://{root}/?{one}={number}" for one in _POST_PARAMETERS)
        kept: dict[str, str] = {}
        for url in found:
            kept.setdefault(url_key(url), url)
        return tuple(kept.values())

    def relations(
        self, html: str, own: list[str], no_posts: Container[str] = ()
    ) -> tuple[RelationDraft, ...]:
        """An edge for each post of this site that a body links to, in the order of the links.

        `no_posts` are normal forms (`hub.text.slugs.url_key`) of urls that lead to something else.
        """
        base = next((url for url in own if url.startswith("http")), f"http://{self.name}/")
        known = {url_key(url) for url in own} | {""}
        relations = []
        for link in markup.links(html):
            url = self._post(link.href, base)
            key = url_key(url)
            if key not in known and key not in no_posts:
                known.add(key)
                relations.append(
                    RelationDraft(
                        kind=RelationKind.INLINE,
                        anchor=link.text[:500] or url,
                        url=url,
                        position=link.position,
                    )
                )
        return tuple(relations)

    def article(self, href: str, base: str) -> str:
        """The address of this site's post that a link of the page `base` leads to; else empty."""
        return self._post(href, base)

    def _post(self, href: str, base: str) -> str:
        """The address of the post that `href` leads to; empty when it leads to none of them."""
        if href.startswith(("#", "www.")):
            return ""
        try:
            url = urljoin(base, href.strip())
            parts = urlsplit(url)
            query = parse_qs(parts.query)
        except ValueError:
            return ""
        path = self._path(url)
        if parts.scheme not in ("http", "https") or path is None:
            return ""
        for name in _POST_PARAMETERS:
            if query.get(name, [""])[0].strip().isdigit():
                return urlunsplit(
                    parts._replace(query=f"{name}={query[name][0].strip()}", fragment="")
                )
        if parts.query and path in ("", "/"):
            return ""  # ?cat=3, ?s=words, ?attachment_id=4
        if _NO_POST.search(path) or _FILE.search(path):
            return ""
        return urlunsplit(parts._replace(fragment=""))

    def _path(self, url: str) -> str | None:
        """What of `url` stands behind the site's root; None when it is not on this site."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        whole = url_key(urlunsplit(parts._replace(query="", path="")))
        for root in self.roots:
            host, _, folder = root.partition("/")
            prefix = f"/{folder}" if folder else ""
            inside = parts.path == prefix or parts.path.startswith(prefix + "/")
            if whole == host and (inside or not folder):
                return parts.path[len(prefix) :]
        return None
