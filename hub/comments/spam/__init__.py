"""The spam filter: rules of form, and a small Bayes filter that learns from moderators.

Belongs here: pure functions on a comment that is submitted, and its verdict. Does not: what the
database adds to it (`hub.comments.judging`).
"""

from hub.comments.spam.bayes import Learned
from hub.comments.spam.features import Submission, bucket_of, compute_fingerprint, extract_features
from hub.comments.spam.verdict import HONEYPOT, NO_FORM_TOKEN, Context, Judgement, judge

__all__ = [
    "HONEYPOT",
    "NO_FORM_TOKEN",
    "Context",
    "Judgement",
    "Learned",
    "Submission",
    "bucket_of",
    "compute_fingerprint",
    "extract_features",
    "judge",
]
