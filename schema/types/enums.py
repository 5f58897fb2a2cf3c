"""The enums of the schema: the model enums with their GraphQL descriptions."""

from __future__ import annotations

from enum import Enum

import strawberry

from hub.import_plan import Action as ImportAction
from hub.media.formats import ResizedFormat as ImageFormat
from hub.models import (
    CommentEventType,
    CommentKind,
    CommentModeration,
    CommentStatus,
    CommentVerdict,
    LifeAction,
    ReleaseStatus,
    RevisionChange,
)
from hub.models import Door as AuditDoor
from hub.models import Kind as ArticleKind
from hub.models import RelationKind as RelatedKind
from hub.models import RelationOrigin as RelatedOrigin
from hub.models import ReportReason as CommentReportReason
from hub.models import Status as ArticleStatus
from hub.reads.articles import Order as ArticleOrder
from hub.reads.comments.moderation import Order as ModerationSort
from hub.reads.history import CommentGap as AsOfCommentGap
from hub.reads.history import Gap as AsOfGap
from hub.text.bodies import Markup as Format
from hub.text.diff import Change as SegmentChange
from hub.text.embeds import EmbedKind
from schema.execution.internals import enum_values
from search_index.explanations import ScoreKind
from search_index.query import DateWords as SearchDates
from search_index.query import FacetField, SuggestionKind
from search_index.query import Scope as SearchScope
from search_index.query import Sort as SearchSort
from search_index.rules import RuleMatch as SearchRuleMatch

__all__ = [
    "ArticleChangeKind",
    "ArticleKind",
    "ArticleOrder",
    "ArticleStatus",
    "AsOfCommentGap",
    "AsOfGap",
    "AuditDoor",
    "BodyLinks",
    "CommentEventType",
    "CommentKind",
    "CommentModeration",
    "CommentReportReason",
    "CommentSort",
    "CommentStatus",
    "CommentVerdict",
    "EmbedKind",
    "FacetField",
    "Format",
    "ImageFormat",
    "ImportAction",
    "LifeAction",
    "ModerationSort",
    "ReasonKind",
    "RelatedKind",
    "RelatedOrigin",
    "ReleaseStatus",
    "RevisionChange",
    "ScoreKind",
    "SearchDates",
    "SearchRuleMatch",
    "SearchScope",
    "SearchSort",
    "SegmentChange",
    "SuggestionKind",
]


class ReasonKind(Enum):
    """Kind of evidence for an edge between two articles."""

    LINK = "LINK"
    WORDS = "WORDS"
    TOPICS = "TOPICS"
    LINKS = "LINKS"


class BodyLinks(Enum):
    """Addresses of the links in a body that lead to articles of the hub."""

    CURRENT = "CURRENT"
    STORED = "STORED"


class ArticleChangeKind(Enum):
    """Kind of change to an article."""

    PUBLISHED = "PUBLISHED"
    CHANGED = "CHANGED"
    WITHDRAWN = "WITHDRAWN"


class CommentSort(Enum):
    """The orders of comments."""

    NEWEST = "NEWEST"
    OLDEST = "OLDEST"


def _describe(enum: type[Enum], name: str, description: str, **values: str) -> None:
    """Set an enum's GraphQL name and descriptions; each value must have a description."""
    strawberry.enum(enum, name=name, description=description)
    for value in enum_values(enum):
        value.description = values[value.name]


_describe(
    ArticleChangeKind,
    "ArticleChangeKind",
    "What happened to an article.",
    PUBLISHED="It has become public.",
    CHANGED="It was saved, or what stands with it has changed: comments, related articles.",
    WITHDRAWN="It is no longer public, or gone.",
)
_describe(
    AuditDoor,
    "AuditDoor",
    "The way by which a change came in.",
    GRAPHQL="By a mutation.",
    COMMAND="By a command of `hub`.",
    IMPORT="By an import, of a command or a mutation.",
    SCHEDULER="By the hub itself, when its moment had come.",
    START="Found when a server started: settings of its environment.",
)
_describe(
    ImportAction,
    "ImportAction",
    "What became of an article of an import.",
    CREATED="It is new.",
    UPDATED="It has changed where it comes from, and has a new revision.",
    UNCHANGED="It is as it was; nothing was written.",
    CONFLICT="It was edited in the hub since it was imported, and left as it is.",
    REFUSED="It cannot be stored; `reason` says why.",
)
_describe(
    ArticleStatus,
    "ArticleStatus",
    "Where an article is in its life.",
    DRAFT="Being written; for staff only.",
    SCHEDULED="Will be published at its date; for staff only.",
    PUBLISHED="Public.",
    ARCHIVED="Was public once, and is kept for staff only.",
)
_describe(
    ArticleKind,
    "ArticleKind",
    "What sort of writing it is.",
    ARTICLE="Belongs to a stream and has a date.",
    PAGE="Stands by itself, as an imprint does.",
)
_describe(
    ArticleOrder,
    "ArticleOrder",
    "The orders of a list of articles; ties fall to the id.",
    NEWEST="By date of publication, the latest first (for staff, drafts by their creation).",
    OLDEST="By date of publication, the earliest first (for staff, drafts by their creation).",
    RECENTLY_UPDATED="By date of the last save, the latest first.",
    MOST_DISCUSSED="By number of comments, the most first.",
)
_describe(
    Format,
    "Format",
    "How a body is written.",
    HTML="Sanitised HTML.",
    MARKDOWN="CommonMark, made from the HTML.",
    TEXT="The plain words; an empty line stands between paragraphs.",
)
_describe(
    RelatedKind,
    "RelatedKind",
    "Why two articles are related. The first four are drawn by people, the others derived.",
    INLINE="Linked between two paragraphs of the text.",
    MORE_TOPICS="Listed below the text, under more topics.",
    MORE_TO_READ="Listed below the text, as more to read.",
    PINNED="Chosen by an editor.",
    TOPIC="Shares topics.",
    SIMILAR="Uses similar words.",
)
_describe(
    RelatedOrigin,
    "RelatedOrigin",
    "Who keeps an edge of the related graph.",
    EDITOR="Drawn by hand; no import touches it.",
    IMPORT="Came with an import, and is replaced by the next one.",
    DERIVED="Kept by the hub itself.",
)
_describe(
    CommentStatus,
    "CommentStatus",
    "Where a comment is in moderation.",
    PENDING="Waits for a moderator; for moderators only.",
    APPROVED="Public.",
    SPAM="Unwanted advertising; for moderators only.",
    TRASH="Thrown away; for moderators only.",
)
_describe(
    CommentVerdict,
    "CommentVerdict",
    "The spam filter's opinion of a comment; moderators decide.",
    CLEAN="Nothing speaks against it.",
    SUSPICIOUS="It may be spam.",
    SPAM="It reads like spam.",
)
_describe(
    CommentModeration,
    "CommentModeration",
    "Which comments of readers wait for a moderator; all others are public at once.",
    ALL="All: they are moderated before publication.",
    SUSPICIOUS="Those that the spam filter does not call clean.",
    SPAM="Those that the spam filter calls spam.",
    NONE="None: they are moderated after publication.",
)
_describe(
    CommentReportReason,
    "CommentReportReason",
    "Why a reader reports a comment.",
    SPAM="It advertises.",
    ABUSE="It insults, threatens or incites.",
    PERSONAL_DATA="It tells what is private of somebody.",
    OFF_TOPIC="It has nothing to do with the article.",
    OTHER="Another reason.",
)
_describe(
    CommentEventType,
    "CommentEventType",
    "What happened to a comment.",
    PENDING="It waits for a moderator.",
    APPROVED="It is public.",
    REPORTED="A reader reported it.",
)
_describe(
    ModerationSort,
    "ModerationSort",
    "The order of the moderators' queue.",
    NEWEST="The latest first.",
    MOST_REPORTED="Those that most readers have reported first.",
)
_describe(
    CommentKind,
    "CommentKind",
    "What sort of comment it is.",
    COMMENT="A reader's words.",
    PINGBACK="Another site's note that it links here, checked by its sender.",
    TRACKBACK="Another site's note that it writes about this.",
)
_describe(
    CommentSort,
    "CommentSort",
    "The orders of comments; ties fall to the id.",
    NEWEST="The latest first.",
    OLDEST="The earliest first.",
)
_describe(
    SearchSort,
    "SearchSort",
    "The orders of hits; ties fall to the newer article.",
    RELEVANCE="The best match first.",
    NEWEST="By date of publication, the latest first.",
    OLDEST="By date of publication, the earliest first.",
    MOST_DISCUSSED="By number of comments, the most first.",
)
_describe(
    SearchScope,
    "SearchScope",
    "What a search looks through.",
    ARTICLES="The articles themselves.",
    COMMENTS="Approved comments of readers; of each article, the newest 1,000.",
)
_describe(
    FacetField,
    "FacetField",
    "What hits can be counted by.",
    TOPIC="Topics, those above an article's own included; values are slugs.",
    AUTHOR="Authors; values are slugs.",
    LANGUAGE="Languages; values are language tags.",
    KIND="Kinds of article; values are those of ArticleKind.",
    YEAR="Years of publication in UTC, as in 2026.",
    MONTH="Months of publication in UTC, as in 2026-03.",
    IMAGE="Whether there is an image: `true` or `false`.",
)
_describe(
    SuggestionKind,
    "SuggestionKind",
    "What a suggestion leads to.",
    ARTICLE="An article.",
    TOPIC="A topic; filter by its slug.",
    AUTHOR="An author; filter by the slug.",
    QUERY="A search that other readers have made several times, and that found something.",
)
_describe(
    ReasonKind,
    "ReasonKind",
    "What an edge of the related graph was drawn for.",
    LINK="People linked the one to the other.",
    WORDS="Telling words in common.",
    TOPICS="Topics in common.",
    LINKS="Links in common: from the one to the other, to the same articles, or from the same.",
)
_describe(
    SearchDates,
    "SearchDates",
    "What words for a time in a text do, as `last week` or `2024`, beside being words.",
    PREFER="Articles of that time score a little more.",
    REQUIRE="Only articles of that time are hits, and the words are not searched.",
    IGNORE="Nothing.",
)
_describe(
    SearchRuleMatch,
    "SearchRuleMatch",
    "How the texts of a rule are compared with that of a search, word by word.",
    EXACT="They are all of it.",
    CONTAINS="They stand in it, word after word.",
    PATTERN="As `EXACT`; `*` alone stands for any words or none, `flight*` for such beginnings.",
)
_describe(
    ScoreKind,
    "ScoreKind",
    "What a part of a score was given for.",
    WORD="A word, or what stands for it, is there.",
    NEIGHBOURS="Words follow each other as they were typed.",
    EVERY_WORD="Every word is there.",
    TITLE="The title reads just like what was typed.",
    RECENCY="The article is recent.",
    PIN="An editor put the article first; adds nothing to the score.",
    RULE="A rule of editors raises or lowers the article; what that adds may be below 0.",
    DATE="The text has words for a time, which is that of the article.",
)
_describe(
    RevisionChange,
    "RevisionChange",
    "What kind of save made a version.",
    CREATED="It was created.",
    REVISED="Its text or what stands with it was changed.",
    IMPORTED="An import stored it, or changed it.",
    PUBLISHED="It was published, or what was being prepared for it.",
    SCHEDULED="It was scheduled.",
    ARCHIVED="It was archived.",
    UNPUBLISHED="It was taken back to a draft.",
    RESTORED="An earlier version was brought back.",
)
_describe(
    SegmentChange,
    "SegmentChange",
    "In which of two versions a part of a text stands.",
    SAME="In both.",
    REMOVED="In the older one alone.",
    ADDED="In the newer one alone.",
)
_describe(
    AsOfGap,
    "AsOfGap",
    "Why the version of an article that was there at a moment cannot be told.",
    THINNED="It is one of those that `HUB_REVISIONS` has thinned out.",
)
_describe(
    AsOfCommentGap,
    "AsOfCommentGap",
    "What of a comment that was public at a moment cannot be told.",
    EDITED="Its text then: a moderator has edited it since.",
    ERASED="Its text and its writer: they were erased since.",
    UNDATED="Since when it was here: an import before version 0.3 left its date alone.",
)
_describe(
    LifeAction,
    "LifeAction",
    "A change of an article's life.",
    PUBLISH="It becomes public, with its working version.",
    UNPUBLISH="It becomes a draft again.",
)
_describe(
    ReleaseStatus,
    "ReleaseStatus",
    "Where a release is in its life.",
    OPEN="Waits for somebody to publish it.",
    SCHEDULED="Will be published at its time.",
    PUBLISHED="Was published.",
)
_describe(
    EmbedKind,
    "EmbedKind",
    "What is embedded in a text.",
    VIDEO="A film.",
    AUDIO="A sound, as a podcast or a song.",
    POST="A post of a social network.",
    CODE="Code.",
    DOCUMENT="A document, as slides or a PDF.",
    PAGE="All else, as a map, a form or a chart.",
)
_describe(
    BodyLinks,
    "BodyLinks",
    "Where the links of a text to other articles of the hub lead.",
    CURRENT="To where these articles are read now, as `Article.url`.",
    STORED="To the addresses that the text has.",
)
_describe(
    ImageFormat,
    "ImageFormat",
    "A format of resized pictures.",
    WEBP="WebP, which all present browsers show.",
    AVIF="AVIF, the smallest, and the slowest to make.",
    JPEG="JPEG, which everything shows; transparent parts are white.",
)
