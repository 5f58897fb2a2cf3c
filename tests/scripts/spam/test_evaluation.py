"""scripts.spam: the kinds of spam, and the figures of `hub eval spam`."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.comments.spam import Submission
from scripts.importers.source import SourceError
from scripts.spam import evaluation
from scripts.spam.kinds import FOREIGN, KINDS, write_comments

WORDS = ("harbour", "ferry", "bridge", "market", "school", "river", "tower", "garden")


def test_the_spam_that_trains_shares_no_text_with_that_which_measures() -> None:
    for kind in (*KINDS, *FOREIGN):
        training = {item.body for item in write_comments(kind, 20, trains=True)}
        measuring = {item.body for item in write_comments(kind, 20, trains=False)}
        assert training == {item.body for item in write_comments(kind, 20, trains=True)}
        assert len(training) > 5
        assert not any("{" in body for body in training | measuring)
    hosts = [
        {host for item in write_comments(kind, 20, trains=trains) for host in _hosts(item.body)}
        for trains in (True, False)
        for kind in KINDS[:1]
    ]
    assert not hosts[0] & hosts[1]


def _hosts(body: str) -> list[str]:
    return Submission("", None, body).hosts


def test_the_figures_are_those_of_what_was_judged() -> None:
    approved = [
        Submission("Rita", None, f"The {one} by the {other} was lovely this {one}.", "en")
        for one in WORDS
        for other in WORDS
    ]
    table = evaluation.measure(approved, splits=1)
    assert table.approved.judged == len(approved) // 2
    assert table.approved.share <= 0.05
    assert {line.judged for line in (*table.kinds, *table.foreign)} == {50}
    assert evaluation.sum_up("all", table.kinds).share >= 0.8


def test_on_real_comments_spam_is_held_and_approved_ones_pass(shared: Path) -> None:
    exports = [shared / "wxr" / name for name in ("bitcoin-france.xml", "cc-labs.xml")]
    approved = evaluation.read_approved(exports)
    assert len(approved) > 200
    table = evaluation.measure(approved, splits=2)
    assert table.approved.share <= 0.02
    assert evaluation.sum_up("all", table.kinds).share >= 0.93
    assert evaluation.sum_up("foreign", table.foreign).share >= 0.9


def test_an_export_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"\x00\x01")
    with pytest.raises(SourceError):
        evaluation.read_approved([tmp_path / "x.bin"])
