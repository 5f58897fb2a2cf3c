"""hub.comments.spam and hub.comments.judging: verdicts, their reasons, and what is learned."""

from __future__ import annotations

import re
from datetime import timedelta
from re._constants import MAX_REPEAT, MAXREPEAT  # type: ignore[import-not-found]
from re._parser import SubPattern, parse  # type: ignore[import-not-found]
from time import time
from typing import Any

import orjson
import pytest

from hub import comments
from hub.comments import Form, Policy, form_tokens
from hub.comments.judging import RECENT
from hub.comments.spam import Submission, compute_fingerprint, features
from hub.comments.spam.features import is_near
from hub.db.database import Reader
from hub.db.timestamps import now
from hub.errors import Invalid
from hub.models import (
    Article,
    Comment,
    CommentModeration,
    CommentStatus,
    CommentVerdict,
    SpamFeature,
)
from tests.support.factories import EDITOR, READER, an_article

pytestmark = [pytest.mark.anyio, pytest.mark.databases]

PLAIN = "I walked along the harbour yesterday and the ferry was late once more."


async def token(article_id: int, age: float = 60.0) -> Form:
    """Return a form whose token is that old."""
    key = await form_tokens.create_key()
    return Form(form_tokens._sign(article_id, int(time() - age), key))


async def submit(
    article_id: int, body: str = PLAIN, form: Form | None = None, **values: object
) -> Comment:
    """Submit a comment of a reader, with a form token, and return it."""
    arguments: dict[str, object] = {"author_name": "Rita", "author_email": "rita@example.com"}
    id_ = await comments.submit(
        article_id,
        body=body,
        by=READER,
        form=form or await token(article_id),
        **(arguments | values),  # type: ignore[arg-type]
    )
    return await Comment.get(id=id_)


def kinds(comment: Comment) -> set[str]:
    return {kind for kind, _ in orjson.loads(comment.reasons or "[]")}


@pytest.mark.parametrize(
    ("body", "values", "kind"),
    [
        (PLAIN, {}, None),
        ("Buy here https://cheap.test/ now", {}, "LINKS"),
        ('Good <a href="x">bags</a> for all', {}, "MARKUP"),
        ("Write to me on WhatsApp, dear friends", {}, "CONTACT"),
        ("I made $5,000 in a week from home", {}, "MONEY"),
        ("Hurry!!! Only today for all of you", {}, "SHOUTING"),
        (PLAIN, {"author_name": "casino777"}, "NAME"),
        ("Новинки игр с торрента для всех", {}, "SCRIPT"),
    ],
)
async def test_each_sign_of_spam_is_told(
    db: Reader, body: str, values: dict[str, Any], kind: str | None
) -> None:
    comment = await submit(await an_article(), body, **values)
    assert kinds(comment) == ({kind} if kind else set())
    assert comment.status is CommentStatus.PENDING
    assert comment.verdict is not None


async def test_thirty_identical_link_comments_are_held_and_none_is_lost(db: Reader) -> None:
    article = await an_article()
    for number in range(30):
        await submit(
            article,
            f"Great offers for everybody, look at http://shop{number}.test/ today",
            author_name=f"Name {'abcdefghij'[number % 10]}",
            author_email=None,
        )
    rows = await Comment.all().order_by("id")
    assert len(rows) == 30
    assert {row.status for row in rows} == {CommentStatus.PENDING}
    assert CommentVerdict.CLEAN not in {row.verdict for row in rows}
    assert {row.verdict for row in rows[1:]} == {CommentVerdict.SPAM}
    assert all("DUPLICATE" in kinds(row) for row in rows[1:])
    assert RECENT >= 30


def test_similar_texts_have_similar_fingerprints() -> None:
    text = " ".join(
        f"word{'abcdefghijklmnopqrstuvwxyz'[n % 26] * (1 + n // 26)}" for n in range(60)
    )
    changed = text.replace("wordc ", "other ")
    assert is_near(compute_fingerprint(text), compute_fingerprint(changed))
    assert not is_near(compute_fingerprint(text), compute_fingerprint(PLAIN))


async def test_a_form_token_is_optional_or_required(db: Reader) -> None:
    article, other = await an_article(), await an_article()
    bad = {
        "without a form token": Form(),
        "none": Form("x.y"),
        "another article": await token(other),
        "less than 3 seconds": await token(article, 1),
        "older than a day": await token(article, 90_000),
    }
    for words, form in bad.items():
        comment = await submit(article, form=form)
        assert comment.verdict is not CommentVerdict.CLEAN, words
        [text] = [text for kind, text in orjson.loads(comment.reasons) if kind == "NO_FORM_TOKEN"]
        assert words in text
        with pytest.raises(Invalid, match=words):
            await submit(article, form=form, policy=Policy(needs_token=True))
        await Comment.all().delete()
    good = await submit(article, policy=Policy(needs_token=True))
    assert good.verdict is CommentVerdict.CLEAN
    trapped = await token(article)
    comment = await submit(article, form=trapped._replace(honeypot="x"), author_name="Olga")
    assert comment.verdict is CommentVerdict.SPAM
    assert "HONEYPOT" in kinds(comment)


async def test_clean_comments_are_approved_at_once_only_if_that_is_set(db: Reader) -> None:
    article = await an_article()
    policy = Policy(moderation=CommentModeration.SUSPICIOUS)
    assert (await submit(article)).status is CommentStatus.PENDING
    await Comment.all().delete()
    assert (await submit(article, policy=policy)).status is CommentStatus.APPROVED
    for form in (Form(), (await token(article))._replace(honeypot="x")):
        held = await submit(article, "Other words than before, by far.", form, policy=policy)
        assert held.status is CommentStatus.PENDING
    assert (await Article.get(id=article)).comment_count == 1


async def test_comments_close_after_some_days(db: Reader) -> None:
    article = await an_article()
    await Article.filter(id=article).update(published_at=now() - timedelta(days=15))
    await submit(article, policy=Policy(close_days=16))
    with pytest.raises(Invalid, match="closed after 14 days"):
        await submit(article, policy=Policy(close_days=14))
    await comments.submit(
        article,
        author_name="Edgar",
        author_email=None,
        body="Moderators may.",
        by=EDITOR,
        policy=Policy(close_days=14),
    )


async def test_the_filter_learns_from_moderators_and_forgets_what_they_revoke(db: Reader) -> None:
    article = await an_article()
    junk, fine = [], []
    for number in range(12):
        tail = "abcdefghijkl"[number] * 4
        names: dict[str, Any] = {"author_email": None, "author_name": tail}
        junk.append(
            await submit(article, f"Wonderful velvet curtains by moonlight {tail}", **names)
        )
        fine.append(await submit(article, f"The harbour master answered politely {tail}", **names))
    for rows, status in ((junk, CommentStatus.SPAM), (fine, CommentStatus.APPROVED)):
        for row in rows:
            await comments.moderate(row.id, status, by=EDITOR)
    stored = await SpamFeature.get(bucket=-1)
    assert (stored.spam, stored.others) == (12, 12)
    comment = await submit(article, "Velvet curtains, wonderful for all.", author_name="Zoe")
    assert comment.verdict is not CommentVerdict.CLEAN
    assert "LEARNED" in kinds(comment)
    assert "velvet" in (comment.reasons or "")
    harmless = await submit(article, "The harbour master was polite.", author_name="Zoe")
    assert harmless.verdict is CommentVerdict.CLEAN
    for row in (*junk, *fine):
        await comments.moderate(row.id, CommentStatus.PENDING, by=EDITOR)
    assert await SpamFeature.exclude(spam=0, others=0).count() == 0


async def test_who_was_approved_before_is_trusted(db: Reader) -> None:
    article = await an_article()
    text = "See https://example.org/ for a chart of this"
    stranger = await submit(article, text)
    assert stranger.verdict is not CommentVerdict.CLEAN
    await comments.moderate(stranger.id, CommentStatus.APPROVED, by=EDITOR)
    again = await submit(article, "And https://example.org/more for other ones of last year")
    assert "TRUSTED" in kinds(again)
    assert again.verdict is CommentVerdict.CLEAN
    await comments.moderate(stranger.id, CommentStatus.SPAM, by=EDITOR)
    third = await submit(article, "Once again https://example.org/third for all of you here")
    assert "TRUSTED" not in kinds(third)


def test_any_text_can_be_judged() -> None:
    for text in ("", "\ud800", "a" * 20_000, "http://", "www.", "@", "1" * 5_000, "\u200b" * 99):
        submission = Submission(text[:200], None, text, "en")
        assert isinstance(compute_fingerprint(submission.body), int)
        assert -(1 << 63) <= compute_fingerprint(text) < 1 << 63


PATTERNS = {name: value for name, value in vars(features).items() if isinstance(value, re.Pattern)}


@pytest.mark.parametrize("name", PATTERNS)
def test_patterns_take_time_in_proportion_to_the_text(name: str) -> None:
    """Where anything follows a repetition without end, a long text is read from each place."""

    def check(items: Any) -> None:
        for place, (code, value) in enumerate(items):
            if code is MAX_REPEAT:
                assert value[1] is not MAXREPEAT or place == len(items) - 1, items
            for part in value if isinstance(value, (tuple, list)) else (value,):
                for below in part if isinstance(part, list) else (part,):
                    if isinstance(below, SubPattern):
                        check(below)

    pattern = PATTERNS[name]
    check(parse(pattern.pattern, pattern.flags))


def test_long_texts_have_the_same_signs() -> None:
    filler = "word " * 2_000
    assert Submission("R", None, f'{filler}<a class="x"\n href="x">').has_markup
    assert not Submission("R", None, "<a " * 6_000).has_markup
    amounts = Submission("R", None, "It was 1,250.50 euros, not €99 or 3 dollars.").amounts
    assert amounts == ["1,250.50 euros", "€99", "3 dollars"]
    amounts = Submission("R", None, "Pills 12$ now, 5 €. Not 3 eurostars.").amounts
    assert amounts == ["12$", "5 €"]
    contacts = Submission(
        "R", None, "Write to ann.lee@mail.example.com, +44 20 7946 0958."
    ).contacts
    assert contacts == ["ann.lee@mail.example.com", "+44 20 7946 0958"]
