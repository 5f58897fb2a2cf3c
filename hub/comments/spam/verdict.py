"""The verdict on a comment, with the reasons that moderators read."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp
from typing import NamedTuple

from hub.comments.spam import bayes
from hub.comments.spam.bayes import Learned
from hub.comments.spam.features import Submission, extract_features
from hub.models import CommentVerdict
from hub.text.plurals import count_of

BIAS = -1.25
"""The logarithm of the odds of a comment without any sign of spam."""

SPAM_SCORE = 0.9
SUSPICIOUS_SCORE = 0.5
MAX_REASONS = 8
NO_FORM_TOKEN, HONEYPOT = "NO_FORM_TOKEN", "HONEYPOT"
"""Kinds of reasons that tell of the form, and not of the text."""

_SCRIPTS = {
    "LATIN": {
        *("en", "de", "fr", "es", "pt", "it", "nl", "da", "sv", "no", "nb", "nn", "fi", "is"),
        *("et", "lv", "lt", "pl", "cs", "sk", "sl", "hr", "ro", "hu", "tr", "vi", "id"),
    },
    "CYRILLIC": {"ru", "uk", "bg", "sr", "mk", "be", "kk"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What the hub knows of a comment beside its text.

    `token_problem`: why it has no valid form token; `is_trap_filled`: the honeypot was filled.
    `duplicates` and `near_duplicates` are numbers of recent comments, `recent` that of the person's
    within ten minutes. `is_trusted`: comments of this name and address were approved
    before, and none was spam.
    """

    token_problem: str = ""
    is_trap_filled: bool = False
    duplicates: int = 0
    near_duplicates: int = 0
    recent: int = 0
    is_trusted: bool = False


class Reason(NamedTuple):
    """A reason of a verdict: its kind, an explanation, and its weight; spam above 0."""

    kind: str
    text: str
    weight: float


class Judgement(NamedTuple):
    """A verdict, the probability of spam behind it, and its reasons, the weightiest first."""

    verdict: CommentVerdict
    score: float
    reasons: list[Reason]
    token_problem: str = ""


def judge(comment: Submission, learned: Learned, context: Context) -> Judgement:
    """Judge a comment. About a millisecond for 2,000 characters."""
    reasons = [*_of_context(context), *_of_form(comment)]
    if context.is_trusted and len(comment.links) < 3 and not comment.has_markup:
        reasons.append(Reason("TRUSTED", "earlier comments of this person were approved", -4.0))
    logit, decisive = bayes.weigh(extract_features(comment), learned)
    if logit:
        signs = [item.feature.lstrip("~") for item in decisive if item.weight * logit > 0][:5]
        way = "spam" if logit > 0 else "approved comments"
        text = f"this hub's moderators found in {way}: {', '.join(signs)}"
        reasons.append(Reason("LEARNED", text, logit))
    total = BIAS + sum(reason.weight for reason in reasons)
    score = 1 / (1 + exp(-max(-30.0, min(30.0, total))))
    verdict = CommentVerdict.CLEAN
    if score >= SPAM_SCORE:
        verdict = CommentVerdict.SPAM
    elif score >= SUSPICIOUS_SCORE or context.token_problem:
        verdict = CommentVerdict.SUSPICIOUS
    if context.token_problem:
        reasons.append(Reason(NO_FORM_TOKEN, context.token_problem, 0.0))
    reasons.sort(key=lambda reason: -abs(reason.weight))
    return Judgement(verdict, round(score, 4), reasons[:MAX_REASONS], context.token_problem)


def _of_context(context: Context) -> list[Reason]:
    reasons = []
    if context.is_trap_filled:
        reasons.append(Reason(HONEYPOT, "the field that nobody sees was filled in", 9.0))
    if context.duplicates:
        text = f"{context.duplicates} recent comments with the same text"
        reasons.append(Reason("DUPLICATE", text, 5.0))
    elif context.near_duplicates:
        text = f"{count_of(context.near_duplicates, 'recent comment')} with nearly the same text"
        reasons.append(Reason("NEAR_DUPLICATE", text, 3.5))
    if context.recent >= 3:
        text = f"{context.recent} comments of this person within ten minutes"
        reasons.append(Reason("RATE", text, 1.0 + context.recent / 3))
    return reasons


def _of_form(comment: Submission) -> list[Reason]:
    reasons, links, words = [], comment.links, len(comment.words)
    if links:
        weight = 1.0 + 0.9 * min(len(links), 4) + (1.2 if words < 12 * len(links) else 0.0)
        weight -= 1.2 if words > 60 * len(links) else 0.0
        hosts = ", ".join(dict.fromkeys(comment.hosts))
        reasons.append(Reason("LINKS", f"{count_of(len(links), 'link')}: {hosts[:80]}", weight))
    if comment.has_markup:
        reasons.append(Reason("MARKUP", "tags of links, which the form does not take", 3.0))
    if contacts := comment.contacts:
        is_mail = len(contacts) == 1 and "." in contacts[0] and "@" in contacts[0]
        weight = 3.0 if is_mail else 3.4
        reasons.append(Reason("CONTACT", f"leads elsewhere: {', '.join(contacts)[:80]}", weight))
    if comment.amounts:
        reasons.append(Reason("MONEY", f"sums of money: {', '.join(comment.amounts[:3])}", 1.0))
    if comment.has_shouts:
        reasons.append(Reason("SHOUTING", "signs as !! or >>>", 0.8))
    if comment.is_odd_name:
        reasons.append(Reason("NAME", "the name reads like that of an account or a shop", 0.7))
    scripts = [name for name, languages in _SCRIPTS.items() if comment.language[:2] in languages]
    if scripts and comment.script and comment.script not in scripts and words > 2:
        text = f"written in {comment.script.title()} on an article in {comment.language!r}"
        reasons.append(Reason("SCRIPT", text, 1.5))
    return reasons
