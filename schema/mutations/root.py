"""The root of all mutations."""

from __future__ import annotations

import strawberry

from schema.mutations.articles import (
    archive_article,
    create_article,
    delete_article,
    publish_article,
    revise_article,
)
from schema.mutations.clicks import track_click
from schema.mutations.comments import (
    delete_own_comment,
    edit_comment,
    edit_own_comment,
    moderate_comment,
    moderate_comments,
    report_comment,
    submit_comment,
)
from schema.mutations.imports import import_articles
from schema.mutations.labels import (
    create_author,
    create_topic,
    delete_author,
    delete_topic,
    merge_author,
    merge_topic,
    move_topic,
    update_author,
    update_topic,
)
from schema.mutations.lifecycle import (
    cancel_planned_changes,
    discard_working_version,
    purge_article,
    restore_article,
    restore_revision,
    save_working_version,
    unpublish_article,
)
from schema.mutations.people import erase_person, export_person
from schema.mutations.previews import create_preview, revoke_preview
from schema.mutations.related import (
    accept_link,
    link_articles,
    take_back_accepted,
    unlink_articles,
)
from schema.mutations.releases import (
    add_to_release,
    cancel_release,
    create_release,
    delete_release,
    publish_release,
    remove_from_release,
)
from schema.mutations.results import mutation
from schema.mutations.rules import remove_search_rule, set_search_rule
from schema.mutations.suggestions import (
    accept_suggestion,
    hide_suggestion,
    order_related,
    unhide_suggestion,
)
from schema.mutations.tuning import (
    add_stop_word,
    add_synonyms,
    block_search,
    pin_article,
    remove_stop_word,
    remove_synonyms,
    unblock_search,
    unpin_article,
)


@strawberry.type(
    description="What can be changed. Each mutation answers with a payload or with a `Problem`."
)
class Mutation:
    """The root type of mutations."""

    create_article = mutation(
        create_article,
        "Store a new article. Needs the permission `write`; another status than `DRAFT` also "
        "needs `publish`.",
    )
    revise_article = mutation(
        revise_article,
        "Change an article, unless it has been saved since `seenVersion`. Needs the permission "
        "`write`, and `publish` if it is not a draft.",
    )
    publish_article = mutation(
        publish_article,
        "Make an article public with its working version, now or later. Needs the permission "
        "`publish`.",
    )
    archive_article = mutation(
        archive_article,
        "Take an article out of public sight without losing it. Needs the permission `publish`.",
    )
    delete_article = mutation(
        delete_article,
        "Move an article with its comments and revisions into the trash, or delete it at once; "
        "edges to it dangle. Needs the permission `delete`.",
    )
    save_working_version = mutation(
        save_working_version,
        "Edit an article without letting readers see it, until it is published. Needs the "
        "permission `write`.",
    )
    discard_working_version = mutation(
        discard_working_version,
        "Throw away the edits of an article that are not published. Needs the permission `write`.",
    )
    unpublish_article = mutation(
        unpublish_article,
        "Make an article a draft again, now or later. Needs the permission `publish`.",
    )
    cancel_planned_changes = mutation(
        cancel_planned_changes,
        "Cancel what is planned for an article. Needs the permission `publish`.",
    )
    restore_article = mutation(
        restore_article,
        "Bring an article back from the trash. Needs the permission `delete`, and `publish` if it "
        "was not a draft.",
    )
    purge_article = mutation(
        purge_article,
        "Delete an article in the trash for good. Needs the permission `delete`.",
    )
    create_release = mutation(
        create_release,
        "Begin a release: several articles that become public at one moment. Needs the "
        "permissions `read` and `write`.",
    )
    add_to_release = mutation(
        add_to_release,
        "Let a release publish or unpublish an article. Needs the permissions `read` and `write`.",
    )
    remove_from_release = mutation(
        remove_from_release,
        "Take an article out of a release. Needs the permissions `read` and `write`.",
    )
    publish_release = mutation(
        publish_release,
        "Publish a release, now or later: all of it, or nothing. Needs the permission `publish`.",
    )
    cancel_release = mutation(
        cancel_release,
        "Let a scheduled release wait again. Needs the permission `publish`.",
    )
    delete_release = mutation(
        delete_release,
        "Delete a release; its articles stay as they are. Needs the permissions `read` and "
        "`write`.",
    )
    restore_revision = mutation(
        restore_revision,
        "Make an article again what it was at an earlier version, as a new version of it. Needs "
        "the permissions `read` and `write`, and `publish` if it is not a draft.",
    )
    create_preview = mutation(
        create_preview,
        "Let people without a token see one article, or one release, as if it were live. Needs "
        "the permissions `read` and `write`.",
    )
    revoke_preview = mutation(
        revoke_preview, "End a preview at once. Needs the permissions `read` and `write`."
    )
    link_articles = mutation(
        link_articles,
        "Relate an article to another; an edge that is there already is kept. Needs the "
        "permission `write`, and `publish` unless its source is a draft.",
    )
    accept_link = mutation(
        accept_link,
        "Let a dangling edge lead to an article; no import brings it again. Needs the permissions "
        "`read` and `write`, and `publish` unless its source is a draft.",
    )
    take_back_accepted = mutation(
        take_back_accepted,
        "Undo `acceptLink` or `acceptSuggestion`: the edge dangles again, or is the hub's. Needs "
        "the permissions `read` and `write`, and `publish` unless its source is a draft.",
    )
    accept_suggestion = mutation(
        accept_suggestion,
        "Make a suggestion of the hub an editor's edge, the last one; it keeps its reasons. Needs "
        "the permission `write`, and `publish` unless its source is a draft.",
    )
    hide_suggestion = mutation(
        hide_suggestion,
        "Never suggest an article for another again. Needs the permission `write`, and `publish` "
        "unless the other is a draft.",
    )
    unhide_suggestion = mutation(
        unhide_suggestion,
        "Let a hidden article be suggested again. Needs the permission `write`, and `publish` "
        "unless the other is a draft.",
    )
    order_related = mutation(
        order_related,
        "Put edges that people have drawn first, in an order. Needs the permission `write`, and "
        "`publish` unless their source is a draft.",
    )
    unlink_articles = mutation(
        unlink_articles,
        "Take an edge away. Needs the permission `write`, and `publish` unless its source is a "
        "draft.",
    )
    create_topic = mutation(create_topic, "Store a new topic. Needs the permission `write`.")
    update_topic = mutation(
        update_topic,
        "Rename or describe a topic; its old slug goes on finding it. Needs the permission "
        "`publish`.",
    )
    move_topic = mutation(
        move_topic,
        "Move a topic below another one, or to the top. Needs the permission `publish`.",
    )
    merge_topic = mutation(
        merge_topic,
        "Make a topic part of another one: its articles carry that one, and its slugs find it. "
        "Needs the permissions `publish` and `delete`.",
    )
    delete_topic = mutation(
        delete_topic,
        "Delete a topic; those below it move up. Needs the permission `delete`.",
    )
    create_author = mutation(create_author, "Store a new author. Needs the permission `write`.")
    update_author = mutation(
        update_author,
        "Rename or describe an author; the old slug goes on finding the author. Needs the "
        "permission `publish`.",
    )
    merge_author = mutation(
        merge_author,
        "Make two authors one: the articles of the first have the byline of the second, which its "
        "slugs find. Needs the permissions `publish` and `delete`.",
    )
    delete_author = mutation(
        delete_author,
        "Delete an author; the articles stay, without the byline. Needs the permission `delete`.",
    )
    import_articles = mutation(
        import_articles,
        "Take in a batch of articles from elsewhere, with what they are related to and the "
        "comments on them; those that have not changed write nothing. Needs the permissions "
        "`write`, `publish` and `moderate`.",
    )
    submit_comment = mutation(
        submit_comment,
        "Comment on an article, or reply to a comment. Needs no permission; a moderator's own is "
        "approved at once, everybody else's waits for one.",
    )
    edit_own_comment = mutation(
        edit_own_comment,
        "Change the text of one's own comment, by its secret, for `HUB_COMMENT_EDIT_MINUTES`. "
        "It is judged anew, perhaps waits again, and is marked as edited. Needs no permission.",
    )
    delete_own_comment = mutation(
        delete_own_comment,
        "Delete one's own comment, by its secret, at any time; with replies it stays, empty. Needs "
        "no permission.",
    )
    report_comment = mutation(
        report_comment,
        "Report a comment to its moderators, once; they see why, and not by whom. Needs no "
        "permission.",
    )
    moderate_comment = mutation(
        moderate_comment, "Give a comment another status. Needs the permission `moderate`."
    )
    edit_comment = mutation(
        edit_comment,
        "Change the text of a comment; it is marked as edited. Needs the permission `moderate`.",
    )
    moderate_comments = mutation(
        moderate_comments,
        "Give all comments that match another status, the earliest first. Needs the permission "
        "`moderate`.",
    )
    export_person = mutation(
        export_person,
        "Collect the comments of a person by their e-mail address. Needs the permissions `people` "
        "and `moderate`.",
    )
    erase_person = mutation(
        erase_person,
        "Erase the comments of a person by their e-mail address, for good: text, name, address, "
        "and what else the hub knows of them; comments with replies stay, empty. Needs the "
        "permission `people`.",
    )
    add_synonyms = mutation(
        add_synonyms, "Let words stand for each other in searches. Needs the permission `tune`."
    )
    remove_synonyms = mutation(
        remove_synonyms, "Let words no longer stand for each other. Needs the permission `tune`."
    )
    pin_article = mutation(
        pin_article, "Let an article come first for a text. Needs the permission `tune`."
    )
    unpin_article = mutation(
        unpin_article, "Let an article no longer come first. Needs the permission `tune`."
    )
    add_stop_word = mutation(
        add_stop_word,
        "Leave a word out of searches with other words. Needs the permission `tune`.",
    )
    remove_stop_word = mutation(
        remove_stop_word, "Let a stop word be searched again. Needs the permission `tune`."
    )
    set_search_rule = mutation(
        set_search_rule,
        "Store a rule of search: a banner, a redirect, boosts or a filter for some searches. Needs "
        "the permission `tune`.",
    )
    remove_search_rule = mutation(
        remove_search_rule, "Delete a rule of search. Needs the permission `tune`."
    )
    block_search = mutation(
        block_search,
        "Let searches with these words not be suggested to readers. Needs the permission `tune`.",
    )
    unblock_search = mutation(
        unblock_search,
        "Let searches with these words be suggested again. Needs the permission `tune`.",
    )
    track_click = mutation(
        track_click,
        "Count that a reader chose a result of a search: by the text and the place, without a "
        "person. Needs no permission; it counts where `HUB_TRACK_CLICKS` is on.",
    )
