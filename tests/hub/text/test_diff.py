"""hub.text.diff: the segments of two texts rebuild both, change as little as can be, and end."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.text.diff import Change, compare

TEXTS = st.lists(st.sampled_from(["one ", "two ", "end. ", "\n", "three"]), max_size=40).map(
    "".join
)


@given(TEXTS | st.text(), TEXTS | st.text())
def test_the_segments_rebuild_both_texts(old: str, new: str) -> None:
    segments = compare(old, new)
    assert "".join(text for change, text in segments if change is not Change.ADDED) == old
    assert "".join(text for change, text in segments if change is not Change.REMOVED) == new
    assert all(text for _, text in segments)
    pairs = pairwise(segments)
    assert all(before.change is not after.change for before, after in pairs)


def test_a_changed_word_is_all_that_differs() -> None:
    assert compare("Ice on the lake.\nMore to come.", "Ice on the river.\nMore to come.") == [
        (Change.SAME, "Ice on the "),
        (Change.REMOVED, "lake"),
        (Change.ADDED, "river"),
        (Change.SAME, ".\nMore to come."),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a b " * 30_000, "b a " * 30_000),
        ("x\n" * 20_000, "y\nx\n" * 20_000),
        ("a. b! " * 20_000, "b! c. " * 20_000),
    ],
)
def test_long_repetitive_texts_are_compared_in_coarser_parts(old: str, new: str) -> None:
    """Word by word, these would take hours."""
    segments = compare(old, new)
    assert "".join(text for change, text in segments if change is not Change.REMOVED) == new
