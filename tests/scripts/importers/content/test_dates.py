"""Dates as people and programs write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from scripts.importers.content.dates import parse_date

NOON = datetime(2021, 3, 9, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2021-03-09T12:30:00Z",
        "Tue, 09 Mar 2021 12:30:00 GMT",
        "Tue, 09 Mar 2021 12:30:00 Z",
        "Tue, 09 Mar 2021 19:30:00 GMT+7",
        "Tue, 09 Mar 2021 09:00:00 UTC-03:30",
        "Tue, 09 Mar 2021 13:30:00 CET",
        "Tue, 09 Mar 2021 14:30:00 CEST",
        "Tue, 09 Mar 2021 04:30:00 PST",
        "Di, 09 M\u00e4r 2021 12:30:00",
        "Dienstag, 9. M\u00e4rz 2021 12:30",
        "mar., 09 mars 2021 13:30:00 +0100",
        "mar, 09 mar 2021 12:30:00 +0000",
        "di, 09 mrt 2021 12:30:00".replace("mrt", "maa"),
        "ter, 09 mar\u00e7o 2021 12:30",
        "9 de marzo de 2021 12:30",
        "1615293000",
        "1615293000000",
        1615293000,
    ],
)
def test_a_date_is_read(text: object) -> None:
    assert parse_date(text) == NOON


@pytest.mark.parametrize(
    "text", ["Tue,", "soon", "", "2021", 2021, "99 Mar 2021", "9 Foo 2021", True]
)
def test_what_is_no_date_is_none(text: object) -> None:
    assert parse_date(text) is None
