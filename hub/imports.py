"""Imports: store drafts as articles with their edges and comments, in batches.

Idempotent by (source, key): an unchanged draft writes nothing; a changed one is a new revision;
one whose article was edited in the hub after its import is a conflict, reported and not stored.
What its source no longer calls public is hidden all the same, unless an editor has published it.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from hub import articles, audit, comments, outbox, related, slugs, snapshots
from hub.articles import import_log
from hub.articles.working_versions import import_notes
from hub.auth import SYSTEM, Permission, Viewer, article_statuses
from hub.db.database import fault_of, marks, run, run_many, transaction
from hub.db.timestamps import now
from hub.drafts import (
    INLINE_CHARACTERS,
    ArticleDraft,
    AuthorDraft,
    CommentDraft,
    TopicDraft,
    cyclic_keys,
    without_nul,
)
from hub.errors import DatabaseError, HubError, Invalid
from hub.import_plan import (
    WITHDRAWN,
    Action,
    DraftPlan,
    ImportOptions,
    Outcome,
    PreparedDraft,
    add_differences,
    make_plans,
    needs_write,
    prepare,
    published_by_editors,
)
from hub.models import Article, Comment, Door, RevisionChange, Status
from hub.models.article import SLUG_LENGTH
from hub.taxonomy import classify_topics, ensure_authors, ensure_topics, set_authors, set_topics
from hub.text import markup, validation


async def import_articles(
    drafts: Sequence[ArticleDraft],
    *,
    by: Viewer,
    overwrite: bool = False,
    dry_run: bool = False,
    as_draft: bool = False,
    run_id: int | None = None,
) -> list[Outcome]:
    """Store a batch of drafts, and return the outcome of each, in their order.

    One transaction for the batch; a draft that cannot be stored is refused without affecting the
    others. See `ImportOptions`; a dry run returns the outcomes without writing anything. Comments
    that are stored already stay as they are, except that those which the source calls spam or trash
    are hidden, unless a moderator has judged them here.

    Raises:
        NotAllowed: `by` may not write, publish and moderate.
        DatabaseError: the database is at fault, as on a full disk; no draft of the batch is stored,
            or some of them if it was being retried one by one.
    """
    for permission in (Permission.WRITE, Permission.PUBLISH, Permission.MODERATE):
        by.require(permission)
    prepared: list[PreparedDraft] = []
    outcomes: list[Outcome | None] = []
    places: dict[tuple[str, str], str] = {}
    for draft in drafts:
        await asyncio.sleep(0)  # requests of a server have their turn between two bodies
        try:
            if (first := places.get((draft.source, draft.key))) is not None:
                raise Invalid("key", f"{draft.key} stands in this import twice, first at {first}")
            prepared.append(await prepare(draft))
            places[draft.source, draft.key] = draft.place or draft.key
            outcomes.append(None)
        except HubError as error:
            outcomes.append(_refused(draft, error))
    options = ImportOptions(overwrite, dry_run, as_draft, run_id)
    stored = iter(await _store_or_compare(prepared, by, options))
    return [outcome or next(stored) for outcome in outcomes]


@transaction
async def withdraw_articles(
    source: str,
    keys: Sequence[str],
    *,
    by: Viewer,
    dry_run: bool = False,
    run_id: int | None = None,
) -> list[Outcome]:
    """Hide the public articles of these keys, which their source has removed from the public.

    They become drafts, unless an editor has published them since their last import. Returns the
    outcomes of those that are hidden, or would be; `run_id` is the record of the import.

    Raises:
        NotAllowed: `by` may not publish.
    """
    by.require(Permission.PUBLISH)
    rows = await run(
        "SELECT id, title, source_key, version FROM article WHERE source = ?"
        f" AND source_key IN ({marks(keys)}) AND status IN (?, ?) ORDER BY id",
        [source, *keys, Status.PUBLISHED.value, Status.SCHEDULED.value],
    )
    chosen = await published_by_editors([row["id"] for row in rows])
    outcomes, changes = [], []
    for row in rows:
        if row["id"] in chosen:
            continue
        version = row["version"]
        changes.append(import_log.ArticleChange(row["id"], version, version + 1))
        if not dry_run:
            await articles.withdraw(row["id"], Status.DRAFT, by)
        outcomes.append(
            Outcome(
                f"key {row['source_key']}",
                row["title"],
                Action.UPDATED,
                article_id=row["id"],
                reason=WITHDRAWN,
                withdrawn=True,
            )
        )
    if outcomes and not dry_run:
        await _record("import.articles", {"withdrawn": len(outcomes)}, run_id, by)
        if run_id is not None:
            await import_log.record(run_id, await import_log.last_ids(), changes)
    return outcomes


@transaction
async def import_taxonomy(
    topics: Iterable[TopicDraft],
    authors: Iterable[AuthorDraft],
    *,
    by: Viewer,
    run_id: int | None = None,
) -> None:
    """Store topics and authors independently of articles; `run_id` is the record of the import.

    Raises:
        NotAllowed: `by` may not write.
        Invalid: a name is empty or too long.
    """
    by.require(Permission.WRITE)
    before = await import_log.last_ids() if run_id is not None else None
    written_topics, written_authors = set[int](), set[int]()
    await ensure_topics(map(without_nul, topics), written_topics)
    await ensure_authors(map(without_nul, authors), written_authors)
    if written_topics or written_authors:
        counts = {"topics": len(written_topics), "authors": len(written_authors)}
        await _record("import.labels", counts, run_id, by)
    if run_id is not None and before is not None:
        await import_log.record(run_id, before)


async def _store_or_compare(
    prepared: list[PreparedDraft], by: Viewer, options: ImportOptions
) -> list[Outcome]:
    plans = await make_plans(prepared, options.overwrite, options.as_draft)
    if options.dry_run:
        visible = article_statuses(by)
        await add_differences(
            [plan for plan in plans if plan.stored is None or plan.stored["status"] in visible]
        )
    if not options.dry_run:
        unchanged = [plan for plan in plans if plan.action is Action.UNCHANGED]
        topics = [topic for plan in unchanged for topic in plan.prepared.draft.topics]
        if any(topic.taxonomy for topic in topics):
            await classify_topics(topics)
    if options.dry_run or not any(needs_write(plan) for plan in plans):
        return [plan.outcome() for plan in plans]
    await _render_comments(plans)
    try:
        return await _write_batch(prepared, by, options)
    except DatabaseError:  # no draft's fault: the next ones would fail too
        raise
    except Exception as error:  # a draft that fails must not affect the others: retry one by one
        if (fault := fault_of(error)) is not None:
            raise fault from error
        if len(prepared) == 1:
            return [_refused(prepared[0].draft, error)]
    return [
        outcome for item in prepared for outcome in await _store_or_compare([item], by, options)
    ]


async def _render_comments(plans: Iterable[DraftPlan]) -> None:
    """Sanitise the comments that will be stored, before the transaction that holds up others.

    Requests of a server have their turn in between; a long body is sanitised in a thread.
    """
    for plan in plans:
        for comment in plan.comments:
            if len(comment.body.content) > INLINE_CHARACTERS:
                html = await asyncio.to_thread(markup.comment_html, comment.body)
            else:
                await asyncio.sleep(0)
                html = markup.comment_html(comment.body)
            plan.prepared.comment_html[comment.key] = html


def _refused(draft: ArticleDraft, error: Exception) -> Outcome:
    return Outcome(draft.place or draft.key, draft.title, Action.REFUSED, reason=str(error))


# ── within the transaction ────────────────────────────────────────────────────────────────────


@transaction
async def _write_batch(
    prepared: list[PreparedDraft], by: Viewer, options: ImportOptions
) -> list[Outcome]:
    """Store the drafts, with plans made under the write lock."""
    plans = await make_plans(prepared, options.overwrite, options.as_draft)
    before = await import_log.last_ids() if options.run_id is not None else None
    stored_plans = _rivals_last(
        [plan for plan in plans if plan.action in (Action.CREATED, Action.UPDATED)]
    )
    tags = set[str]()
    topics = await ensure_topics(
        draft for plan in stored_plans for draft in plan.prepared.draft.topics
    )
    authors = await ensure_authors(
        draft for plan in stored_plans for draft in plan.prepared.draft.authors
    )
    stored_ids = [int(plan.stored["id"]) for plan in stored_plans if plan.stored is not None]
    old_locations = await articles.locations(stored_ids)
    if stored_ids:
        tags |= await articles.tags_of(stored_ids) | await related.related_tags(stored_ids)
    for plan in stored_plans:
        plan.article = await (_insert(plan, by) if plan.stored is None else _update(plan, by))
        await _set_labels(plan.article, plan.prepared.draft, topics, authors)
    await _store_dependents(stored_plans, by)
    await _note_working_versions(stored_plans)
    for plan in plans:
        if _is_written(plan) and plan.article is None:
            await articles.withdraw(plan.stored["id"], plan.prepared.draft.status, by)
    commented = await _add_comments(plans, by)
    ids = [int(plan.article.id) for plan in stored_plans if plan.article is not None]
    await outbox.record(id_ for id_ in ids if id_ not in commented)
    if ids:
        tags |= await articles.tags_of(ids) | await related.related_tags(ids)
    await outbox.announce(sorted(tags), old_locations)
    if options.run_id is not None and before is not None:
        changes = [_change(plan) for plan in plans if _is_written(plan)]
        await import_log.record(options.run_id, before, changes)
    outcomes = [plan.outcome() for plan in plans]
    counts = Counter(outcome.action.value.lower() for outcome in outcomes)
    counts["withdrawn"] = sum(outcome.withdrawn for outcome in outcomes)
    counts["comments"] = sum(outcome.comments_added for outcome in outcomes)
    await _record("import.articles", counts, options.run_id, by)
    return outcomes


async def _record(action: str, counts: Mapping[str, int], run_id: int | None, by: Viewer) -> None:
    """Append an entry of an import to the audit trail: its counts, and the number of its list."""
    changes = {name: (None, number) for name, number in sorted(counts.items()) if number}
    await audit.record(action, "Import", run_id, by=by, changes=changes, door=Door.IMPORT)


def _rivals_last(plans: list[DraftPlan]) -> list[DraftPlan]:
    """Return plans in their order, but hidden ones last whose slug a public one asks for too.

    So the hidden article's slug is never that of the public one, not even for a moment.
    """

    def slug_of(plan: DraftPlan) -> tuple[str, str]:
        return plan.prepared.slug, plan.prepared.values["language"]

    public = {id(plan) for plan in plans if plan.resolve_status()[0] is Status.PUBLISHED}
    rivals = {slug_of(plan) for plan in plans if id(plan) in public}
    return sorted(plans, key=lambda plan: id(plan) not in public and slug_of(plan) in rivals)


def _is_written(plan: DraftPlan) -> bool:
    return plan.article is not None or (plan.withdrawn and plan.action is Action.CONFLICT)


def _change(plan: DraftPlan) -> import_log.ArticleChange:
    article_id = plan.article_id
    assert article_id is not None, "a written plan has its article"
    before = None if plan.stored is None else int(plan.stored["version"])
    return import_log.ArticleChange(article_id, before, (before or 0) + 1)


async def _insert(plan: DraftPlan, by: Viewer) -> Article:
    prepared, draft, moment = plan.prepared, plan.prepared.draft, now()
    status, published_at = plan.resolve_status()
    created = draft.created_at or draft.published_at or moment
    return await Article.create(
        **prepared.values,
        slug=await slugs.new_slug(prepared.slug, prepared.values["language"], status, by),
        status=status,
        published_at=published_at,
        created_at=created,
        updated_at=draft.updated_at or created,
        source=draft.source,
        source_key=draft.key,
        source_hash=prepared.digest,
        source_version=1,
        held_back=plan.is_held_back,
    )


async def _update(plan: DraftPlan, by: Viewer) -> Article:
    prepared, draft = plan.prepared, plan.prepared.draft
    article = await Article.get(id=plan.stored["id"])
    status, published_at = plan.resolve_status()
    slug, language = slugs.choose_slug(prepared.slug, article.slug), prepared.values["language"]
    if (slug, language) != (article.slug, article.language):
        slug = await slugs.new_slug(slug, language, status, by)
        await articles.move_slug(article, slug, language, SYSTEM)
    elif status is Status.PUBLISHED and article.status is not Status.PUBLISHED:
        slug = await slugs.slug_in_public(article, by, prepared.slug)
    if plan.withdrawn:
        await articles.cancel_in_transaction(int(article.id))
        await articles.leave_releases(int(article.id))
    version = article.version + 1
    article.update_from_dict(
        prepared.values
        | {
            "slug": slug,
            "status": status,
            "published_at": published_at,
            "updated_at": draft.updated_at or now(),
            "version": version,
            "source_hash": prepared.digest,
            "source_version": version,
            "held_back": plan.is_held_back,
        }
    )
    await article.save()
    return article


async def _set_labels(
    article: Article,
    draft: ArticleDraft,
    topics: dict[TopicDraft, int],
    authors: dict[AuthorDraft, int],
) -> None:
    """Set an article's topics and authors."""
    topic_ids = [topics[topic] for topic in draft.topics]
    author_ids = [authors[author] for author in draft.authors]
    await set_topics(article.id, topic_ids)
    await set_authors(article.id, author_ids)


async def _note_working_versions(plans: list[DraftPlan]) -> None:
    """Add to the notes of each article that has a working version what differs there."""
    notes = await import_notes([plan.article for plan in plans if plan.article is not None])
    for plan in plans:
        if note := notes.get(plan.article_id or 0):
            joined = "; ".join(filter(None, (plan.prepared.notes, note)))
            plan.prepared = replace(plan.prepared, notes=joined)


async def _store_dependents(plans: list[DraftPlan], by: Viewer) -> None:
    """Store the articles' revisions, addresses and old slugs, and bind edges from and to them."""
    pairs = [(plan.article, plan.prepared.draft) for plan in plans if plan.article is not None]
    ids = [int(article.id) for article, _ in pairs]
    await articles.add_addresses(
        [
            (int(article.id), url)
            for article, draft in pairs
            for url in (*draft.addresses, draft.canonical_url or "")
        ]
    )
    for article, draft in pairs:
        aliases = [
            alias
            for alias in draft.aliases
            if alias != article.slug and 0 < len(alias) <= SLUG_LENGTH
        ]
        await articles.add_slugs(article.id, article.language, aliases)
    await related.replace_imported(ids, [draft.relations for _, draft in pairs])
    rows = await run(
        f"SELECT id FROM relation WHERE source_id IN ({marks(ids)}) AND target_id IS NULL", ids
    )
    moved = await related.bind_edges(row["id"] for row in rows)
    moved += await related.bind_edges_to(ids)
    await snapshots.record([article for article, _ in pairs], by, RevisionChange.IMPORTED)
    await related.announce_edges(moved)


async def _add_comments(plans: list[DraftPlan], by: Viewer) -> set[int]:
    """Store new comments, hide withdrawn ones, and return the ids of their articles."""
    rows, parents, hidden, touched = [], [], [], set[int]()
    for plan in plans:
        article_id = plan.article_id
        if not (plan.comments or plan.hidden_comments) or article_id is None:
            continue
        touched.add(article_id)
        hidden += [(draft.status, article_id, draft.key) for draft in plan.hidden_comments]
        cyclic = cyclic_keys(plan.prepared.draft.comments)
        for draft in plan.comments:
            rows.append(_build_comment(article_id, draft, plan))
            if draft.parent_key is not None and draft.key not in cyclic:
                parents.append((article_id, draft.parent_key, article_id, draft.key))
    await Comment.bulk_create(rows)
    await run_many(
        "UPDATE comment SET parent_id = (SELECT p.id FROM comment p WHERE p.article_id = ?"
        " AND p.source_key = ?) WHERE article_id = ? AND source_key = ?",
        parents,
    )
    for status, article_id, key in hidden:
        await comments.hide_imported(article_id, key, status, by=by)
    if touched:
        await comments.update_counts(sorted(touched))
    return touched


def _build_comment(article_id: int, draft: CommentDraft, plan: DraftPlan) -> Comment:
    rendered = plan.prepared.comment_html
    return Comment(
        article_id=article_id,
        kind=draft.kind,
        author_name=" ".join(draft.author_name.split())[: validation.MAX_NAME] or "Anonymous",
        author_email=(draft.author_email or "")[: validation.MAX_EMAIL] or None,
        body_html=rendered.get(draft.key) or markup.comment_html(draft.body),
        status=draft.status,
        created_at=draft.created_at,
        source_key=draft.key,
        imported_at=now(),
        erased_at=now() if draft.key in plan.placeholders else None,
    )
