"""The mutations of rules of search."""

from __future__ import annotations

from datetime import datetime

import strawberry

from hub.reads import search_tuning
from hub.reads.search_tuning import Banner, Boost, RuleRow, Selection
from hub.search import rules
from schema import ids
from schema.context import Info
from schema.mutations.inputs import Input, optional
from schema.types.enums import ArticleKind, SearchRuleMatch
from schema.types.fields import field
from schema.types.rule import SearchRule


@strawberry.input(description="A message above the hits of a search.")
class SearchBannerInput:
    """See `hub.reads.search_tuning.Banner`."""

    title: str = field("Its title, at most 200 characters.")
    text: str = optional("Its text, without markup, at most 1,000 characters.", "")
    url: str | None = optional("Where it leads: http, https, or a path of your site.")


@strawberry.input(description="Which articles a rule is about; name something.")
class SearchSelectionInput:
    """See `hub.reads.search_tuning.Selection`."""

    topics: list[str] | None = optional("Slugs of topics; a topic stands for those below it too.")
    kinds: list[ArticleKind] | None = optional("Kinds of article.")
    languages: list[str] | None = optional("Language tags.")
    newer_than_days: int | None = optional("Published within so many days, in UTC.")
    older_than_days: int | None = optional("Published before so many days, in UTC.")


@strawberry.input(description="A factor of the scores of some articles.")
class SearchBoostInput:
    """See `hub.reads.search_tuning.Boost`."""

    factor: float = field("From 0.1 to 10: above 1 raises them, below 1 lowers them.")
    selection: SearchSelectionInput = field("The articles.")


@strawberry.input(description="A rule of search: when it applies, and what then.")
class SetSearchRuleInput:
    """See `hub.search.rules.set_rule`."""

    id: strawberry.ID | None = optional("The rule to replace, all of it; a new one if left out.")
    name: str = field("What you call it; shown in explanations alone.")
    is_enabled: bool = optional("Whether it applies at all.", True)
    match: SearchRuleMatch = optional("How its texts are compared.", SearchRuleMatch.EXACT)
    texts: list[str] | None = optional(
        "It applies to searches for one of these, at most 50; to any if there are none."
    )
    language: str | None = optional("Only to searches that are filtered by this language.")
    topic: str | None = optional("Only to searches that are filtered by this topic: its slug.")
    starts_at: datetime | None = optional("From this moment on.")
    ends_at: datetime | None = optional("Until before this moment.")
    banner: SearchBannerInput | None = optional("A message above the hits.")
    redirect: str | None = optional(
        "Where the search leads: http, https, or a path of your site. Needs texts or a topic."
    )
    boosts: list[SearchBoostInput] | None = optional("Articles to raise or lower, at most 10.")
    filter: SearchSelectionInput | None = optional("The only articles that are hits.")


@strawberry.input(description="A rule of search to delete.")
class RemoveSearchRuleInput:
    """See `hub.search.rules.remove_rule`."""

    id: strawberry.ID = field("The rule's id.")


@strawberry.type(description="The rule applies from the next search on.")
class SetSearchRulePayload:
    """Payload of `setSearchRule`."""

    rule: SearchRule = field("The rule.")


@strawberry.type(description="The rule no longer applies.")
class RemoveSearchRulePayload:
    """Payload of `removeSearchRule`."""

    removed_id: strawberry.ID = field("The id that the rule had.")


async def set_search_rule(info: Info, input: Input[SetSearchRuleInput]) -> SetSearchRulePayload:
    """Call `hub.search.rules.set_rule`."""
    context = info.context
    id_ = 0 if input.id is None else ids.local_id(input.id, ids.RULE, "id")
    id_ = await rules.set_rule(_row(id_, input), by=context.viewer)
    rows = {row.id: row for row in await search_tuning.rules(context.db)}
    return SetSearchRulePayload(rule=rows[id_])  # type: ignore[arg-type]


async def remove_search_rule(
    info: Info, input: Input[RemoveSearchRuleInput]
) -> RemoveSearchRulePayload:
    """Call `hub.search.rules.remove_rule`."""
    await rules.remove_rule(ids.local_id(input.id, ids.RULE, "id"), by=info.context.viewer)
    return RemoveSearchRulePayload(removed_id=input.id)


def _row(id_: int, input: SetSearchRuleInput) -> RuleRow:
    banner = input.banner
    return RuleRow(
        id_,
        input.name,
        input.is_enabled,
        input.match.value,
        tuple(input.texts or ()),
        input.language or None,
        input.topic or None,
        input.starts_at,
        input.ends_at,
        Banner(banner.title, banner.text, banner.url) if banner else None,
        input.redirect,
        tuple(Boost(boost.factor, _selection(boost.selection)) for boost in input.boosts or ()),
        _selection(input.filter) if input.filter else None,
    )


def _selection(input: SearchSelectionInput) -> Selection:
    return Selection(
        tuple(input.topics or ()),
        tuple(kind.value for kind in input.kinds or ()),
        tuple(input.languages or ()),
        input.newer_than_days,
        input.older_than_days,
    )
