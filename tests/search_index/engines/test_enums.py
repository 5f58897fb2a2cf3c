"""Members of enums that an engine does not implement are errors, and never treated as others."""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest

from search_index.engine import SearchEngine
from search_index.query import Condition, EngineError, Filter, SearchQuery
from tests.support.documents import a_document

pytestmark = pytest.mark.anyio


class Unknown(Enum):
    """Stand-in for members that are added later, for instance of FacetField and of Sort."""

    WEEK = "WEEK"
    LONGEST = "LONGEST"


WEEK: Any = Unknown.WEEK
LONGEST: Any = Unknown.LONGEST


@pytest.mark.parametrize(
    ("_case", "query"),
    [
        ("a facet", SearchQuery("bread", facets=(WEEK,))),
        (
            "a condition",
            SearchQuery("bread", filter=Filter(conditions=((Condition(WEEK, frozenset({"1"})),),))),
        ),
        ("a sort", SearchQuery("bread", sort=LONGEST)),
    ],
)
async def test_unknown_members_are_errors(
    engine: SearchEngine, _case: str, query: SearchQuery
) -> None:
    await engine.write([a_document(1, "Bread")], [])
    with pytest.raises(EngineError, match="unreachable"):
        await engine.search(query)
