"""Nothing hidden gets out: by any root field, node, page, feed, search or error, to any viewer."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from itertools import product

import anyio
import pytest
from tortoise.fields import CharField, TextField
from tortoise.models import Model

from hub import models, tokens
from hub.articles import previews, working_versions
from hub.auth import ANONYMOUS, SYSTEM, Viewer, viewer_of
from hub.db.database import Reader
from hub.drafts import ArticleChanges
from hub.models import Role, Status
from hub.settings import Settings
from schema import ids
from schema.build import graphql_schema
from schema.execution import limits
from schema.server.operations import Caller
from schema.server.requests import Request
from tests.support import hidden_content, probes
from tests.support.factories import an_article
from tests.support.hidden_content import HiddenContent
from tests.support.hub import Client, a_hub
from tests.support.probes import Probe

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

VIEWERS = {
    "nobody": None,
    "writer": (Role.WRITER, ()),
    "moderate only": (Role.EDITOR, ("moderate",)),
    "write only": (Role.WRITER, ("write",)),
    "tune only": (Role.EDITOR, ("tune",)),
    "preview": None,
}
TEXTS = ("bread", "brea", "coming baking", "")
MAX_ID = 40
"""Global ids that are requested: of more rows than the tests have of any kind."""

CONTROL = "xyqnothingzz"
"""A word that stands nowhere."""

UNREPEATABLE = re.compile(rb'"processingTimeMS":\d+|"[0-9]{10}\.[0-9a-f]{32}"')  # form tokens
HEADERS = ("x-request-id", "date", "age")
STATUSES = (200, 301, 404)
"""The statuses of responses to probes; a probe that is refused tests nothing."""


@pytest.fixture
async def client(
    settings: Settings, anyio_backend: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Client]:
    """A hub whose limits let every query pass."""
    monkeypatch.setattr(limits, "MAX_FIELDS", 30_000)
    generous = {
        **{"max_cost": 10**9, "max_tokens": 50_000, "max_aliases": 10_000, "max_depth": 20},
        **{"searches_per_minute": 0, "neighbours": 6, "cache_bytes": 0},
    }
    async with a_hub(settings.model_copy(update=generous)) as running:
        yield running


def viewer_named(name: str) -> Viewer:
    given = VIEWERS[name]
    return ANONYMOUS if given is None else viewer_of(name, given[0], " ".join(given[1]))


async def headers_of(name: str) -> dict[str, str]:
    if name == "preview":  # of an article without secrets, which sees nothing else that is hidden
        article = await an_article("Bread in sight", status=Status.DRAFT)
        edits = ArticleChanges(title="Bread in plain sight", topics=("Baking",), authors=("Olive",))
        await working_versions.save(article, edits, by=SYSTEM)
        return {"hub-preview": (await previews.create(article_id=article, by=SYSTEM)).secret}
    given = VIEWERS[name]
    if given is None:
        return {}
    secret = await tokens.create(name, given[0], by=SYSTEM, scopes=given[1])
    return {"authorization": f"Bearer {secret}"}


async def settle(client: Client) -> None:
    """Wait until the index and the derived edges are up to date."""
    with anyio.fail_after(60):
        while True:
            [[waiting]] = await client.db.rows(
                "SELECT (SELECT count(*) FROM outbox_event WHERE parked = FALSE)"
                " + (SELECT count(*) FROM due_neighbours)"
            )
            if not waiting and client.indexer.leading:
                break
            await anyio.sleep(0.05)
    await anyio.sleep(2.1)  # a moment is told once its second is over, and would differ


async def answer_to(client: Client, probe: Probe, headers: dict[str, str]) -> bytes:
    """Return the response to a probe: its status, its headers and its body."""
    response = await client.http.request(
        probe.method, probe.address, json=probe.body, headers=headers
    )
    assert response.status_code in STATUSES, (str(probe)[-300:], response.content[-400:])
    codes = set(re.findall(rb'"code":"([A-Z_]+)"', response.content))
    assert codes <= {b"FORBIDDEN"}, (str(probe)[-300:], response.content[-400:])
    body, times = UNREPEATABLE.subn(b"", response.content)
    moving = (*HEADERS, "content-length") if times else HEADERS  # times are compressed too
    lines = [f"{name}: {value}" for name, value in response.headers.items() if name not in moving]
    return b"\n".join([str(response.status_code).encode(), *map(str.encode, sorted(lines)), body])


def all_probes(client: Client, slugs: Sequence[str], texts: Sequence[str]) -> list[Probe]:
    return [
        *probes.queries(graphql_schema(), slugs, texts, MAX_ID),
        *probes.addresses(client.app.routes, slugs, texts),
    ]


async def answers(client: Client, asked: Iterable[Probe]) -> dict[str, bytes]:
    """Return nobody's response to each probe."""
    return {str(probe): await answer_to(client, probe, {}) for probe in asked}


UNPLANTED = {
    "trashed_article.language": "a code",
    "trashed_article.source": "that of the article, in no answer",
    "trashed_article.source_key": "that of the article, in no answer",
    "trashed_row.origin": "a table",
    "working_version.base": "digests",
    "article.language": "a code",
    "article.source_hash": "a digest",
    "audit_entry.action": "a word of the hub",
    "audit_entry.subject": "a kind",
    "change.tag": "a kind and a number",
    "comment.audit_key": "random, in no answer",
    "comment.source_key": "an import's number of it, in no answer",
    "day_secret.day": "a date",
    "day_secret.secret": "random, in no answer",
    "erased_person.digest": "a digest, in no answer",
    "erased_person.key": "random, in no answer",
    "comment.edited_by": "a role",
    "comment.secret_digest": "a digest",
    "comment_report.reporter": "a digest",
    "hub_secret.name": "a use",
    "hub_secret.value": "random, in no answer",
    "import_run.counts": "numbers",
    "import_run.editor": "who ran it, in no answer",
    "import_run.paths": "of files, in no answer",
    "index_follower.holder": "a process",
    "index_follower.host": "a machine, in no answer",
    "index_follower.name": "random",
    "lease.holder": "a process",
    "lease.name": "a task of the hub",
    "overtaken_text.reader": "a digest",
    "media_file.hash": "a digest",
    "media_file.media_type": "a code",
    "media_source.hash": "a digest",
    "media_source.key": "a digest",
    "media_use.hash": "a digest",
    "outbox_event.follower": "the name of an index, random",
    "query_reader.day": "a date",
    "query_reader.reader": "a digest",
    "query_reader.text": "that of query_stat",
    "query_stat.day": "a date",
    "query_stat.language": "a code",
    "stop_word.language": "a code",
    "synonym_set.language": "a code",
    "persisted_document.digest": "a digest",
    "persisted_document.text": "a query that a front end registered, in no answer",
    "rate_bucket.key": "a digest",
    "relation.because": "of similar articles, which the indexer draws",
    "slug_history.language": "a code",
    "stored_setting.name": "of a setting",
    "stored_setting.value": "of a setting, in no answer",
    "token.scopes": "names of permissions",
    "preview.secret_hash": "a digest",
    "token.secret_hash": "a digest",
}
"""Columns of text that carry no secret in the sweep."""


async def test_every_column_of_text_carries_a_secret(db: Reader) -> None:
    """A new kind of record, or of text in one, is hidden content too, until it is said why not."""
    content = HiddenContent()
    await hidden_content.add_public(content)
    await hidden_content.add_hidden(content, withdrawn=True)
    empty = set()
    for model in vars(models).values():
        if not (isinstance(model, type) and issubclass(model, Model)):
            continue
        for name, column in model._meta.fields_map.items():
            if type(column) not in (CharField, TextField):
                continue  # among others those of enums
            table = model._meta.db_table
            rows = await db.rows(f"SELECT DISTINCT {name} FROM {table} WHERE {name} IS NOT NULL")
            if not any("quz" in value for (value,) in rows):
                empty.add(f"{table}.{name}")
    assert not empty ^ UNPLANTED.keys(), ", ".join(sorted(empty ^ UNPLANTED.keys()))


async def test_no_answer_holds_a_secret(client: Client) -> None:
    content = HiddenContent()
    await hidden_content.add_public(content)
    await hidden_content.add_hidden(content, withdrawn=True)
    await settle(client)
    slugs = [*content.slugs, "baking", "olive"]
    asked = all_probes(client, slugs, TEXTS)
    headers = {viewer: await headers_of(viewer) for viewer in VIEWERS}
    hidden = {viewer: content.hidden_from(viewer_named(viewer)) for viewer in VIEWERS}
    leaks = set()
    for probe, viewer in product(asked, VIEWERS):
        answer = (await answer_to(client, probe, headers[viewer])).lower()
        leaks |= {
            (viewer, word, str(probe)[:300])
            for word in hidden[viewer]
            if word.encode() in answer and word not in str(probe)
        }
    assert not leaks, "\n".join(map(repr, sorted(leaks)[:40]))


async def test_a_secret_word_is_answered_like_any_other(client: Client) -> None:
    """Ask by each secret, and by a word that stands nowhere: the answers are the same."""
    content = HiddenContent()
    await hidden_content.add_public(content)
    await hidden_content.add_hidden(content, withdrawn=True)
    await settle(client)
    controls = [
        neutral(await answer_to(client, probe, {}), CONTROL)
        for probe in all_searches(client, CONTROL)
    ]
    different = {
        (word, str(probe)[:200])
        for word in content.hidden_from(ANONYMOUS)
        for probe, control in zip(all_searches(client, word), controls, strict=True)
        if neutral(await answer_to(client, probe, {}), word) != control
    }
    assert not different, "\n".join(map(repr, sorted(different)[:40]))


def all_searches(client: Client, word: str) -> list[Probe]:
    """Return the requests that take a text, a slug or a name, each with this one."""
    searches = "{{ search(query: {0}, asYouType: true) {{ totalCount didYouMean }} }}"
    suggestions = "{{ suggest(query: {0}) {{ kind text }} }}"
    filters = (
        "{{ articles(filter: {{topics: [{0}]}}) {{ totalCount }} }}",
        "{{ articles(filter: {{authors: [{0}]}}) {{ totalCount }} }}",
        '{{ search(query: "", filter: {{topics: [{0}], authors: [{0}]}}) {{ totalCount facets {{ '
        "buckets {{ value label count selected parent level }} }} "
        'german: facets(language: "de") {{ buckets {{ value label }} }} }} }}',
    )
    by_slug = ("{{ topic(slug: {0}) {{ id }} }}", "{{ article(slug: {0}) {{ id }} }}")
    typed = [probes.query(text.format(f'"{word[:-2]}"')) for text in (searches, suggestions)]
    return [
        *typed,
        *(probes.query(text.format(f'"{word}"')) for text in (searches, *filters, *by_slug)),
        # The three feeds have the same items.
        *(
            probe
            for probe in probes.addresses(client.app.routes, [word], [word])
            if word in str(probe) and not probe.address.startswith(("/feed.xml", "/atom.xml"))
        ),
    ]


def neutral(answer: bytes, word: str) -> bytes:
    """Return an answer without the word that was typed, or its beginning, and what depends on it.

    That are lengths, digests, and whether so few bytes are worth compressing.
    """
    text = re.sub(rb"\n(etag|content-length|content-encoding|vary): [^\n]*", b"", answer)
    text = re.sub(rb"urn:uuid:[0-9a-f-]+", b"", text)
    return text.replace(word.encode(), b"~").replace(word[:-2].encode(), b"~")


async def test_hidden_things_leave_no_trace(client: Client) -> None:
    """Every answer to nobody is the same before and after hidden things come, change and go."""
    content = HiddenContent()
    await hidden_content.add_public(content)
    await settle(client)
    asked = all_probes(client, [*content.slugs, "baking", "olive", "moved"], TEXTS)
    await answers(client, asked)  # pages that are kept have headers of their own
    before = await answers(client, asked)
    async with listening(client, content.public_id) as events:
        await _change_and_compare(client, content, asked, before)
    assert not events


@asynccontextmanager
async def listening(client: Client, article_id: int) -> AsyncIterator[list[object]]:
    """Yield the events of every subscription of nobody, as they arrive."""
    operations = client.app.state.graphql.operations
    events: list[object] = []
    refused: list[str] = []

    async def listen(text: str) -> None:
        caller = Caller(ANONYMOUS, "address test", "test")
        async for event in operations.stream(Request(text), caller):
            if "moderationQueueChanged" in text and "FORBIDDEN" in str(event):
                refused.append(text)
            else:
                events.append(event)

    texts = list(probes.subscriptions(graphql_schema(), article_id, "bread"))
    async with anyio.create_task_group() as tasks:
        for text in texts:
            tasks.start_soon(listen, text)
        while operations.change_feed.metrics.listeners < len(texts) - 1 or not refused:
            await anyio.sleep(0.05)
        yield events
        await anyio.sleep(2)  # the time in which changes are gathered, and more
        tasks.cancel_scope.cancel()


async def _change_and_compare(
    client: Client, content: HiddenContent, asked: list[Probe], before: dict[str, bytes]
) -> None:
    article_ids = await hidden_content.add_hidden(content)
    await settle(client)
    for change in ("added", "changed", "deleted"):
        if change == "changed":
            await hidden_content.change_hidden(article_ids)
        elif change == "deleted":
            await hidden_content.delete_hidden(content)
        await settle(client)
        after = await answers(client, asked)
        changed = [probe for probe in before if before[probe] != after[probe]]
        report = "\n".join(
            f"{probe[:200]}\n  {before[probe]!r}\n  {after[probe]!r}" for probe in changed[:3]
        )
        assert not changed, f"{len(changed)} answers changed when things were {change}:\n{report}"


MUTATIONS = (
    'reviseArticle(input: {{id: "{article}", seenVersion: 99, title: "x"}})',
    'reviseArticle(input: {{id: "{archived}", seenVersion: 3, title: "x"}})',
    'linkArticles(input: {{sourceId: "{article}", kind: INLINE, headline: "x"}})',
    'linkArticles(input: {{sourceId: "{public}", kind: INLINE, targetId: "{article}"}})',
    'saveWorkingVersion(input: {{id: "{article}", title: "x"}})',
    'discardWorkingVersion(input: {{id: "{article}"}})',
    'unpublishArticle(input: {{id: "{article}"}})',
    'restoreArticle(input: {{id: "{article}"}})',
    'acceptLink(input: {{relationId: "{relation}", articleId: "{article}"}})',
    'unlinkArticles(input: {{relationId: "{relation}"}})',
    'submitComment(input: {{articleId: "{article}", authorName: "x", body: "x"}})',
    'submitComment(input: {{articleId: "{public}", parentId: "{comment}", authorName: "x",'
    ' body: "x"}})',
    'moderateComment(input: {{id: "{comment}", status: APPROVED}})',
    'reportComment(input: {{id: "{comment}", reason: SPAM}})',
    'pinArticle(input: {{text: "x", articleId: "{article}"}})',
    'updateTopic(input: {{id: "{topic}", name: "x"}})',
    'moveTopic(input: {{id: "{topic}"}})',
    'mergeTopic(input: {{id: "{topic}", intoId: "{topic}"}})',
    'deleteTopic(input: {{id: "{topic}"}})',
    'createTopic(input: {{name: "x", parentId: "{topic}"}})',
    'trackClick(input: {{query: "bread", articleId: "{article}", position: 1}})',
)


@pytest.mark.parametrize("viewer", ["nobody", "write only", "moderate only", "tune only"])
async def test_problems_tell_nothing_of_what_is_hidden(viewer: str, client: Client) -> None:
    """A mutation of something hidden is refused like one of something that does not exist."""
    content = HiddenContent()
    await hidden_content.add_public(content)
    article, _, archived, *_ = await hidden_content.add_hidden(content)
    [[relation]] = await client.db.rows(
        "SELECT min(id) FROM relation WHERE source_id = ?", [article]
    )
    [[comment]] = await client.db.rows(
        "SELECT min(id) FROM comment WHERE article_id = ?", [article]
    )
    [[topic]] = await client.db.rows(
        "SELECT max(topic_id) FROM article_topic WHERE article_id = ?", [article]
    )
    headers = await headers_of(viewer)
    public = ids.global_id(ids.ARTICLE, content.public_id)

    async def problem(mutation: str, *numbers: int) -> str:
        kinds = (ids.ARTICLE, ids.ARTICLE, ids.RELATION, ids.COMMENT, ids.TOPIC)
        names = [ids.global_id(kind, number) for kind, number in zip(kinds, numbers, strict=True)]
        parts = dict(
            zip(("article", "archived", "relation", "comment", "topic"), names, strict=True)
        )
        selection = "{ __typename ... on Problem { code message } }"
        text = f"mutation {{ {mutation.format(public=public, **parts)} {selection} }}"
        response = await client.http.post("/graphql", json={"query": text}, headers=headers)
        assert "errors" not in response.json(), response.json()
        return re.sub(r"\b(" + "|".join(map(str, numbers)) + r")\b", "N", response.text)

    for mutation in MUTATIONS:
        hidden = await problem(mutation, article, archived, relation, comment, topic)
        missing = await problem(mutation, 9001, 9002, 9003, 9004, 9005)
        assert hidden == missing, mutation
        assert "Payload" not in hidden, mutation
