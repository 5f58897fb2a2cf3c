"""The root of all mutations."""

from __future__ import annotations

import strawberry

from schema.mutations.articles import (
    ArchiveArticleResult,
    CreateArticleResult,
    DeleteArticleResult,
    PublishArticleResult,
    ReviseArticleResult,
    archive_article,
    create_article,
    delete_article,
    publish_article,
    revise_article,
)
from schema.mutations.comments import (
    ModerateCommentResult,
    SubmitCommentResult,
    moderate_comment,
    submit_comment,
)
from schema.mutations.imports import ImportArticlesResult, import_articles
from schema.mutations.related import (
    LinkArticlesResult,
    UnlinkArticlesResult,
    link_articles,
    unlink_articles,
)
from schema.mutations.tuning import (
    AddSynonymsResult,
    PinArticleResult,
    RemoveSynonymsResult,
    UnpinArticleResult,
    add_synonyms,
    pin_article,
    remove_synonyms,
    unpin_article,
)
from schema.types.fields import resolved


@strawberry.type(
    description="What can be changed. Each mutation answers with a payload or with a `Problem`."
)
class Mutation:
    """The root type of mutations."""

    create_article: CreateArticleResult = resolved(
        create_article,
        "Store a new article. Needs the permission `write`; another status than `DRAFT` also "
        "needs `publish`.",
    )
    revise_article: ReviseArticleResult = resolved(
        revise_article,
        "Change an article, unless it has been saved since `seenVersion`. Needs the permission "
        "`write`, and `publish` if it is not a draft.",
    )
    publish_article: PublishArticleResult = resolved(
        publish_article, "Make an article public, now or later. Needs the permission `publish`."
    )
    archive_article: ArchiveArticleResult = resolved(
        archive_article,
        "Take an article out of public sight without losing it. Needs the permission `publish`.",
    )
    delete_article: DeleteArticleResult = resolved(
        delete_article,
        "Delete an article with its comments and revisions; edges to it dangle. Needs the "
        "permission `delete`.",
    )
    link_articles: LinkArticlesResult = resolved(
        link_articles,
        "Relate an article to another; an edge that is there already is kept. Needs the "
        "permission `write`.",
    )
    unlink_articles: UnlinkArticlesResult = resolved(
        unlink_articles, "Take an edge away. Needs the permission `write`."
    )
    import_articles: ImportArticlesResult = resolved(
        import_articles,
        "Take in a batch of articles from elsewhere, with what they are related to and the "
        "comments on them; those that have not changed write nothing. Needs the permissions "
        "`write`, `publish` and `moderate`.",
    )
    submit_comment: SubmitCommentResult = resolved(
        submit_comment,
        "Comment on an article, or reply to a comment. Needs no permission; a moderator's own is "
        "approved at once, everybody else's waits for one.",
    )
    moderate_comment: ModerateCommentResult = resolved(
        moderate_comment, "Give a comment another status. Needs the permission `moderate`."
    )
    add_synonyms: AddSynonymsResult = resolved(
        add_synonyms, "Let words stand for each other in searches. Needs the permission `tune`."
    )
    remove_synonyms: RemoveSynonymsResult = resolved(
        remove_synonyms, "Let words no longer stand for each other. Needs the permission `tune`."
    )
    pin_article: PinArticleResult = resolved(
        pin_article, "Let an article come first for a text. Needs the permission `tune`."
    )
    unpin_article: UnpinArticleResult = resolved(
        unpin_article, "Let an article no longer come first. Needs the permission `tune`."
    )
