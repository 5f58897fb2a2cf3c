"""Cache-Tag: tags of the records of a response, one of which is in the feed of every change."""

from __future__ import annotations

import random
from contextlib import suppress
from itertools import count
from typing import Any, NamedTuple

import anyio
import httpx
import pytest

from hub import articles, comments, imports, outbox, taxonomy
from hub.auth import ANONYMOUS, SYSTEM
from hub.drafts import (
    ArticleChanges,
    ArticleDraft,
    AuthorDraft,
    NewArticle,
    RelationDraft,
    TopicDraft,
)
from hub.errors import Invalid
from hub.models import Article, Comment, CommentStatus, Relation, RelationKind, Status
from hub.related import link, unlink
from hub.search import tuning
from hub.settings import Settings
from hub.taxonomy import AUTHORS, TOPICS
from hub.text.slugs import digest, slug_of
from schema.execution.cache_tags import expand, header_value
from schema.ids import ARTICLE, AUTHOR, COMMENT, TOPIC, global_id
from search_index.suggestions import REFRESH_SECONDS
from tests.support.factories import a_comment, a_draft, an_article, text
from tests.support.hub import Client, a_hub

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

_numbers = count()
CARD = "id slug title status version commentCount topics { name } authors { name }"
QUERIES = (
    f"{{ articles(first: 3) {{ totalCount nodes {{ {CARD} }} }} }}",
    "{ articles(last: 2, order: OLDEST) { nodes { title summary translations { title } } } }",
    "{ articles(first: 2, order: MOST_DISCUSSED) { nodes { title } } }",
    '{ articles(filter: { topics: ["food"] }) { totalCount nodes { title } } }',
    '{ article(slug: "bread") { title body related(first: 9) { totalCount edges { kind position'
    " node { title } } } relatedBy { totalCount nodes { title } } comments { totalCount nodes {"
    " body replies { nodes { body } } } } } }",
    '{ article(slug: "bread") { title topics { name description parent { name } } jsonLd } }',
    '{ article(slug: "salt") { title relatedBy(kinds: [SIMILAR]) { nodes { title } } } }',
    '{ article(slug: "rye-bread") { translations { title language } excerpt } }',
    '{ article(slug: "bread") { related(kinds: [SIMILAR, TOPIC]) { edges { node { title } } } } }',
    '{ article(slug: "bread") { related(includeDangling: true) { edges { anchor node { slug } } } }'
    " }",
    '{ search(query: "bread") { totalCount edges { highlights { fragments } node { title } }'
    " facets { buckets { value count } } } }",
    '{ search(query: "well", in: [COMMENTS]) { edges { comment { body } node { title } } } }',
    '{ suggest(query: "br") { text count article { title } } }',
    "{ topics { totalCount nodes { name description parent { name } ancestors { name }"
    " articles(first: 2) { totalCount nodes { title } } } } }",
    "{ topics(rootsOnly: true) { nodes { name children { name } } } }",
    '{ topic(slug: "food") { articles { nodes { title } } } }',
    "{ topics { nodes { slug articleCount } } }",
    "{ authors { nodes { slug articleCount } } }",
    '{ topic(slug: "drink") { name articles(order: MOST_DISCUSSED, first: 1) { nodes { title } } }'
    " }",
    "{ authors { nodes { name bio articles { totalCount } } } }",
    '{ author(slug: "nora") { bio articles(first: 1) { nodes { title } } } }',
    *(
        f'{{ node(id: "{global_id(kind, number)}") {{ __typename'
        " ... on Article { title } ... on Topic { name } ... on Author { bio }"
        " ... on Comment { body article { title } parent { body } } } }"
        for kind in (ARTICLE, COMMENT, TOPIC, AUTHOR)
        for number in (1, 3, 7)
    ),
    "{ site { name } }",
)


class TaggedBody(NamedTuple):
    """A response's body, and its tags."""

    body: str
    tags: set[str]


async def get(client: Client, query: str) -> httpx.Response:
    return await client.http.get("/graphql", params={"query": query})


async def run_queries(client: Client) -> dict[str, TaggedBody]:
    """Return the current response of every query."""
    results = {}
    for query in QUERIES:
        answer = await get(client, query)
        assert "errors" not in answer.json(), answer.text
        tags = set(filter(None, answer.headers.get("cache-tag", "").split(",")))
        results[query] = TaggedBody(answer.text, tags)
    return results


async def tags_since(client: Client, seq: int) -> set[str]:
    """Return the tags of all changes after a line of the feed, as in webhook messages."""
    return expand(line.tag for line in await outbox.changes(client.db, seq, 10_000))


async def settled(client: Client) -> None:
    """Wait until the index is up to date and the neighbours are derived."""
    waits = "SELECT (SELECT count(*) FROM outbox_event) + (SELECT count(*) FROM due_neighbours)"
    with anyio.fail_after(30):
        while (await client.db.rows(waits))[0][0]:
            await anyio.sleep(0.01)


class Editors:
    """Random changes of the content."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    async def _any_article(self) -> Article:
        return self.chance.choice(await Article.all())

    async def _any_comment_id(self) -> int | None:
        comment_ids = [comment.id for comment in await Comment.all()]
        return self.chance.choice(comment_ids) if comment_ids else None

    def _labels(self, *existing: str) -> tuple[str, ...]:
        return tuple(self.chance.sample([*existing, f"New {next(_numbers)}"], 2))

    async def create(self) -> None:
        slug = self.chance.choice([None, "bread", "salt", "rye-bread", "cheese"])
        language = self.chance.choice(["en", "de", "no"])
        if slug and await Article.exists(slug=slug, language=language):
            return
        new = NewArticle(
            title=self.chance.choice(["Bread", "Salt", "Cheese of the year"]),
            body=text("Some bread and salt, well made."),
            slug=slug,
            language=language,
            status=self.chance.choice([Status.DRAFT, Status.PUBLISHED]),
            topics=self._labels("Food", "Drink"),
            authors=self._labels("Nora"),
            translation_key=self.chance.choice([None, "loaf"]),
        )
        await articles.create(new, by=SYSTEM)

    async def revise(self) -> None:
        article = await self._any_article()
        changes = self.chance.choice(
            [
                ArticleChanges(title=f"Bread {next(_numbers)}"),
                ArticleChanges(summary=f"Salt {next(_numbers)}"),
                ArticleChanges(topics=self._labels("Food", "Drink")),
                ArticleChanges(authors=self._labels("Nora")),
                ArticleChanges(slug=f"moved-{next(_numbers)}"),
                ArticleChanges(translation_key=self.chance.choice([None, "loaf"])),
                ArticleChanges(body=text(f"Other words {next(_numbers)}.")),
            ]
        )
        await articles.revise(article.id, changes, seen_version=article.version, by=SYSTEM)

    async def publish(self) -> None:
        await articles.publish((await self._any_article()).id, by=SYSTEM)

    async def archive(self) -> None:
        await articles.archive((await self._any_article()).id, by=SYSTEM)

    async def delete(self) -> None:
        if await Article.all().count() > 4:
            await articles.delete((await self._any_article()).id, by=SYSTEM)

    async def comment(self) -> None:
        article, parent_id = await self._any_article(), await self._any_comment_id()
        if article.comments_open and article.status is Status.PUBLISHED:
            parent_comment = await Comment.get_or_none(id=parent_id, article_id=article.id)
            approved = (
                parent_comment is not None and parent_comment.status is CommentStatus.APPROVED
            )
            by = self.chance.choice([ANONYMOUS, SYSTEM])
            await comments.submit(
                article.id,
                author_name="Rita",
                author_email=None,
                body=f"Well {next(_numbers)}",
                by=by,
                parent_id=parent_id if approved else None,
            )

    async def moderate(self) -> None:
        comment_id = await self._any_comment_id()
        if comment_id is not None:
            await comments.moderate(comment_id, self.chance.choice(list(CommentStatus)), by=SYSTEM)

    async def relate(self) -> None:
        source, target = self.chance.sample([article.id for article in await Article.all()], 2)
        if self.chance.random() < 0.5:
            await link(source, target_id=target, kind=RelationKind.PINNED, by=SYSTEM)
        else:
            title = self.chance.choice(["Bread", "Cheese of the year", "Nothing yet"])
            await link(source, headline=title, kind=RelationKind.INLINE, by=SYSTEM)

    async def unrelate(self) -> None:
        edges = await Relation.exclude(kind__in=[RelationKind.SIMILAR, RelationKind.TOPIC])
        if edges:
            await unlink(self.chance.choice(edges).id, by=SYSTEM)

    async def bring_in(self) -> None:
        number = next(_numbers)
        drafts: list[ArticleDraft] = [
            a_draft(
                self.chance.choice(["a", "b", "c"]),
                title=f"Brought {number}",
                aliases=tuple(self.chance.sample(["old", "older", "bread"], 1)),
                topics=(TopicDraft("Food", description=f"Edible {number}"),),
                authors=(AuthorDraft("Nora", bio=f"Writes {number}."),),
                status=self.chance.choice([Status.DRAFT, Status.PUBLISHED]),
                relations=tuple(
                    RelationDraft(RelationKind.INLINE, title, by_headline=True)
                    for title in self.chance.sample(["Bread", "Salt", f"Brought {number - 1}"], 2)
                ),
            )
        ]
        await imports.import_articles(drafts, by=SYSTEM, overwrite=True)

    async def describe(self) -> None:
        parent = self.chance.choice(["drink", "food", "away"])
        draft = TopicDraft(self.chance.choice(["Food", "Drink", "Ice"]), parent=parent)
        author = AuthorDraft("Nora", bio=f"Sings {next(_numbers)}.")
        await imports.import_taxonomy([draft], [author], by=SYSTEM)

    async def relabel(self) -> None:
        kind = self.chance.choice([TOPICS, AUTHORS])
        ids = [label.id for label in await kind.model.all().order_by("id")]
        id_, other = self.chance.sample(ids, 2)
        match self.chance.choice(("rename", "rename", "move", "merge", "delete")):
            case "rename":
                name = f"Renamed {next(_numbers)}"
                await taxonomy.update(kind, id_, {"name": name, "slug": slug_of(name)}, by=SYSTEM)
            case "move" if kind is TOPICS:
                with suppress(Invalid):
                    await taxonomy.move(id_, other, by=SYSTEM)
            case "merge":
                await taxonomy.merge(kind, id_, other, by=SYSTEM)
            case "delete" if len(ids) > 3:
                await taxonomy.delete(kind, id_, by=SYSTEM)

    async def tune(self) -> None:
        await tuning.add_synonyms(("bread", f"word{next(_numbers)}"), by=SYSTEM)

    async def pin(self) -> None:
        await tuning.pin("bread", (await self._any_article()).id, by=SYSTEM, rank=0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
async def test_whatever_changes_an_answer_is_told_by_one_of_its_tags(
    settings: Settings, seed: int
) -> None:
    editors = Editors(seed)
    changes = [getattr(editors, name) for name in vars(Editors) if not name.startswith("_")]
    differences = 0
    async with a_hub(settings.model_copy(update={"neighbours": 3})) as client:
        await tuning.add_synonyms(("bread", "loaf"), by=SYSTEM)
        for title in ("Bread", "Rye bread", "Cheese", "Salt"):
            await an_article(title, "Some bread, well made.", topics=("Food",), authors=("Nora",))
        await a_comment(1, "Well said.")
        await settled(client)
        before, seq = await run_queries(client), await outbox.latest_change(client.db)
        for _ in range(60):
            change = editors.chance.choice(changes)
            await change()
            # Immediately, and after the index has been updated.
            for _ in range(2):
                now_seq = await outbox.latest_change(client.db)
                now = await run_queries(client)
                immediate = await tags_since(client, seq)
                await settled(client)
                later = await tags_since(client, seq)
                for query, was in before.items():
                    if was.body != now[query].body:
                        differences += 1
                        # The event of a commit follows shortly after its first search result.
                        tags = later if "search" in was.tags else immediate
                        assert was.tags & tags, (change.__name__, query, was, now[query], tags)
                before, seq = now, now_seq
    assert differences > 100


async def test_tags_name_what_was_read(client: Client) -> None:
    bread = await an_article("Bread", topics=("Food",), translation_key="loaf")
    salt = await an_article("Salt")
    await link(bread, target_id=salt, kind=RelationKind.PINNED, by=SYSTEM)
    expected = {
        '{ article(slug: "bread") { title related(first: 5) { nodes { title } }'
        " comments(first: 2) { totalCount } } }": {
            f"article:{bread}",
            f"article:{salt}",
            f"comments:{bread}",
            f"slug:{digest('bread')}",
        },
        '{ article(slug: "nothing") { title } }': {f"slug:{digest('nothing')}"},
        "{ articles { nodes { title } } }": {
            *("articles", "labels"),
            *(f"article:{bread}", f"article:{salt}"),
        },
        '{ topic(slug: "food") { articles { nodes { title } } } }': {
            *("topic", "labels", "topic:1"),
            f"article:{bread}",
        },
        '{ search(query: "nothing at all") { totalCount } }': {"search", "articles"},
        "{ site { name } }": set(),
    }
    for query, tags in expected.items():
        header = (await get(client, query)).headers.get("cache-tag", "")
        assert set(filter(None, header.split(","))) == tags, query


async def test_only_public_answers_to_get_carry_tags(client: Client) -> None:
    await an_article("Bread")
    query = "{ articles { nodes { title } } }"
    assert "cache-tag" in (await get(client, query)).headers
    etag = (await get(client, query)).headers["etag"]
    unchanged = await client.http.get(
        "/graphql", params={"query": query}, headers={"if-none-match": etag}
    )
    assert (unchanged.status_code, "cache-tag" in unchanged.headers) == (304, True)
    for answer in (
        await client.http.get("/graphql", params={"query": query}, headers=client.editor),
        await client.http.post("/graphql", json={"query": query}),
        await get(client, "{ nothing }"),
    ):
        assert "cache-tag" not in answer.headers
        assert "cdn-cache-control" not in answer.headers


async def test_cdns_are_told_how_long_they_may_keep_what_they_can_purge(
    settings: Settings,
) -> None:
    async with a_hub(settings.model_copy(update={"cdn_seconds": 3600})) as client:
        await settled(client)
        lists = (await get(client, "{ articles { totalCount } }")).headers
        assert lists["cdn-cache-control"] == "public, max-age=3600"
        assert lists["cache-control"] == "public, max-age=0"
        popular = (await get(client, '{ suggest(query: "br") { text } }')).headers
        assert popular["cdn-cache-control"] == f"public, max-age={REFRESH_SECONDS:.0f}"


async def test_a_long_line_of_tags_names_kinds_instead(settings: Settings) -> None:
    async with a_hub(settings.model_copy(update={"cache_tag_bytes": 200})) as client:
        for number in range(30):
            await an_article(f"Bread {number}")
        answer: Any = await get(client, "{ articles(first: 30) { nodes { title } } }")
        assert answer.headers["cache-tag"] == "article,articles,labels"


def test_the_kind_that_takes_most_room_goes_first() -> None:
    tags = [*(f"article:{number}" for number in range(40)), "comments:7", "search"]
    assert header_value(tags, 10_000) == ",".join(sorted(tags))
    assert header_value(tags, 200) == "article,comments:7,search"
    kinds = "article author comments slug topic translations articles authors labels search"
    every = [f"{kind}:{number}" for kind in kinds.split() for number in range(9)]
    line = header_value([*every, "similar", "topics"], 200)
    assert len(line) <= 200
    assert expand(every) >= set(line.split(",")) - {"similar", "topics"}
