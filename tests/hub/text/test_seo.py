"""The public part of metadata: read and replaced by one rule, and found by SQL by the same."""

from __future__ import annotations

import json
import sqlite3

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from hub.errors import Invalid
from hub.text import seo
from hub.text.seo import Seo

NAMES = st.sampled_from(("seo_title", "seo_description", "og_image", "seo_noindex", "mood"))
TEXT = st.sampled_from(("1", "0", "/a.jpg", "javascript:x")) | st.text(max_size=9)
METADATA = st.dictionaries(NAMES | TEXT, TEXT, max_size=6)
LINE = st.text(st.characters(categories=["L"]), min_size=1, max_size=9)
SEO = st.builds(
    Seo, st.none() | LINE, st.none() | LINE, st.none() | st.just("/a.jpg"), st.booleans()
)
PUBLIC = {"seo_title", "seo_description", "og_image", "seo_noindex"}


@given(METADATA, SEO)
def test_the_public_part_is_replaced_and_the_rest_stays(values: dict[str, str], new: Seo) -> None:
    merged = seo.merge(json.dumps(values, ensure_ascii=False), new)
    assert seo.read(merged) == new
    rest = {name: value for name, value in json.loads(merged or "{}").items() if name not in PUBLIC}
    assert rest == {name: value for name, value in values.items() if name not in PUBLIC}
    assert seo.merge(merged, new) == merged


@given(METADATA)
@example({"mood": '{"seo_noindex": "1"', 'x, "seo_noindex': "1", "seo-noindex": "1"})
def test_sql_finds_what_is_not_to_be_indexed(values: dict[str, str]) -> None:
    text = json.dumps(values, ensure_ascii=False)
    condition = " OR ".join(["? LIKE ? ESCAPE '\\'"] * 2)
    first, second = seo.NOINDEX_PATTERNS
    [found] = sqlite3.connect(":memory:").execute(
        f"SELECT {condition}", [text, first, text, second]
    )
    assert bool(found[0]) == seo.read(text).noindex


@pytest.mark.parametrize(
    ("new", "place"),
    [
        (Seo(title="x" * 501), "seo.title"),
        (Seo(description="x" * 2_001), "seo.description"),
        (Seo(image="javascript:x"), "seo.image"),
    ],
)
def test_what_is_out_of_bounds_is_told(new: Seo, place: str) -> None:
    with pytest.raises(Invalid, match=place.partition(".")[2]):
        seo.merge(None, new)
