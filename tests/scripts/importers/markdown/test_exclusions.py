"""What a configuration leaves out, and the time that its patterns take."""

from __future__ import annotations

import time
from pathlib import Path, PurePosixPath

import pytest

from scripts.importers.markdown.configuration import SiteConfig
from scripts.importers.markdown.exclusions import Exclusions


def _excludes(root: Path, expression: str, place: str) -> bool:
    config = SiteConfig("hugo", values={"ignoreFiles": [expression]})
    return bool(Exclusions(root, config).reason(PurePosixPath(place)))


@pytest.mark.parametrize(
    ("expression", "excluded", "kept"),
    [
        (r"\.secret\.md$", "a.secret.md", "secret.md"),
        ("^drafts/.*", "drafts/a.md", "a/drafts/b.md"),
        ("a.*b.+c$", "xaabbbcc", "abc"),
        ("a.*[bc]+d.*d", "abcdbd", "abcd"),
        ("[0-9]+-[a-z]?x.*[.]md$", "12-x.md", "12-.md"),
        (".+.+a", "xxa", "xa"),
    ],
)
def test_a_plain_expression_of_hugo_leaves_out_what_it_matches(
    expression: str, excluded: str, kept: str, tmp_path: Path
) -> None:
    assert _excludes(tmp_path, expression, excluded)
    assert not _excludes(tmp_path, expression, kept)


@pytest.mark.parametrize("expression", [".*.*.*.*x", ".+.+.+.+x", "[a]*[a]*.*.*x"])
def test_an_expression_of_many_repetitions_takes_no_time(expression: str, tmp_path: Path) -> None:
    start = time.process_time()
    assert not _excludes(tmp_path, expression, "a" * 150)
    assert time.process_time() - start < 1.0
