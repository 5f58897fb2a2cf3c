"""Topics and authors by GraphQL; pages, feeds and search follow their new names."""

from __future__ import annotations

import json
from typing import Any

import anyio
import pytest

from schema.ids import TOPIC, global_id
from tests.support.factories import an_article
from tests.support.hub import Client

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

TOPIC_BY_SLUG = "query($slug: String!) { topic(slug: $slug) { id slug name articleCount } }"
HITS = """query($slug: String!) { search(query: "", filter: {topics: [$slug]}) {
  totalCount facets { buckets { value label } } } }"""


ONE_FACET = """query($slug: String!) { search(query: "", filter: {topics: [$slug]}) {
  facets(fields: [TOPIC]) { buckets { value count } } } }"""


async def change(client: Client, name: str, selection: str, values: dict[str, Any]) -> Any:
    kind = name[0].upper() + name[1:]
    query = f"""mutation($input: {kind}Input!) {{ {name}(input: $input) {{ __typename
      ... on {kind}Payload {{ {selection} }} ... on Problem {{ code message }} }} }}"""
    return (await client.ask(query, editor=True, input=values))[name]


async def topic(client: Client, slug: str) -> Any:
    return (await client.ask(TOPIC_BY_SLUG, slug=slug))["topic"]


async def test_a_renamed_and_merged_topic_is_found_by_its_old_addresses(client: Client) -> None:
    await an_article("Bread", topics=("Bakery", "Food"))
    await an_article("Cake", topics=("Cakes",))
    bakery, cakes = await topic(client, "bakery"), await topic(client, "cakes")
    assert bakery["articleCount"] == 1
    renamed = await change(
        client,
        "updateTopic",
        "topic { slug name }",
        {"id": bakery["id"], "name": "Baking", "slug": "baking"},
    )
    assert renamed["topic"] == {"slug": "baking", "name": "Baking"}
    assert (await topic(client, "bakery"))["slug"] == "baking"
    merged = await change(
        client,
        "mergeTopic",
        "articles mergedTopicId topic { slug articleCount }",
        {"id": cakes["id"], "intoId": bakery["id"]},
    )
    assert merged["articles"] == 1
    assert merged["mergedTopicId"] == cakes["id"]
    assert merged["topic"] == {"slug": "baking", "articleCount": 2}
    assert (await topic(client, "cakes"))["slug"] == "baking"
    filtered = '{ articles(filter: {topics: ["cakes"]}) { totalCount } }'
    assert (await client.ask(filtered))["articles"]["totalCount"] == 2
    with anyio.fail_after(20):  # the index follows
        while (hits := (await client.ask(HITS, slug="baking"))["search"])["totalCount"] < 2:
            await anyio.sleep(0.05)
    assert {"value": "baking", "label": "Baking"} in hits["facets"][0]["buckets"]
    both = """query($slugs: [String!]!) { search(query: "", filter: {topics: $slugs}) {
      totalCount } }"""
    for slugs, number in ((["bakery"], 2), (["cakes", "food"], 2), (["cake"], 0)):
        found = await client.ask(both, slugs=slugs)
        assert found["search"]["totalCount"] == number, slugs
    for slug in ("bakery", "cakes"):
        [topics] = (await client.ask(ONE_FACET, slug=slug))["search"]["facets"]
        assert {bucket["value"] for bucket in topics["buckets"]} == {"baking", "food"}
    for name, number in (("Bakery", 2), ("Cakes", 2), ("Baking", 2), ("Cake", 0)):
        body = {"query": "", "facetFilters": [f"topics:{name}"]}
        response = await client.http.post("/1/indexes/articles/query", json=body)
        assert response.json()["nbHits"] == number, name
    for path in ("/feed.xml", "/atom.xml", "/feed.json"):
        moved = await client.http.get(f"{path}?topic=cakes&first=5&topic=food")
        assert moved.status_code == 301
        assert moved.headers["location"] == "?topic=baking&first=5&topic=food"
        feed = await client.http.get(f"{path}{moved.headers['location']}")
        assert feed.status_code == 200
        assert "Baking" in feed.text
    page = await client.http.get("/search?topic=cakes&q=cake")
    assert page.status_code == 301
    assert page.headers["location"] == "?q=cake&topic=baking"
    page = await client.http.get("/search?topic=food&topic=cakes")
    assert page.headers["location"] == "?q=&topic=food&topic=baking"


async def test_topics_form_a_tree_that_editors_change(client: Client) -> None:
    made: dict[str, str] = {}
    for name in ("Europe", "France", "Paris"):
        answer = await change(
            client,
            "createTopic",
            "topic { id slug parent { slug } articleCount }",
            {"name": name, "parentId": made.get("Europe" if name == "France" else "France")},
        )
        made[name] = answer["topic"]["id"]
        assert answer["topic"]["articleCount"] == 0
    for values, problem in (
        ({"id": made["Europe"], "parentId": made["Paris"]}, "is the topic itself, or one below it"),
        ({"id": global_id(TOPIC, 99)}, "There is no topic 99."),
    ):
        refused = await change(client, "moveTopic", "topic { slug }", values)
        assert problem in refused["message"]
    taken = await change(client, "createTopic", "topic { slug }", {"name": "PARIS"})
    assert taken["message"] == "slug: paris is taken by the topic 'Paris'"
    blank = await change(
        client, "updateTopic", "topic { slug }", {"id": made["Paris"], "name": None}
    )
    assert blank["__typename"] == "Invalid"
    await an_article("Louvre", topics=("Paris",))
    gone = await change(client, "deleteTopic", "articles deletedTopicId", {"id": made["France"]})
    assert gone == {
        **{"__typename": "DeleteTopicPayload", "articles": 0, "deletedTopicId": made["France"]}
    }
    tree = '{ topic(slug: "europe") { articleCount children { slug } } }'
    expected = {"articleCount": 1, "children": [{"slug": "paris"}]}
    assert (await client.ask(tree))["topic"] == expected


async def test_authors_are_renamed_merged_and_deleted(client: Client) -> None:
    article = await an_article("Bread", authors=("J. Smith", "Jane Smith"))
    made = await change(
        client, "createAuthor", "author { id slug bio }", {"name": "Jo", "bio": "Writes."}
    )
    assert made["author"]["bio"] == "Writes."
    find = "query($slug: String!) { author(slug: $slug) { id name slug articleCount } }"
    short, long = [
        (await client.ask(find, slug=slug))["author"] for slug in ("j-smith", "jane-smith")
    ]
    await change(
        client,
        "updateAuthor",
        "author { slug }",
        {"id": long["id"], "slug": "jane", "bio": "Bakes."},
    )
    ids = {"id": short["id"], "intoId": long["id"]}
    merged = await change(client, "mergeAuthor", "author { slug bio } mergedAuthorId", ids)
    assert merged["author"] == {"slug": "jane", "bio": "Bakes."}
    for slug in ("j-smith", "jane-smith"):
        assert (await client.ask(find, slug=slug))["author"]["slug"] == "jane"
        assert (await client.http.get(f"/atom.xml?author={slug}")).headers["location"] == (
            "?author=jane"
        )
    gone = await change(client, "deleteAuthor", "articles", {"id": long["id"]})
    assert gone["articles"] == 1
    byline = "query($id: ID!) { article(id: $id) { authors { name } } }"
    answer = await client.ask(byline, id=global_id("Article", article))
    assert answer["article"]["authors"] == []
    assert (await client.ask(find, slug="j-smith"))["author"] is None


PROFILE = """author { imageUrl imageAlt links { name url } }"""


async def test_authors_have_a_picture_and_links(client: Client) -> None:
    article = await an_article("Bread", authors=("Jane",))
    jane = (await client.ask('{ author(slug: "jane") { id } }'))["author"]["id"]
    links = [{"name": "Mastodon", "url": "https://social.test/@jane"}]
    values = {"id": jane, "imageUrl": "/jane.jpg", "imageAlt": "Jane, baking", "links": links}
    changed = await change(client, "updateAuthor", PROFILE, values)
    assert changed["author"] == {key: values[key] for key in ("imageUrl", "imageAlt", "links")}
    for url, problem in (("javascript:x", "must begin with http"), ("", "must not be empty")):
        bad = {"id": jane, "links": [*links, {"name": "x", "url": url}]}
        refused = await change(client, "updateAuthor", PROFILE, bad)
        assert refused["message"].startswith(f"links.1.url: {problem}")
    many = {"id": jane, "links": links * 21}
    assert "at most 20" in (await change(client, "updateAuthor", PROFILE, many))["message"]
    query = "query($id: ID!) { article(id: $id) { jsonLd } }"
    answer = await client.ask(query, id=global_id("Article", article))
    [person] = json.loads(answer["article"]["jsonLd"])["author"]
    assert person["sameAs"] == ["https://social.test/@jane"]
    assert person["image"] == "/jane.jpg"
    none = await change(
        client, "updateAuthor", PROFILE, {"id": jane, "imageUrl": None, "links": []}
    )
    assert none["author"] == {"imageUrl": None, "imageAlt": "Jane, baking", "links": []}


@pytest.mark.parametrize("kind", ["Topic", "Author"])
async def test_labels_have_names_in_several_languages(client: Client, kind: str) -> None:
    field = kind.lower()
    await an_article("Bread", topics=("Bridges",), authors=("Bridges",))
    names = f"""{field}(slug: "bridges") {{ id name de: name(language: "de-AT")
      fr: name(language: "fr") pt: name(language: "PT_BR") other: name(language: "{"x-" * 400}")
      translations {{ language name }} }}"""
    before = (await client.ask(f"{{ {names} }}"))[field]
    assert {before[key] for key in ("name", "de", "fr", "pt", "other")} == {"Bridges"}
    values = {
        "id": before["id"],
        "translations": [
            {"language": "pt-BR", "name": "Pontes"},
            {"language": "de", "name": " Brücken "},
        ],
    }
    selection = f"{field} {{ translations {{ language name }} }}"
    changed = await change(client, f"update{kind}", selection, values)
    stored = [{"language": "de", "name": "Brücken"}, {"language": "pt-br", "name": "Pontes"}]
    assert changed[field]["translations"] == stored
    after = (await client.ask(f"{{ {names} }}"))[field]
    assert (after["name"], after["de"], after["fr"]) == ("Bridges", "Brücken", "Bridges")
    assert (after["pt"], after["other"]) == ("Pontes", "Bridges")
    assert after["translations"] == stored
    for bad, problem in (
        ([{"language": "de", "name": ""}], "translations.0.name: must not be empty"),
        ([{"language": "German", "name": "x"}], "translations.0.language: must be a language tag"),
        ([{"language": "de", "name": "x"}] * 2, "translations.1.language: de has a name already"),
        ([{"language": "de", "name": "x"}] * 51, "translations: must be at most 50"),
    ):
        refused = await change(
            client, f"update{kind}", selection, {"id": before["id"], "translations": bad}
        )
        assert problem in refused["message"]
    none = await change(
        client, f"update{kind}", selection, {"id": before["id"], "translations": []}
    )
    assert none[field]["translations"] == []
