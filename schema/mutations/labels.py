"""The mutations of topics and authors."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import strawberry
from pydantic.alias_generators import to_camel

from hub import taxonomy
from hub.errors import Invalid
from hub.taxonomy import AUTHORS, TOPICS
from schema import ids
from schema.context import HubContext, Info
from schema.loaders import Loaders
from schema.mutations.article_inputs import (
    AuthorLinkInput,
    LabelNameInput,
    links_of,
    names_of,
)
from schema.mutations.inputs import Input, optional
from schema.types.author import Author
from schema.types.fields import field
from schema.types.topic import Topic

TOPIC = "The topic's global id."
AUTHOR = "The author's global id."
NEW_SLUG = "Unique; made from the name if left out."
SLUG = "The old slug goes on finding it."
TAXONOMY = "`category`, `tag`, `series`, or another taxonomy."
NAMES = "Its names in other languages, at most 50; `name` stands for the rest."
LINKS = "Sites and profiles of the author, at most 20, in their order."
NULLABLE = frozenset({"taxonomy", "image_url", "image_alt"})
"""Fields that null clears."""

Text = strawberry.Maybe[str | None]


@strawberry.input(description="A new topic.")
class CreateTopicInput:
    """See `hub.taxonomy.create`."""

    name: str = field("Its name, at most 200 characters.")
    slug: str | None = optional(NEW_SLUG)
    description: str = optional("What belongs here, as plain text.", "")
    taxonomy: str | None = optional(TAXONOMY)
    translations: list[LabelNameInput] = strawberry.field(default_factory=list, description=NAMES)
    parent_id: strawberry.ID | None = optional("The topic above it; none at the top.")


@strawberry.input(description="What changes of a topic; what is left out stays as it is.")
class UpdateTopicInput:
    """See `hub.taxonomy.update`."""

    id: strawberry.ID = field(TOPIC)
    name: Text = optional("Its name.")
    slug: Text = optional(SLUG)
    description: Text = optional("What belongs here, as plain text.")
    taxonomy: Text = optional(f"{TAXONOMY} Null for none.")
    translations: strawberry.Maybe[list[LabelNameInput] | None] = optional(f"{NAMES} All of them.")


@strawberry.input(description="A topic to move, with those below it.")
class MoveTopicInput:
    """See `hub.taxonomy.move`."""

    id: strawberry.ID = field(TOPIC)
    parent_id: strawberry.ID | None = optional("The topic above it; null for the top.")


@strawberry.input(description="A topic that becomes part of another one.")
class MergeTopicInput:
    """See `hub.taxonomy.merge`."""

    id: strawberry.ID = field("The global id of the topic that will be gone.")
    into_id: strawberry.ID = field("The global id of the topic that stays.")


@strawberry.input(description="A topic to delete.")
class DeleteTopicInput:
    """See `hub.taxonomy.delete`."""

    id: strawberry.ID = field(TOPIC)


@strawberry.input(description="A new author.")
class CreateAuthorInput:
    """See `hub.taxonomy.create`."""

    name: str = field("As the byline shows it, at most 200 characters.")
    slug: str | None = optional(NEW_SLUG)
    bio: str = optional("A few words about the author, as plain text.", "")
    image_url: str | None = optional("The address of a picture.")
    image_alt: str | None = optional("What the picture shows, in words.")
    links: list[AuthorLinkInput] = strawberry.field(default_factory=list, description=LINKS)
    translations: list[LabelNameInput] = strawberry.field(default_factory=list, description=NAMES)


@strawberry.input(description="What changes of an author; what is left out stays as it is.")
class UpdateAuthorInput:
    """See `hub.taxonomy.update`."""

    id: strawberry.ID = field(AUTHOR)
    name: Text = optional("As the byline shows it.")
    slug: Text = optional(SLUG)
    bio: Text = optional("A few words about the author, as plain text.")
    image_url: Text = optional("The address of a picture; null for none.")
    image_alt: Text = optional("What the picture shows, in words; null for nothing.")
    links: strawberry.Maybe[list[AuthorLinkInput] | None] = optional(f"{LINKS} All of them.")
    translations: strawberry.Maybe[list[LabelNameInput] | None] = optional(f"{NAMES} All of them.")


@strawberry.input(description="An author who is another one, under another name.")
class MergeAuthorInput:
    """See `hub.taxonomy.merge`."""

    id: strawberry.ID = field("The global id of the author that will be gone.")
    into_id: strawberry.ID = field("The global id of the author that stays.")


@strawberry.input(description="An author to delete.")
class DeleteAuthorInput:
    """See `hub.taxonomy.delete`."""

    id: strawberry.ID = field(AUTHOR)


@strawberry.type
class SavedTopic:
    """Fields of all payloads of a topic."""

    topic: Topic | None = field("The topic, as it is now; null where your token may not read it.")


@strawberry.type
class SavedAuthor:
    """Fields of all payloads of an author."""

    author: Author | None = field("The author as stored; null where your token may not read it.")


@strawberry.type(description="The topic has been created; no article carries it yet.")
class CreateTopicPayload(SavedTopic):
    """Payload of `createTopic`."""


@strawberry.type(description="The topic has been changed.")
class UpdateTopicPayload(SavedTopic):
    """Payload of `updateTopic`."""


@strawberry.type(description="The topic stands at its new place.")
class MoveTopicPayload(SavedTopic):
    """Payload of `moveTopic`."""


@strawberry.type(description="The articles of both carry the topic that stays.")
class MergeTopicPayload(SavedTopic):
    """Payload of `mergeTopic`."""

    merged_topic_id: strawberry.ID = field("The global id that the other one had.")
    articles: int = field("How many articles carried the other one, of all that are stored.")


@strawberry.type(description="The topic is gone; its articles stay, without it.")
class DeleteTopicPayload:
    """Payload of `deleteTopic`."""

    deleted_topic_id: strawberry.ID = field("The global id that it had.")
    articles: int = field("How many articles carried it, of all that are stored.")


@strawberry.type(description="The author has been created; no article has the byline yet.")
class CreateAuthorPayload(SavedAuthor):
    """Payload of `createAuthor`."""


@strawberry.type(description="The author has been changed.")
class UpdateAuthorPayload(SavedAuthor):
    """Payload of `updateAuthor`."""


@strawberry.type(description="The articles of both have the byline that stays.")
class MergeAuthorPayload(SavedAuthor):
    """Payload of `mergeAuthor`."""

    merged_author_id: strawberry.ID = field("The global id that the other one had.")
    articles: int = field("How many articles had the other byline, of all that are stored.")


@strawberry.type(description="The author is gone; the articles stay, without this byline.")
class DeleteAuthorPayload:
    """Payload of `deleteAuthor`."""

    deleted_author_id: strawberry.ID = field("The global id of the author.")
    articles: int = field("How many articles had the byline, of all that are stored.")


async def create_topic(info: Info, input: Input[CreateTopicInput]) -> CreateTopicPayload:
    """Call `hub.taxonomy.create`."""
    values: dict[str, Any] = {"name": input.name, "description": input.description}
    values |= {"taxonomy": input.taxonomy} if input.taxonomy is not None else {}
    values |= {"slug": input.slug} if input.slug is not None else {}
    values |= {"translations": names_of(input.translations)} if input.translations else {}
    above = input.parent_id
    parent = None if above is None else ids.local_id(above, ids.TOPIC, "parentId")
    id_ = await taxonomy.create(TOPICS, values, by=info.context.viewer, parent_id=parent)
    return CreateTopicPayload(topic=await _topic(info.context, id_))


async def update_topic(info: Info, input: Input[UpdateTopicInput]) -> UpdateTopicPayload:
    """Call `hub.taxonomy.update`."""
    id_ = ids.local_id(input.id, ids.TOPIC, "id")
    values = _changes(input, TOPICS.fields)
    await taxonomy.update(TOPICS, id_, values, by=info.context.viewer)
    return UpdateTopicPayload(topic=await _topic(info.context, id_))


async def move_topic(info: Info, input: Input[MoveTopicInput]) -> MoveTopicPayload:
    """Call `hub.taxonomy.move`."""
    id_, above = ids.local_id(input.id, ids.TOPIC, "id"), input.parent_id
    parent = None if above is None else ids.local_id(above, ids.TOPIC, "parentId")
    await taxonomy.move(id_, parent, by=info.context.viewer)
    return MoveTopicPayload(topic=await _topic(info.context, id_))


async def merge_topic(info: Info, input: Input[MergeTopicInput]) -> MergeTopicPayload:
    """Call `hub.taxonomy.merge`."""
    id_ = ids.local_id(input.id, ids.TOPIC, "id")
    into = ids.local_id(input.into_id, ids.TOPIC, "intoId")
    number = await taxonomy.merge(TOPICS, id_, into, by=info.context.viewer)
    topic = await _topic(info.context, into)
    return MergeTopicPayload(topic=topic, merged_topic_id=input.id, articles=number)


async def delete_topic(info: Info, input: Input[DeleteTopicInput]) -> DeleteTopicPayload:
    """Call `hub.taxonomy.delete`."""
    id_ = ids.local_id(input.id, ids.TOPIC, "id")
    number = await taxonomy.delete(TOPICS, id_, by=info.context.viewer)
    return DeleteTopicPayload(deleted_topic_id=input.id, articles=number)


async def create_author(info: Info, input: Input[CreateAuthorInput]) -> CreateAuthorPayload:
    """Call `hub.taxonomy.create`."""
    values: dict[str, Any] = {"name": input.name, "bio": input.bio}
    values |= {"image_url": input.image_url, "image_alt": input.image_alt}
    values["links"] = links_of(input.links)
    values["translations"] = names_of(input.translations)
    values |= {"slug": input.slug} if input.slug is not None else {}
    id_ = await taxonomy.create(AUTHORS, values, by=info.context.viewer)
    return CreateAuthorPayload(author=await _author(info.context, id_))


async def update_author(info: Info, input: Input[UpdateAuthorInput]) -> UpdateAuthorPayload:
    """Call `hub.taxonomy.update`."""
    id_ = ids.local_id(input.id, ids.AUTHOR, "id")
    values = _changes(input, AUTHORS.fields)
    await taxonomy.update(AUTHORS, id_, values, by=info.context.viewer)
    return UpdateAuthorPayload(author=await _author(info.context, id_))


async def merge_author(info: Info, input: Input[MergeAuthorInput]) -> MergeAuthorPayload:
    """Call `hub.taxonomy.merge`."""
    id_ = ids.local_id(input.id, ids.AUTHOR, "id")
    into = ids.local_id(input.into_id, ids.AUTHOR, "intoId")
    number = await taxonomy.merge(AUTHORS, id_, into, by=info.context.viewer)
    author = await _author(info.context, into)
    return MergeAuthorPayload(author=author, merged_author_id=input.id, articles=number)


async def delete_author(info: Info, input: Input[DeleteAuthorInput]) -> DeleteAuthorPayload:
    """Call `hub.taxonomy.delete`."""
    id_ = ids.local_id(input.id, ids.AUTHOR, "id")
    number = await taxonomy.delete(AUTHORS, id_, by=info.context.viewer)
    return DeleteAuthorPayload(deleted_author_id=input.id, articles=number)


def _changes(input: object, names: Iterable[str]) -> dict[str, Any]:
    """Return the fields of these names that are set. Raises Invalid for a null."""
    values: dict[str, Any] = {}
    for name in names:
        maybe: strawberry.Some[Any] | None = getattr(input, name)
        if maybe is not None:
            if maybe.value is None and name not in NULLABLE:
                problem = "must not be null; leave it out to keep what is there"
                raise Invalid(to_camel(name), problem)
            convert = _LISTS.get(name)
            values[name] = convert(maybe.value) if convert else maybe.value
    return values


_LISTS: Mapping[str, Callable[[Any], Any]] = {"links": links_of, "translations": names_of}
"""Fields that are lists, with the functions that convert their values."""


async def _topic(context: HubContext, id_: int) -> Topic | None:
    """Load a topic as it is now; None where the token may not read it."""
    context.loaders = Loaders(context.db, context.viewer, context.budget)
    row: Topic | None = await context.loaders.topic.load(id_)  # type: ignore[assignment]
    return row


async def _author(context: HubContext, id_: int) -> Author | None:
    """Load an author as stored; None where the token may not read it."""
    context.loaders = Loaders(context.db, context.viewer, context.budget)
    row: Author | None = await context.loaders.author.load(id_)  # type: ignore[assignment]
    return row
