"""Models: fields and constraints, no rules. The services in `hub` are their only writers.

Belongs here: a column, an index, a unique constraint. Does not: queries (`hub.reads`).
The first paragraph of a model's docstring becomes its table's comment in migrations: to change it
takes a migration, and it must not contain a semicolon, which would end the statement.
"""

from hub.models.account import Role, Token
from hub.models.article import (
    Address,
    Article,
    ArticleAuthor,
    ArticleTopic,
    CommentModeration,
    Kind,
    SlugHistory,
    Status,
)
from hub.models.audit import AuditEntry, Door, StoredSetting
from hub.models.author import Author, FormerAuthor
from hub.models.comment import (
    Comment,
    CommentKind,
    CommentStatus,
    CommentVerdict,
    ErasedPerson,
    HubSecret,
    SpamFeature,
)
from hub.models.import_run import ImportChange, ImportRun, RecordKind
from hub.models.lifecycle import (
    LifeAction,
    PlannedChange,
    Release,
    ReleaseItem,
    ReleaseStatus,
    TrashedArticle,
    TrashedRow,
    WorkingVersion,
)
from hub.models.media import MediaFile, MediaSource, MediaUse
from hub.models.moderation import CommentEvent, CommentEventType, CommentReport, ReportReason
from hub.models.outbox import Change, DueNeighbours, IndexFollower, OutboxEvent
from hub.models.persisted import PersistedDocument
from hub.models.preview import Preview
from hub.models.querystat import BlockedQuery, OvertakenText, QueryReader, QueryStat
from hub.models.rate import DaySecret, RateBucket
from hub.models.relation import (
    HiddenSuggestion,
    OutsideLink,
    Relation,
    RelationKind,
    RelationOrigin,
)
from hub.models.revision import Revision, RevisionChange
from hub.models.topic import FormerTopic, Topic
from hub.models.tuning import Pin, SearchRule, StopWord, SynonymSet
from hub.models.webhook import Lease, MessageStatus, WebhookEvent, WebhookMessage, WebhookTarget

__all__ = [
    "Address",
    "Article",
    "ArticleAuthor",
    "ArticleTopic",
    "AuditEntry",
    "Author",
    "BlockedQuery",
    "Change",
    "Comment",
    "CommentEvent",
    "CommentEventType",
    "CommentKind",
    "CommentModeration",
    "CommentReport",
    "CommentStatus",
    "CommentVerdict",
    "DaySecret",
    "Door",
    "DueNeighbours",
    "ErasedPerson",
    "FormerAuthor",
    "FormerTopic",
    "HiddenSuggestion",
    "HubSecret",
    "ImportChange",
    "ImportRun",
    "IndexFollower",
    "Kind",
    "Lease",
    "LifeAction",
    "MediaFile",
    "MediaSource",
    "MediaUse",
    "MessageStatus",
    "OutboxEvent",
    "OutsideLink",
    "OvertakenText",
    "PersistedDocument",
    "Pin",
    "PlannedChange",
    "Preview",
    "QueryReader",
    "QueryStat",
    "RateBucket",
    "RecordKind",
    "Relation",
    "RelationKind",
    "RelationOrigin",
    "Release",
    "ReleaseItem",
    "ReleaseStatus",
    "ReportReason",
    "Revision",
    "RevisionChange",
    "Role",
    "SearchRule",
    "SlugHistory",
    "SpamFeature",
    "Status",
    "StopWord",
    "StoredSetting",
    "SynonymSet",
    "Token",
    "Topic",
    "TrashedArticle",
    "TrashedRow",
    "WebhookEvent",
    "WebhookMessage",
    "WebhookTarget",
    "WorkingVersion",
]
