"""Texts for search engines and social networks, by the names of each plugin."""

from __future__ import annotations

import pytest

from scripts.importers.content import seo


@pytest.mark.parametrize(
    ("fields", "metadata", "canonical"),
    [
        (
            {
                "_yoast_wpseo_title": "Ferries <b>at</b>\n noon",
                "_yoast_wpseo_metadesc": "When they sail",
                "_yoast_wpseo_opengraph-image": "https://a.test/i.png",
                "_yoast_wpseo_canonical": "https://b.test/ferries",
            },
            {
                "seo_title": "Ferries at noon",
                "seo_description": "When they sail",
                "og_image": "https://a.test/i.png",
            },
            "https://b.test/ferries",
        ),
        (
            {"rank_math_title": "%title% %sep% %sitename%", "rank_math_focus_keyword": "ferry"},
            {"seo_keyword": "ferry"},
            None,
        ),
        ({"_yoast_wpseo_title": "%%title%% %%page%%"}, {}, None),
        ({"_yoast_wpseo_meta-robots-noindex": "1"}, {"seo_noindex": "1"}, None),
        ({"_yoast_wpseo_meta-robots-noindex": "2", "_genesis_noindex": "0"}, {}, None),
        ({"rank_math_robots": 'a:1:{i:0;s:7:"noindex";}'}, {"seo_noindex": "1"}, None),
        ({"rank_math_robots": 'a:1:{i:0;s:5:"index";}'}, {}, None),
        (
            {"_aioseo_title": "#post_title | #site_title", "_aioseo_description": "50 % off"},
            {"seo_description": "50 % off"},
            None,
        ),
        (
            {"meta_title": "Boats", "og_description": "All", "email_subject": "x"},
            {"seo_title": "Boats", "og_description": "All"},
            None,
        ),
        ({"_yoast_wpseo_canonical": "javascript:x", "meta_title": None}, {}, None),
    ],
)
def test_texts_have_the_names_of_the_hub(
    fields: dict[str, object], metadata: dict[str, str], canonical: str | None
) -> None:
    assert dict(seo.read_metadata(fields)) == metadata
    assert seo.canonical_url(fields) == canonical
