"""hub.text.deltas: a text is rebuilt from its delta, which is as short as the change."""

from __future__ import annotations

import orjson
from hypothesis import given
from hypothesis import strategies as st

from hub.text import deltas

TEXTS = st.lists(st.sampled_from(["<p>", "One sentence. ", "é🎉, ", "\n", "x"]), max_size=30).map(
    "".join
)


@given(TEXTS | st.text(), TEXTS | st.text())
def test_a_delta_rebuilds_the_text(old: str, new: str) -> None:
    delta = orjson.loads(orjson.dumps(deltas.encode(old, new)))
    assert deltas.apply(old, delta) == new


def test_a_delta_is_as_long_as_the_change() -> None:
    old = "".join(f"<p>Sentence number {number} of a long text.</p>\n" for number in range(2_000))
    moved = old[40_000:] + old[:40_000]
    for new in (
        old.replace("number 7 ", "number seven "),
        old.replace("number 7 ", "x ").replace("number 1500 ", "y "),
        moved,
    ):
        assert len(orjson.dumps(deltas.encode(old, new))) < 400
