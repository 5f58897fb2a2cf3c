"""Rendering of the hub's own pages: templates that escape, and a policy without inline scripts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.templating import Jinja2Templates

from hub.settings import Settings
from schema.web.static_files import FILES
from schema.web.words import ENGLISH, Words

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' https: data:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "content-security-policy": POLICY,
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
}

SCRIPTLESS_POLICY = POLICY.replace("script-src 'self'; ", "")
"""The policy of pages without a script."""

HTML = "text/html; charset=utf-8"
DOCS = Path(__file__).parents[2] / "docs"
"""The hub's documentation; not there where it was installed without its clone."""

ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'%3E"
    "%3Ccircle cx='4.5' cy='4.5' r='3.5' fill='%238a1f2b'/%3E%3C/svg%3E"
)


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a page; addresses are absolute, `feed` is the query string of its feeds.

    `alternates` are the addresses of the page in other languages, by language tag. `json_ld` is
    JSON that is escaped for a `<script>`. `turn` holds the query strings of the page's neighbours
    by their relation, `prev` and `next`. `full_title` is shown whole, in place of `title` with the
    name of the site.
    """

    title: str
    full_title: str = ""
    description: str = ""
    canonical: str = ""
    og_type: str = "website"
    image: str = ""
    image_alt: str = ""
    language: str = ""
    published: str = ""
    modified: str = ""
    alternates: Mapping[str, str] = field(default_factory=dict)
    card: str = ""
    feed: str = ""
    json_ld: str = ""
    robots: str = ""
    turn: Mapping[str, str] = field(default_factory=dict)
    css: str = ""
    scripts: Collection[str] = ("hub-search.js",)


def has_docs(settings: Settings) -> bool:
    """Tell whether `/docs/` is served."""
    return settings.start_page and DOCS.is_dir()


def render_page(
    settings: Settings,
    template: str,
    head: Head,
    *,
    root: str = "./",
    translate: Words = ENGLISH,
    **values: object,
) -> bytes:
    """Render a template of `templates/`; `values` are its variables, text unless it says otherwise.

    `translate` has the words of the page's language; it is `t` in templates.
    Its links are relative: `root` leads from the page to the hub's start page.
    """
    site = settings.site_url if settings.site_url.startswith(("http://", "https://")) else root
    return (
        _TEMPLATES.get_template(template)
        .render(
            head=head,
            t=translate,
            root=root,
            site_name=settings.site_name,
            site_url=site,
            is_introspectable=settings.introspection,
            has_docs=has_docs(settings),
            clicks=settings.track_clicks,
            article_url="" if settings.article_url else f"{root}stories/{{language}}/{{slug}}",
            **values,
        )
        .encode()
    )


def policy(frames: Collection[str] = (), *, has_media: bool = False) -> str:
    """Return the policy of a page with frames of these origins, and perhaps sounds and films."""
    more = [f"frame-src {' '.join(sorted(frames))}"] if frames else []
    more += ["media-src 'self' https:"] if has_media else []
    return "; ".join([POLICY, *more])


def secure(url: str, base: str = "") -> str:
    """Return the address of a picture by HTTPS: the policy admits no other, but those at `base`."""
    is_insecure = url[:7].lower() == "http://" and not (base and url.startswith(base))
    return f"https://{url[7:]}" if is_insecure else url


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters["segment"] = partial(quote, safe="")
    environment.globals |= {"icon": ICON, "file": FILES.fingerprinted_name}
    return environment


_TEMPLATES = Jinja2Templates(env=_environment())
