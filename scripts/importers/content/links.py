"""Links between the posts of one site, and the urls under which a post may be linked."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qs, urljoin, urlsplit, urlunsplit

from hub.drafts import RelationDraft
from hub.models import RelationKind
from hub.text import markup
from hub.text.slugs import url_key

# Platforms that host many sites: the bare host does not identify a site.
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
    """The hosts and folders of a site; the first is its name."""

    roots: tuple[str, ...] = ()

    @classmethod
    def from_urls(cls, urls: list[str]) -> Site:
        """Return the site with these urls of its front page."""
        keys = (url_key(url) for url in urls if url.startswith(("http://", "https://")))
        return cls(tuple(dict.fromkeys(key for key in keys if key and key not in _SHARED_HOSTS)))

    @classmethod
    def from_page_urls(cls, urls: Sequence[str]) -> Site:
        """Return the site of pages with these urls: their hosts, without a folder."""
        hosts = (urljoin(url, "/") for url in urls if url.startswith(("http://", "https://")))
        return cls.from_urls(list(hosts))

    @property
    def name(self) -> str:
        """The first host, with its folder if any; empty without a url."""
        return self.roots[0] if self.roots else ""

    def post_urls(self, urls: list[str], number: str) -> tuple[str, ...]:
        """Return all urls under which a post may be linked, on each of the site's hosts."""
        candidates = dict.fromkeys(
            url for url in urls if url.startswith(("http://", "https://", "/"))
        )
        for root in self.roots:
            for url in urls:
                path = self._path(url)
                if path and path != "/":
                    candidates[f"http://{root}{path}"] = None
            if number:
                candidates |= dict.fromkeys(
                    f"http://{root}/?{parameter}={number}" for parameter in _POST_PARAMETERS
                )
        by_key: dict[str, str] = {}
        for url in candidates:
            by_key.setdefault(url_key(url), url)
        return tuple(by_key.values())

    def relations(
        self, html: str, own_urls: list[str], no_posts: Container[str] = ()
    ) -> tuple[RelationDraft, ...]:
        """Return a relation for each post of this site that a body links to, in link order.

        `no_posts` are normal forms (`hub.text.slugs.url_key`) of urls of other resources.
        """
        base = next((url for url in own_urls if url.startswith("http")), f"http://{self.name}/")
        visited = {url_key(url) for url in own_urls} | {""}
        relations = []
        for link in markup.links(html):
            url = self._post_url(link.href, base)
            key = url_key(url)
            if key not in visited and key not in no_posts:
                visited.add(key)
                relations.append(
                    RelationDraft(
                        kind=RelationKind.INLINE,
                        anchor=link.text[:500] or url,
                        url=url,
                        position=link.position,
                    )
                )
        return tuple(relations)

    def resolve(self, href: str, base: str) -> str:
        """Return the url of this site's post that a link on page `base` leads to; else empty."""
        return self._post_url(href, base)

    def _post_url(self, href: str, base: str) -> str:
        """Return the url of the post that `href` leads to; empty when it is none."""
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
        """Return the path of `url` below the site's root; None when it is on another site."""
        try:
            parts = urlsplit(url)
        except ValueError:
            return None
        host_key = url_key(urlunsplit(parts._replace(query="", path="")))
        for root in self.roots:
            host, _, folder = root.partition("/")
            prefix = f"/{folder}" if folder else ""
            inside = parts.path == prefix or parts.path.startswith(prefix + "/")
            if host_key == host and (inside or not folder):
                return parts.path[len(prefix) :]
        return None
