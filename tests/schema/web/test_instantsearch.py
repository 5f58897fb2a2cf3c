"""The search adapter's JSON, as InstantSearch sends it and reads the answer."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.models import Status
from schema.web.instantsearch.endpoint import MAX_REQUESTS
from schema.web.instantsearch.filters import FIELDS, BadParams, Term, parse_filters
from schema.web.instantsearch.params import INDEXES, parse_requests
from search_index.query import FacetField, Sort
from tests.support.factories import an_article
from tests.support.hub import Client

pytestmark = [pytest.mark.anyio, pytest.mark.databases]
MARKS = {"highlightPreTag": "__ais-highlight__", "highlightPostTag": "__/ais-highlight__"}


async def ask(client: Client, *requests: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await client.http.post("/instantsearch", json={"requests": list(requests)})
    assert answer.status_code == 200, answer.text
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


async def search(client: Client, index: str = "articles", **params: Any) -> dict[str, Any]:
    [result] = await ask(client, {"indexName": index, "params": params})
    return result


async def test_answers_are_compressed_for_who_takes_that(demo: Client) -> None:
    body = {"requests": [{"indexName": "articles", "params": {"query": "ferry"}}]}
    answers = [
        await demo.http.post("/instantsearch", json=body, headers={"accept-encoding": coding})
        for coding in ("identity", "br", "gzip")
    ]
    assert [answer.headers.get("content-encoding") for answer in answers] == [None, "br", "gzip"]
    assert len({str(answer.json()["results"][0]["hits"]) for answer in answers}) == 1
    assert "Accept-Encoding" in answers[0].headers["vary"]


async def test_a_search_has_all_that_widgets_read(demo: Client) -> None:
    result = await search(demo, query="bakery oven", hitsPerPage=2, facets=["topics"], **MARKS)
    assert result["nbHits"] >= 2
    assert (result["page"], result["hitsPerPage"], result["query"]) == (0, 2, "bakery oven")
    assert result["nbPages"] == -(-result["nbHits"] // 2)
    assert result["facets"]["topics"]
    hit = result["hits"][0]
    assert hit["title"] == "Wexler's bakery lights a second oven"
    title = hit["_highlightResult"]["title"]
    assert title["value"].startswith("Wexler's __ais-highlight__bakery__/ais-highlight__")
    assert title["matchLevel"] == "full"
    assert "bakery" in title["matchedWords"]
    assert hit["objectID"]
    assert hit["topics"]
    assert hit["url"].startswith("http://hub.test/stories/wexler-ovens")


@pytest.mark.parametrize("form", ["object", "text", "flat"])
async def test_every_version_of_the_adapter_is_understood(form: str, demo: Client) -> None:
    params = {"query": "ferry", "hitsPerPage": 3, "facetFilters": [["topics:Shipyard"]]}
    texts = {name: v if isinstance(v, str) else json.dumps(v) for name, v in params.items()}
    forms: dict[str, dict[str, Any]] = {
        "object": {"params": params},
        "text": {"params": urlencode(texts)},
        "flat": params,
    }
    body = json.dumps({"requests": [{"indexName": "articles", **forms[form]}]})
    answer = await demo.http.post(
        "/1/indexes/*/queries",
        content=body,
        headers={"content-type": "application/x-www-form-urlencoded"},
    )
    [result] = answer.json()["results"]
    assert result["hits"]
    assert all("Shipyard" in hit["topics"] for hit in result["hits"])


async def test_facets_are_disjunctive_in_one_round_trip(demo: Client) -> None:
    chosen = [["topics:Shipyard", "topics:Health"]]
    narrowed, counts, alone = await ask(
        demo,
        {"indexName": "articles", "params": {"query": "ferry", "facetFilters": chosen}},
        {
            "indexName": "articles",
            "params": {"query": "ferry", "hitsPerPage": 0, "facets": "topics"},
        },
        {
            "indexName": "articles",
            "params": {"query": "ferry", "facetFilters": chosen, "facets": ["topics"]},
        },
    )
    assert all({"Shipyard", "Health"} & set(hit["topics"]) for hit in narrowed["hits"])
    assert counts["hits"] == []
    assert counts["nbHits"] > narrowed["nbHits"]
    assert len(counts["facets"]["topics"]) > 2
    # A query's own filters narrow its own counts: "or" facets are asked for without them.
    assert alone["nbHits"] == narrowed["nbHits"]
    assert alone["facets"]["topics"]["Shipyard"] == counts["facets"]["topics"]["Shipyard"]
    assert sum(alone["facets"]["topics"].values()) < sum(counts["facets"]["topics"].values())
    unknown = await search(demo, query="ferry", facetFilters=["authors:Nobody at all"])
    assert unknown["nbHits"] == 0


async def search_hits(demo: Client, **params: Any) -> list[dict[str, Any]]:
    result = await search(demo, hitsPerPage=100, **params)
    assert len(result["hits"]) == result["nbHits"]
    hits: list[dict[str, Any]] = result["hits"]
    return hits


async def test_hits_are_excluded_and_narrowed_by_several_values_at_once(demo: Client) -> None:
    everything = await search_hits(demo, query="")
    both = await search_hits(demo, query="", facetFilters=["topics:Shipyard", "topics:Council"])
    assert 0 < len(both) < len(everything)
    assert all({"Shipyard", "Council"} <= set(hit["topics"]) for hit in both)
    without = await search_hits(demo, query="", facetFilters=["topics:-Harbour"])
    assert without
    assert len(without) + len(
        await search_hits(demo, query="", facetFilters=["topics:Harbour"])
    ) == len(everything)
    mixed = await search_hits(demo, query="", facetFilters=[["topics:Shipyard", "year:2025"]])
    assert all("Shipyard" in hit["topics"] or hit["year"] == "2025" for hit in mixed)
    years = await search_hits(demo, query="", facetFilters=[["year:2025", "year:2026"]])
    assert {hit["year"] for hit in years} == {"2025", "2026"}


@pytest.mark.parametrize(
    ("name", "value", "status"),
    [
        ("tagFilters", ["sport"], 400),
        ("tagFilters", "sport", 400),
        ("tagFilters", "", 200),
        ("tagFilters", [], 200),
        ("tagFilters", "[]", 200),
        ("aroundLatLng", "40.7, -74", 400),
        ("insideBoundingBox", [[47.3, -0.1, 45.2, 3.4]], 400),
        ("insidePolygon", "[[47.3, -0.1, 45.2, 3.4, 46, 1]]", 400),
        ("optionalFilters", ["topics:Sport"], 200),  # moves hits, narrows none
    ],
)
async def test_what_would_narrow_hits_by_what_there_is_not_is_refused(
    name: str, value: object, status: int, demo: Client
) -> None:
    body = {"requests": [{"indexName": "articles", "params": {"query": "ferry", name: value}}]}
    answer = await demo.http.post("/instantsearch", json=body)
    assert answer.status_code == status
    assert status == 200 or name in answer.json()["message"]


async def test_filters_say_the_same_in_words(demo: Client) -> None:
    by_lists = await search_hits(
        demo,
        query="",
        facetFilters=[
            ["topics:Shipyard", "topics:Flood barrier"],
            "language:en",
            "authors:-Nora Quill",
        ],
        numericFilters=["timestamp>=1735689600", "timestamp<=1790000000"],
    )
    in_words = await search_hits(
        demo,
        query="",
        filters='(topics:Shipyard OR topics:"Flood barrier") AND language:en'
        " AND NOT authors:'Nora Quill' AND timestamp:1735689600 TO 1790000000",
    )
    assert by_lists == in_words != []
    assert await search_hits(demo, query="", filters="topics:Nowhere") == []
    assert await search_hits(demo, query="", filters="NOT topics:Nowhere") == await search_hits(
        demo, query=""
    )


async def test_values_of_a_facet_can_be_searched(demo: Client) -> None:
    path = "/1/indexes/articles/facets/topics/query"
    answer = await demo.http.post(path, json={"params": "facetQuery=bar%20FLO&query=harbour"})
    [hit] = answer.json()["facetHits"]
    assert hit["value"] == "Flood barrier"
    assert hit["highlighted"] == "<em>Flo</em>od <em>bar</em>rier"
    assert hit["count"] > 0
    request = {"type": "facet", "facet": "authors", "indexName": "articles"}
    [authors] = await ask(demo, {**request, "params": {"facetQuery": "tomas", **MARKS}})
    [brandt] = authors["facetHits"]
    assert brandt["highlighted"] == "__ais-highlight__Tomás__/ais-highlight__ Brandt"
    [nobody] = await ask(demo, {**request, "params": {"facetQuery": "omas"}})
    assert nobody["facetHits"] == []
    [most] = await ask(demo, {**request, "params": {"facetQuery": "", "maxFacetHits": 2}})
    assert len(most["facetHits"]) == 2
    for path in ("articles/facets/price/query", "other/facets/topics/query"):
        refused = await demo.http.post(f"/1/indexes/{path}", json={})
        assert refused.status_code == 400


async def test_one_index_is_asked_at_its_own_address(demo: Client) -> None:
    answer = await demo.http.post("/1/indexes/articles_newest/query", json={"query": "ferry"})
    assert answer.json() == {
        **(await search(demo, "articles_newest", query="ferry")),
        "processingTimeMS": answer.json()["processingTimeMS"],
    }


async def test_sliders_learn_from_when_to_when(demo: Client) -> None:
    result = await search(demo, query="", facets=["timestamp", "language"], hitsPerPage=100)
    times = [hit["timestamp"] for hit in result["hits"] if hit["timestamp"]]
    assert result["facets_stats"]["timestamp"] == {"min": min(times), "max": max(times)}
    assert set(result["facets"]) == {"timestamp", "language"}
    nothing = await search(demo, query="xylographic", facets=["timestamp"])
    assert "facets_stats" not in nothing


async def test_only_the_attributes_that_are_asked_for_are_sent(demo: Client) -> None:
    result = await search(
        demo,
        query="bakery",
        attributesToRetrieve=["title", "slug"],
        attributesToHighlight=["title"],
        attributesToSnippet=["body:20"],
        restrictSearchableAttributes=["title"],
        clickAnalytics=True,
    )
    hit = result["hits"][0]
    assert set(hit) == {"objectID", "title", "slug", "_highlightResult", "_snippetResult"}
    assert set(hit["_highlightResult"]) == {"title"}
    assert set(hit["_snippetResult"]) == {"body"}


async def test_pages_are_turned_by_number(demo: Client) -> None:
    everything = await search(demo, query="", hitsPerPage=100, facets=["*"])
    titles = [hit["objectID"] for hit in everything["hits"]]
    assert len(titles) == everything["nbHits"] > 40
    turned: list[str] = []
    for page in range(-(-len(titles) // 7)):
        result = await search(demo, query="", hitsPerPage=7, page=page)
        assert result["page"] == page
        turned += [hit["objectID"] for hit in result["hits"]]
    assert turned == titles
    for page in (len(titles) // 7 + 1, 10_000):
        beyond = await search(demo, query="", hitsPerPage=7, page=page)
        assert beyond["hits"] == []
        assert beyond["nbHits"] == len(titles)


async def test_orders_years_and_times(demo: Client) -> None:
    newest = await search(demo, "articles_newest", query="ferry", hitsPerPage=50)
    times = [hit["timestamp"] for hit in newest["hits"]]
    assert times == sorted(times, reverse=True)
    year = await search(demo, query="ferry", facetFilters=["year:2025"], hitsPerPage=50)
    assert {hit["year"] for hit in year["hits"]} == {"2025"}
    middle = times[len(times) // 2]
    later = await search(
        demo, query="ferry", numericFilters=[f"timestamp>={middle}"], hitsPerPage=50
    )
    assert min(hit["timestamp"] for hit in later["hits"]) == middle


async def test_texts_are_escaped_unless_the_front_end_does_it(client: Client) -> None:
    id_ = await an_article("Tides <b>& ebbs</b>")
    assert await client.indexer.wait(id_)
    escaped = await search(client, query="tides")
    assert escaped["hits"][0]["_highlightResult"]["title"]["value"] == (
        "<em>Tides</em> &lt;b&gt;&amp; ebbs&lt;/b&gt;"
    )
    raw = await search(client, query="tides", **MARKS)
    assert raw["hits"][0]["_highlightResult"]["title"]["value"] == (
        "__ais-highlight__Tides__/ais-highlight__ <b>& ebbs</b>"
    )


async def test_only_what_is_public_is_found(client: Client) -> None:
    id_ = await an_article("Secret tides", status=Status.DRAFT)
    assert await client.indexer.wait(id_)
    body = {"requests": [{"indexName": "articles", "params": {"query": "", "facets": "*"}}]}
    answer = await client.http.post("/instantsearch", json=body, headers=client.editor)
    assert answer.json()["results"][0]["nbHits"] == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[1]",
        b'{"requests": 3}',
        b'{"requests": [{"indexName": "other"}]}',
        b'{"requests": [{"indexName": {"a": 1}}]}',
        b'{"requests": [{"indexName": "articles", "params": 3}]}',
        b'{"requests": [{"indexName": "articles", "page": -1}]}',
        b'{"requests": [{"indexName": "articles", "page": "x"}]}',
        b'{"requests": [{"indexName": "articles", "hitsPerPage": 1001}]}',
        b'{"requests": [{"indexName": "articles", "hitsPerPage": 1000}]}',  # costs too much
        b'{"requests": [{"indexName": "articles", "offset": -1}]}',
        b'{"requests": [{"indexName": "articles", "attributesToSnippet": ["body:x"]}]}',
        b'{"requests": [{"indexName": "articles", "numericFilters": ["year>10000"]}]}',
        b'{"requests": [{"indexName": "articles", "facetFilters": "[["}]}',
        b'{"requests": [{"indexName": "articles", "facetFilters": ["topics"]}]}',
        b'{"requests": [{"indexName": "articles", "type": "facet", "facet": "price"}]}',
        b'{"requests": [{"indexName": "articles", "numericFilters": [["commentCount>3", "x"]]}]}',
        b'{"requests": [{"indexName": "articles", "numericFilters": ["timestamp>999999999999"]}]}',
        b'{"requests": [{"indexName": "articles", "numericFilters": ["price<3"]}]}',
        b'{"requests": [{"indexName": "articles", "hitsPerPage": 1e400}]}',
        b'{"requests": [{"indexName": "articles", "filters": "topics:a OR kind:b AND year:2026"}]}',
        b'{"requests": [{"indexName": "articles", "filters": ["topics:a"]}]}',
        *(
            json.dumps({"requests": [{"indexName": "articles", "filters": text}]}).encode()
            for text in (
                *("a", "topics:", "topics:a topics:b", "NOT", "topics:a OR", "AND topics:a"),
                *("NOT (topics:a OR)", "()", "(topics:a", "topics:a)", "price > 3"),
                *("NOT timestamp>", "year>20200 OR topics:a", "hierarchicalTopics.lvl99:a"),
                *("(" * 11 + "topics:a" + ")" * 11, "topics:a (topics:b)"),
                " OR ".join(f"(topics:{n} AND kind:{n})" for n in range(8)),
                *("timestamp:3", 'topics:"a', "topics:a " * 1000, "(" * 2000),
            )
        ),
        json.dumps({"requests": [{"indexName": "articles"}] * (MAX_REQUESTS + 1)}).encode(),
        b" " * 1_000_001,
    ],
)
async def test_a_bad_request_is_told(body: bytes, client: Client) -> None:
    answer = await client.http.post("/instantsearch", content=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["status"] == 400
    assert len(answer.json()["message"]) < 300


values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
names = st.sampled_from(
    [
        "params",
        "query",
        "page",
        "hitsPerPage",
        "facets",
        "facetFilters",
        "numericFilters",
        "filters",
        "maxValuesPerFacet",
        "highlightPreTag",
        "indexName",
    ]
)
terms = st.from_regex(r"(topics|year|timestamp)[:<>=]{1,2}[0-9a-z\\-]{0,12}", fullmatch=True)
requests = st.dictionaries(names, values | terms | st.lists(terms | st.lists(terms)))


@given(st.lists(requests, max_size=3), st.booleans())
def test_any_request_is_read_or_refused(items: list[dict[str, Any]], with_index: bool) -> None:
    complete = [{**item, "indexName": "articles"} if with_index else item for item in items]
    with suppress(BadParams):
        parse_requests(orjson.dumps({"requests": complete}), MAX_REQUESTS)


words = st.sampled_from(
    ["topics:a", 'authors:"b c"', "NOT", "AND", "OR", "(", ")", "timestamp>3", "timestamp:1 TO 2"]
)


@given(st.lists(words | st.text(max_size=4), max_size=9).map(" ".join))
def test_any_filters_are_read_or_refused(text: str) -> None:
    with suppress(BadParams):
        read_ = parse_filters(None, None, text)
        assert read_ == parse_filters(None, None, f" {text} ")


async def test_the_method_is_told(client: Client) -> None:
    assert (await client.http.get("/instantsearch")).status_code == 405


def test_tables_are_complete() -> None:
    """Each sort is an index, each facet an attribute."""
    assert set(INDEXES.values()) == set(Sort)
    assert set(FIELDS.values()) == set(FacetField)


async def test_one_request_has_a_highest_cost(demo: Client) -> None:
    path = "/1/indexes/articles/query"
    plain: dict[str, Any] = {"attributesToHighlight": [], "attributesToSnippet": []}
    for size, others, status in ((660, {}, 200), (1000, {}, 400), (1000, plain, 200)):
        answer = await demo.http.post(path, json={"hitsPerPage": size, **others})
        assert answer.status_code == status, answer.text[:200]
        assert status == 200 or "hits without highlights" in answer.json()["message"]


async def test_a_batch_has_a_highest_cost(demo: Client) -> None:
    """Of hits, facets and far pages together; the usual batches of front ends are below it."""
    full = {"indexName": "articles", "params": {"hitsPerPage": 100}}
    facets = {"indexName": "articles", "params": {"hitsPerPage": 0, "facets": ["*"]}}
    page = {"indexName": "articles", "params": {"hitsPerPage": 20, "facets": ["*"]}}
    for requests, status in (
        ([full] * 6, 200),
        ([full] * 7, 400),
        ([page, *[facets] * 12], 200),
        ([page] * MAX_REQUESTS, 400),
    ):
        answer = await demo.http.post("/instantsearch", json={"requests": requests})
        assert answer.status_code == status, answer.text[:200]
        assert status == 200 or "at most 10000 are allowed" in answer.json()["message"]


leaves = st.tuples(st.sampled_from("abc"), st.booleans())
expressions = st.recursive(
    leaves,
    lambda inner: st.tuples(
        st.sampled_from(["AND", "OR"]), st.lists(inner, min_size=2, max_size=3), st.booleans()
    ),
    max_leaves=6,
)


def written(expression: Any) -> str:
    if len(expression) == 2:
        value, negated = expression
        return f"{'NOT ' * negated}topics:{value}"
    operator, operands, negated = expression
    inner = f" {operator} ".join(map(written, operands))
    return f"{'NOT ' * negated}({inner})"


def holds(expression: Any, topics: frozenset[str]) -> bool:
    if len(expression) == 2:
        return bool((expression[0] in topics) != expression[1])
    operator, operands, negated = expression
    results = [holds(operand, topics) for operand in operands]
    return bool((all(results) if operator == "AND" else any(results)) != negated)


@given(expressions)
def test_filters_mean_what_they_say(expression: Any) -> None:
    with suppress(BadParams):  # written out, some have too many values
        parsed = parse_filters(None, None, written(expression)).groups
        groups = [[term for term in group if isinstance(term, Term)] for group in parsed]
        for topics in map(frozenset, ("", "a", "b", "c", "ab", "ac", "bc", "abc")):
            matches = all(
                any((term.value in topics) != term.negated for term in group) for group in groups
            )
            assert matches == holds(expression, topics)


async def test_years_are_compared_and_scores_of_filters_left_out(demo: Client) -> None:
    everything = await search_hits(demo, query="")
    for text, years in (
        ("year>=2026", {"2026"}),
        ("year:2024 TO 2025", {"2024", "2025"}),
        ("year != 2025", {"2024", "2026"}),
    ):
        expected = [hit["objectID"] for hit in everything if hit["year"] in years]
        for params in ({"filters": text}, {"numericFilters": [text]}):
            hits = await search_hits(demo, query="", **params)
            assert sorted(hit["objectID"] for hit in hits) == sorted(expected) != []
    scored = await search_hits(
        demo, query="", filters="topics:Shipyard<score=3> OR topics:'Flood barrier'<score=1>"
    )
    lists = [["topics:Shipyard<score=3>", "topics:Flood barrier"]]
    assert scored == await search_hits(demo, query="", facetFilters=lists) != []


async def test_hits_from_an_offset_on(demo: Client) -> None:
    everything = [hit["objectID"] for hit in await search_hits(demo, query="")]
    result = await search(demo, query="", offset=3, length=5)
    assert [hit["objectID"] for hit in result["hits"]] == everything[3:8]
    assert (result["offset"], result["length"]) == (3, 5)
    assert {"page", "nbPages", "hitsPerPage"}.isdisjoint(result)
    assert (await search(demo, query="", offset=10_000, length=5))["hits"] == []


async def test_a_page_of_many_hits(client: Client) -> None:
    ids = [await an_article(f"Tide number {number}") for number in range(120)]
    assert await client.indexer.wait(ids[-1])
    plain: dict[str, Any] = {"attributesToHighlight": [], "attributesToSnippet": []}
    result = await search(client, query="tide", hitsPerPage=1000, **plain)
    assert result["nbHits"] == len({hit["objectID"] for hit in result["hits"]}) == 120
    later = await search(client, query="tide", hitsPerPage=110, page=1, **plain)
    assert later["hits"] == result["hits"][110:]


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        (["*"], {"title", "image"}),
        (["*", "-image"], {"title"}),
        (["title", "image", "-image"], {"title"}),
        (["-image"], set()),
        ([], set()),
    ],
)
async def test_attributes_are_excluded(asked: list[str], sent: set[str], demo: Client) -> None:
    result = await search(demo, query="ferry", hitsPerPage=1, attributesToRetrieve=asked)
    assert {"title", "image"} & set(result["hits"][0]) == sent


@pytest.mark.parametrize(
    ("tags", "shown"),
    [
        (("__aa-highlight__", "__/aa-highlight__"), '\'s <b>tide</b> & "ebb"'),
        (("[", "]"), '\'s <b>tide</b> & "ebb"'),
        (("<mark>", "</mark>"), '\'s &lt;b&gt;tide&lt;/b&gt; &amp; "ebb"'),
    ],
)
async def test_texts_are_escaped_where_tags_are_markup(
    tags: tuple[str, str], shown: str, client: Client
) -> None:
    id_ = await an_article('Ann\'s <b>tide</b> & "ebb"', topics=["Ann's <b>"])
    assert await client.indexer.wait(id_)
    before, after = tags
    result = await search(client, query="ann", highlightPreTag=before, highlightPostTag=after)
    marked = result["hits"][0]["_highlightResult"]
    assert marked["title"]["value"].replace(before, "").replace(after, "") == f"Ann{shown}"
    [topic] = marked["topics"]
    assert topic["matchLevel"] == "full"
    assert topic["value"].startswith(f"{before}Ann")
    assert ("&lt;b&gt;" in topic["value"]) == ("<" in before)


async def test_snippets_have_so_many_words_and_a_beginning_where_nothing_matched(
    client: Client,
) -> None:
    words = [f"word{number}" for number in range(60)]
    text = " ".join([*words[:40], "lighthouse", *words[40:]])
    id_ = await an_article("Harbour", body=text)
    assert await client.indexer.wait(id_)
    sized: dict[str, Any] = {"attributesToSnippet": ["body:8"], "snippetEllipsisText": "[…]"}

    async def snippet(query: str, **params: Any) -> str:
        result = await search(client, query=query, **params)
        value: str = result["hits"][0]["_snippetResult"]["body"]["value"]
        return value

    assert await snippet("lighthouse", **sized) == (
        "[…]word38 word39 <em>lighthouse</em> word40 word41 word42 word43 word44[…]"
    )
    assert await snippet("harbour", **sized) == " ".join(words[:8]) + "[…]"
    assert (await snippet("harbour")).startswith("word0 word1")
    short = await an_article("Quay", body="Two words.")
    assert await client.indexer.wait(short)
    assert await snippet("quay", **sized) == "Two words."


async def test_an_unknown_index_refuses_its_own_query_alone(demo: Client) -> None:
    known = {"indexName": "articles", "params": {"query": "ferry"}}
    refused, found = await ask(demo, {"indexName": "products", "query": "ferry"}, known)
    assert (refused["status"], refused["hits"], refused["nbHits"]) == (404, [], 0)
    assert "articles_newest" in refused["message"]
    assert found["hits"]
