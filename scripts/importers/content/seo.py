"""Titles and descriptions for search engines and social networks, of plugins and of Ghost."""

from __future__ import annotations

import re
from collections.abc import Mapping

MAX_LENGTH = 2_000

_NAMES = {
    "seo_title": (
        *("_yoast_wpseo_title", "rank_math_title", "_aioseo_title", "_aioseop_title"),
        *("_seopress_titles_title", "_genesis_title", "_sq_title", "meta_title"),
    ),
    "seo_description": (
        *("_yoast_wpseo_metadesc", "rank_math_description", "_aioseo_description"),
        *("_aioseop_description", "_seopress_titles_desc", "_genesis_description"),
        *("_sq_description", "meta_description"),
    ),
    "seo_keyword": (
        *("_yoast_wpseo_focuskw", "rank_math_focus_keyword", "_aioseo_keywords"),
        "_seopress_analysis_target_kw",
    ),
    "og_title": (
        *("_yoast_wpseo_opengraph-title", "rank_math_facebook_title", "_aioseo_og_title"),
        *("_seopress_social_fb_title", "og_title"),
    ),
    "og_description": (
        *("_yoast_wpseo_opengraph-description", "rank_math_facebook_description"),
        *("_aioseo_og_description", "_seopress_social_fb_desc", "og_description"),
    ),
    "og_image": (
        *("_yoast_wpseo_opengraph-image", "rank_math_facebook_image"),
        *("_seopress_social_fb_img", "og_image"),
    ),
    "twitter_title": ("_yoast_wpseo_twitter-title", "rank_math_twitter_title", "twitter_title"),
    "twitter_description": (
        *("_yoast_wpseo_twitter-description", "rank_math_twitter_description"),
        "twitter_description",
    ),
    "twitter_image": ("_yoast_wpseo_twitter-image", "rank_math_twitter_image", "twitter_image"),
    "image_caption": ("feature_image_caption",),
}
_CANONICAL = (
    *("_yoast_wpseo_canonical", "rank_math_canonical_url", "_aioseo_canonical_url"),
    *("_seopress_robots_canonical", "_genesis_canonical_uri"),
)
_NOINDEX = {
    "_yoast_wpseo_meta-robots-noindex": r"1",
    "rank_math_robots": r".*\bnoindex\b.*",
    "_aioseop_noindex": r"on|1",
    "_seopress_robots_index": r"yes",
    "_genesis_noindex": r"1",
    "_sq_noindex": r"1",
}
"""What a plugin stores of a post that search engines are to leave out."""
# `%%title%% %%sep%%` of Yoast, `%title%` of Rank Math, `#post_title` of All in One SEO.
_VARIABLE = re.compile(r"%%?[a-z_]+%|#(?:post|site|separator|page)_?\w*|%%[a-z_]+")
_TAG = re.compile(r"<[^<>]*>")


def read_metadata(fields: Mapping[str, object]) -> tuple[tuple[str, str], ...]:
    """Return the texts for search engines and social networks, under names of the hub.

    `hub.text.seo` makes some of them public, and `seo_noindex` too.
    Patterns of a plugin, which fill in the title or the site, are no texts.
    """
    pairs = []
    for name, sources in _NAMES.items():
        values = (" ".join(_TAG.sub("", str(fields.get(s) or "")).split()) for s in sources)
        text = next((v for v in values if v and not _VARIABLE.search(v)), "")
        if text:
            pairs.append((name, text[:MAX_LENGTH]))
    stored = ((str(fields.get(name) or "").strip(), words) for name, words in _NOINDEX.items())
    if any(re.fullmatch(words, value, re.DOTALL) for value, words in stored):
        pairs.append(("seo_noindex", "1"))
    return tuple(pairs)


def canonical_url(fields: Mapping[str, object]) -> str | None:
    """Return the canonical address that an editor has set for search engines; None without one."""
    values = (str(fields.get(name) or "").strip() for name in _CANONICAL)
    return next((v for v in values if re.fullmatch(r"https?://\S{1,1990}", v)), None)
