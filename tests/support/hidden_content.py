"""Content that is hidden from readers: every kind of it carries a secret word of its own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hub import articles, comments, imports, related, snapshots, taxonomy, tokens
from hub.articles import previews, releases, working_versions
from hub.auth import ANONYMOUS, SYSTEM, Permission, Viewer
from hub.db.timestamps import now
from hub.drafts import (
    ArticleChanges,
    AuthorDraft,
    LinkDraft,
    NameDraft,
    NewArticle,
    RelationDraft,
    TopicDraft,
)
from hub.media.addresses import address_of
from hub.models import (
    Article,
    Comment,
    CommentStatus,
    MediaFile,
    MediaSource,
    MessageStatus,
    OutboxEvent,
    OutsideLink,
    QueryStat,
    RelationKind,
    Release,
    Revision,
    Role,
    Status,
    Topic,
    WebhookEvent,
    WebhookMessage,
    WebhookTarget,
)
from hub.reads.search_tuning import Banner, RuleRow
from hub.search import rules, statistics, tuning
from hub.taxonomy import AUTHORS, TOPICS
from tests.support.factories import a_comment, a_draft, an_article, text
from tests.support.pictures import HIDDEN_HASH

HIDDEN_STATES = (Status.DRAFT, Status.SCHEDULED, Status.ARCHIVED)
READ, MODERATE, TUNE = Permission.READ, Permission.MODERATE, Permission.TUNE
NOBODY = Permission.TOKENS
"""The permission of secrets that no viewer of the tests may see: that of administrators."""

PLANNED = "Coming bread"
"""The headline that a public article links to, and that a draft takes."""

PLANNED_URL = "https://elsewhere.test/coming-bread"
OLD_SLUG = "old-address"
OLD_PATH = "/old-path"
"""What follows the host in an old address of a draft."""


@dataclass
class HiddenContent:
    """The ids of what is public, and the secret words with the permissions that reveal each."""

    secrets: dict[str, frozenset[Permission]] = field(default_factory=dict)
    slugs: list[str] = field(default_factory=list)
    public_id: int = 0
    other_id: int = 0

    def secret(self, name: str, *needs: Permission) -> str:
        """Return a new secret word for what `name` describes."""
        word = f"quz{''.join(filter(str.isalpha, name.lower()))}zz"
        assert word not in self.secrets
        self.secrets[word] = frozenset(needs)
        return word

    def hidden_from(self, viewer: Viewer) -> list[str]:
        """Return the secret words that `viewer` may not see."""
        return [word for word, needs in self.secrets.items() if not needs <= viewer.permissions]


async def add_public(content: HiddenContent) -> None:
    """Add what everybody may see: two articles, their labels, links and comments."""
    content.public_id = await an_article(
        "Bread for everybody",
        "Bread is baked by night.",
        slug="bread",
        topics=("Baking",),
        authors=("Olive",),
        translation_key="bread",
    )
    content.other_id = await an_article(
        "Milk in the morning", slug=OLD_SLUG, topics=("Baking",), authors=("Olive",)
    )
    await articles.revise(content.other_id, ArticleChanges(slug="milk"), seen_version=1, by=SYSTEM)
    top, public = RelationKind.MORE_TO_READ, content.public_id
    await related.link(public, kind=top, by=SYSTEM, target_id=content.other_id, anchor="Milk")
    await related.link(public, kind=top, by=SYSTEM, headline=PLANNED)
    await related.link(public, kind=top, by=SYSTEM, url=PLANNED_URL)
    # Led by its old headline to an article that is public; a draft may take the headline.
    link = RelationDraft(RelationKind.INLINE, anchor="Cheese at noon", by_headline=True)
    drafts = [a_draft("cheese", title="Cheese at noon"), a_draft("linking", relations=(link,))]
    await imports.import_articles(drafts, by=SYSTEM)
    cheese = await Article.get(source_key="cheese")
    await articles.revise(
        cheese.id, ArticleChanges(title="Cheese in the evening"), seen_version=1, by=SYSTEM
    )
    first = await a_comment(public, "Well baked.", email=None)
    await a_comment(public, "Indeed.", parent_id=first, email=None)
    content.slugs += ["bread", "milk", OLD_SLUG]


async def add_hidden(content: HiddenContent, *, withdrawn: bool = False) -> list[int]:
    """Add every kind of hidden thing, and return the ids of the articles among them.

    `withdrawn`: also what was public for a while.
    """
    ids = [await _add_article(content, status) for status in HIDDEN_STATES]
    if withdrawn:
        ids.append(await _add_article(content, Status.ARCHIVED, withdrawn=True))
    ids.append(await _add_imported(content))
    await _add_rivals(content)
    await _add_to_public(content)
    await _add_of_operators(content, ids[0])
    await _add_deleted(content)
    await _add_labels(content)
    await _add_picture(content)
    return ids


async def _add_article(content: HiddenContent, status: Status, *, withdrawn: bool = False) -> int:
    """Add an article of this status, whose fields and surroundings all carry secrets."""
    state = "withdrawn" if withdrawn else status.value

    def secret(name: str, *more: Permission) -> str:
        return content.secret(f"{state} {name}", READ, *more)

    slug, topic = secret("slug"), secret("topic")
    content.slugs += [slug, topic]
    id_ = await articles.create(
        NewArticle(
            title=f"Bread {secret('title before')}",
            slug=secret("slug before"),
            body=text(f"Bread is {secret('body')}."),
            summary=f"Bread, {secret('summary')}",
            subtitle=f"Bread, {secret('subtitle')}",
            status=Status.DRAFT if status is Status.DRAFT else Status.SCHEDULED,
            published_at=datetime.now(UTC) + timedelta(days=9),
            image_url=f"https://pictures.test/{secret('image')}.png",
            image_alt=secret("alternative"),
            canonical_url=f"https://elsewhere.test/{secret('address')}",
            translation_key="bread",
            language={"DRAFT": "de", "SCHEDULED": "fr", "ARCHIVED": "es"}.get(state, "it"),
            topics=(topic, "Baking"),
            authors=(secret("author"), "Olive"),
        ),
        by=Viewer(secret("editor"), SYSTEM.role, SYSTEM.permissions),
    )
    changes = ArticleChanges(title=f"Bread {secret('title')}", slug=slug)
    await articles.revise(id_, changes, seen_version=1, by=SYSTEM)
    if withdrawn:
        await articles.publish(id_, by=SYSTEM, at=datetime.now(UTC) - timedelta(days=1))
    inline, pinned = RelationKind.INLINE, RelationKind.PINNED
    await related.link(
        id_, kind=inline, by=SYSTEM, target_id=content.public_id, anchor=secret("anchor")
    )
    await related.link(id_, kind=inline, by=SYSTEM, headline=f"Missing loaf {secret('headline')}")
    await related.link(id_, kind=inline, by=SYSTEM, target_id=content.other_id)
    await related.link(content.public_id, kind=pinned, by=SYSTEM, target_id=id_)
    await related.link(
        content.public_id, kind=inline, by=SYSTEM, target_id=id_, anchor=secret("anchor to it")
    )
    await OutsideLink.create(
        article_id=id_,
        url=f"https://elsewhere.test/{secret('outside')}",
        anchor=secret("outside words"),
        problem=secret("outside problem"),
        moved_to=secret("outside moved"),
        checked_at=now(),
    )
    edits = ArticleChanges(title=f"Bread {secret('edited title')}", topics=(secret("new topic"),))
    await working_versions.save(id_, edits, by=SYSTEM)
    for comment_status in CommentStatus:
        more = () if comment_status is CommentStatus.APPROVED else (MODERATE,)
        name = comment_status.value
        await a_comment(
            id_,
            f"Bread {secret(f'comment {name}', *more)}.",
            status=comment_status,
            name=secret(f"reader {name}", *more),
            email=f"{secret(f'email {name}', MODERATE)}@example.com",
        )
    if status is Status.ARCHIVED:
        await articles.archive(id_, by=SYSTEM)
    return id_


async def _add_imported(content: HiddenContent) -> int:
    """Add an imported draft, with labels in a tree, metadata, links, addresses and old slugs."""

    def secret(name: str) -> str:
        return content.secret(f"imported {name}", READ)

    above = TopicDraft(secret("topic above"), slug=secret("slug above"))
    topic = TopicDraft(
        secret("topic"),
        description=secret("description"),
        parent=above.slug,
        above=(above,),
        taxonomy=secret("taxonomy"),
        translations=(NameDraft("de", secret("translated topic")),),
    )
    names = secret("old slug"), secret("old address")
    content.slugs += [names[0], above.slug or ""]
    address = f"https://x.test/{secret('linked address')}"
    link = RelationDraft(RelationKind.INLINE, secret("words"), address, slug=secret("linked slug"))
    draft = a_draft(
        secret("key"),
        source=secret("source"),
        translation_key=secret("translation"),
        title=f"Bread {secret('title')}",
        body=text(f"Bread {secret('body')}."),
        status=Status.DRAFT,
        topics=(topic,),
        authors=(
            AuthorDraft(
                secret("author"),
                bio=secret("biography"),
                image_url=f"https://pictures.test/{secret('portrait')}.png",
                image_alt=secret("words of a portrait"),
                links=(LinkDraft(secret("site"), f"https://x.test/{secret('address of a site')}"),),
                translations=(NameDraft("de", secret("translated author")),),
            ),
        ),
        metadata=((secret("name"), secret("value")), ("seo_title", secret("seo title"))),
        relations=(link,),
        aliases=(names[0],),
        addresses=(f"https://x.test/{names[1]}", f"https://x.test{OLD_PATH}"),
    )
    [outcome] = await imports.import_articles([draft], by=SYSTEM)
    assert outcome.article_id is not None, outcome
    return outcome.article_id


async def _add_rivals(content: HiddenContent) -> None:
    """Add drafts that take names of what is public: headlines, addresses, old slugs."""
    await an_article(PLANNED, status=Status.DRAFT)
    await an_article("Cheese at noon", status=Status.DRAFT)
    await an_article(
        "Milk in the morning", status=Status.DRAFT, canonical_url=PLANNED_URL, language="en"
    )
    id_ = await an_article("Moving", slug=OLD_SLUG, status=Status.DRAFT)
    await articles.revise(id_, ArticleChanges(slug="moved"), seen_version=1, by=SYSTEM)
    alias = a_draft("aliased", status=Status.DRAFT, aliases=(OLD_SLUG,), addresses=(PLANNED_URL,))
    await imports.import_articles([alias], by=SYSTEM)


async def _add_to_public(content: HiddenContent) -> None:
    """Add hidden things to a public article: a revision, planned links, comments."""
    article = await Article.get(id=content.public_id)
    snapshot = await snapshots.read(article.id, article.version)
    assert snapshot is not None
    for name in ("subtitle", "summary", "body_html", "image_url", "canonical_url", "metadata"):
        snapshot[name] = content.secret(f"revision {name}", READ)
    snapshot["metadata"] = f'{{"x": "{snapshot["metadata"]}"}}'
    snapshot["topics"] = [[1, "x", content.secret("revision topic", READ)]]
    snapshot["authors"] = [[1, "x", content.secret("revision author", READ)]]
    edge: dict[str, object] = dict.fromkeys(snapshots.EDGE) | {"kind": "INLINE"}
    edge["anchor"] = content.secret("revision anchor", READ)
    snapshot["edges"] = [list(edge.values())]
    edits = ArticleChanges(
        title=content.secret("edited title", READ),
        slug=content.secret("edited slug", READ),
        body=text(content.secret("edited body", READ)),
        topics=(content.secret("edited topic", READ),),
        authors=(content.secret("edited author", READ),),
    )
    editor = Viewer(content.secret("second editor", READ), SYSTEM.role, SYSTEM.permissions)
    await working_versions.save(article.id, edits, by=editor)
    await articles.publish(article.id, at=datetime.now(UTC) + timedelta(days=5), by=editor)
    release = await releases.create(content.secret("release", READ), by=editor)
    await releases.add(release, article.id, by=SYSTEM)
    await previews.create(release_id=release, by=editor)
    await Release.filter(id=release).update(problem=content.secret("release problem", READ))
    packed = snapshots.pack(snapshot, None)
    await Revision.filter(article_id=article.id).update(
        title=content.secret("revision title", READ),
        editor=content.secret("revision editor", READ),
        base=None,
        content=packed.content,
    )
    # One as hubs before 0.3 stored it.
    await Revision.filter(article_id=content.other_id, version=2).update(
        subtitle=content.secret("old revision subtitle", READ),
        summary=content.secret("old revision summary", READ),
        body_html=content.secret("old revision body", READ),
        base=None,
        content=None,
    )
    await related.link(
        article.id,
        kind=RelationKind.PINNED,
        by=SYSTEM,
        headline=content.secret("planned headline", READ),
    )
    for status in (CommentStatus.PENDING, CommentStatus.SPAM, CommentStatus.TRASH):
        id_ = await comments.submit(
            article.id,
            body=f"Bread {content.secret(f'public comment {status.value}', MODERATE)}."
            f" http://{content.secret(f'linked host {status.value}', MODERATE)}.test/",
            author_name=content.secret(f"public reader {status.value}", MODERATE),
            author_email=f"{content.secret(f'public email {status.value}', MODERATE)}@example.com",
            by=ANONYMOUS,
        )
        await comments.moderate(id_, status, by=SYSTEM)


async def _add_of_operators(content: HiddenContent, hidden_id: int) -> None:
    """Add what editors of the search and operators see alone: statistics, tokens, deliveries."""
    word = content.secret("synonym", TUNE)
    await tuning.add_synonyms([word, f"other{word}"], by=SYSTEM)
    await tuning.add_synonyms([f"more{word}"], typed=content.secret("typed", TUNE), by=SYSTEM)
    await tuning.add_stop_word(content.secret("stop word", TUNE), by=SYSTEM)
    name, text = content.secret("rule", TUNE), content.secret("rule text", TUNE)
    banner = Banner(content.secret("banner", TUNE))
    rule = RuleRow(0, name, texts=(f"bread {text}",), banner=banner)
    await rules.set_rule(rule, by=SYSTEM)
    await statistics.block(f"bread {content.secret('blocked search', TUNE)}", by=SYSTEM)
    await tuning.pin(content.secret("pinned text", TUNE), hidden_id, by=SYSTEM)
    await QueryStat.create(
        day=now().date().isoformat(),
        text=f"bread {content.secret('search', TUNE)}",
        asked=9,
        hits=3,
        readers=9,
    )
    await QueryStat.create(
        day=now().date().isoformat(), text="missing loaf", asked=9, hits=1, readers=9, lacking=True
    )
    secret = content.secret("delivery", NOBODY)
    await tokens.create(content.secret("token", NOBODY), Role.WRITER, by=SYSTEM)
    await WebhookTarget.create(name=secret)
    await WebhookEvent.create(target=secret, tags=secret, places=secret, created_at=now())
    await WebhookMessage.create(
        key=secret,
        target=secret,
        articles=secret,
        body=secret,
        error=secret,
        status=MessageStatus.DELIVERED,
        created_at=now(),
        settled_at=now(),
        due=0,
    )
    await OutboxEvent.create(article_id=hidden_id, created_at=now(), parked=True, error=secret)


async def _add_deleted(content: HiddenContent) -> None:
    """Add and delete a draft with links to and from it, its labels and a comment."""

    def secret(name: str) -> str:
        return content.secret(f"deleted {name}", NOBODY)

    id_ = await an_article(
        f"Bread {secret('title')}", status=Status.DRAFT, slug=secret("slug"), body=secret("body")
    )
    pinned, inline = RelationKind.PINNED, RelationKind.INLINE
    await related.link(content.public_id, kind=pinned, by=SYSTEM, target_id=id_)
    words = content.secret("deleted anchor to it", READ)
    await related.link(content.public_id, kind=inline, by=SYSTEM, target_id=id_, anchor=words)
    await related.link(id_, kind=inline, by=SYSTEM, target_id=content.public_id)
    await a_comment(id_, secret("comment"))
    editor = Viewer(secret("editor"), SYSTEM.role, SYSTEM.permissions)
    await articles.delete(id_, by=editor)


async def _add_picture(content: HiddenContent) -> None:
    """Add a draft with a picture that the hub holds, and where it came from."""
    await MediaFile.create(
        hash=HIDDEN_HASH,
        media_type="image/jpeg",
        bytes=1,
        width=400,
        height=300,
        caption=content.secret("picture caption", READ),
        credit=content.secret("picture credit", READ),
        created_at=now(),
    )
    await MediaSource.create(
        key=HIDDEN_HASH,
        url=f"https://pictures.test/{content.secret('picture source', NOBODY)}",
        problem=content.secret("picture problem", NOBODY),
        tried_at=now(),
    )
    address = address_of(HIDDEN_HASH, "image/jpeg")
    await an_article("Bread in a picture", status=Status.DRAFT, image_url=address)


async def _add_labels(content: HiddenContent) -> None:
    """Add labels that no article carries."""
    slugs = content.secret("topic slug", READ), content.secret("author slug", READ)
    content.slugs += slugs
    topic = TopicDraft(content.secret("topic alone", READ), slugs[0], parent="baking")
    author = AuthorDraft(content.secret("author alone", READ), slugs[1])
    await imports.import_taxonomy([topic], [author], by=SYSTEM)
    for kind, public in ((TOPICS, "baking"), (AUTHORS, "olive")):
        # Of what readers never saw: names before a new one, and before it went into a public one.
        words = [
            content.secret(f"{kind.name} {name}", READ) for name in ("first", "renamed", "gone")
        ]
        content.slugs += words
        renamed = await taxonomy.create(kind, {"name": words[0]}, by=SYSTEM)
        await taxonomy.update(kind, renamed, {"name": words[1], "slug": words[1]}, by=SYSTEM)
        gone = await taxonomy.create(kind, {"name": words[2]}, by=SYSTEM)
        target = await kind.model.get(slug=public)
        await taxonomy.merge(kind, gone, target.id, by=SYSTEM)


async def change_hidden(ids: Iterable[int]) -> None:
    """Change hidden articles and labels in every way that leaves them hidden."""
    topic = await taxonomy.create(TOPICS, {"name": "Hidden topic"}, by=SYSTEM)
    await an_article("Hidden", status=Status.DRAFT, topics=("Hidden topic", "Hidden other"))
    await taxonomy.update(TOPICS, topic, {"name": "Other hidden topic"}, by=SYSTEM)
    for below in (await Topic.get(slug="baking"), None):
        await taxonomy.move(topic, below.id if below else None, by=SYSTEM)
    other = await Topic.get(slug="hidden-other")
    await taxonomy.merge(TOPICS, topic, other.id, by=SYSTEM)
    await taxonomy.delete(TOPICS, other.id, by=SYSTEM)
    for id_ in ids:
        article = await Article.get(id=id_)
        await articles.revise(
            id_,
            ArticleChanges(title=f"Changed {article.title}", topics=("Baking", "Newly hidden")),
            seen_version=article.version,
            by=SYSTEM,
        )
        await articles.publish(id_, by=SYSTEM, at=datetime.now(UTC) + timedelta(days=5))
        await articles.archive(id_, by=SYSTEM)
        await a_comment(id_, "Another.")


async def delete_hidden(content: HiddenContent) -> None:
    """Delete every hidden article, and trash what waits for a moderator."""
    for article in await Article.exclude(status=Status.PUBLISHED):
        await articles.delete(article.id, by=SYSTEM)
    waiting = (CommentStatus.PENDING, CommentStatus.SPAM)
    for comment in await Comment.filter(article_id=content.public_id, status__in=waiting):
        await comments.moderate(comment.id, CommentStatus.TRASH, by=SYSTEM)
