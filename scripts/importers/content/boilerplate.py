"""Boilerplate of web pages, line by line: menus, buttons, forms, teasers, legal notices."""

from __future__ import annotations

import re

from hub.models import RelationKind

_BUTTONS = r"""
    advert|advertisement|advertising|promoted|share|tweet|email|e-mail|print|save|pin|like|comment
    |reply|follow|more|menu|close|search|loading|subscribe|register|login|log\ ?in|log\ ?out
      |facebook
    |twitter|instagram|linkedin|pinterest|reddit|whatsapp|youtube|rss|flipboard|google\+|permalink
    |bookmark\ it|copy\ link|hide|flag|unflag|undo|dismiss|back\ to\ top|top|home|next|previous
    |read\ more|see\ more|show\ more|load\ more|view\ all|play\ video|watch\ now|buy\ now|undo|edit
    |get\ more\ info|gallery|comments|topics|tags|photos?|videos?|featured|settings|notifications
    |username|password|delete|invite|promote|submit|send|cancel(?:\ reply)?"""
_PREFIXES = r"""
    sponsored\ by|story\ continues\ below|supported\ by|sign\ (?:in|up|out)\b|skip\ to\b|up\ next\b
    |continue\ reading|click\ here|tap\ here|view\ (?:this\ )?image|share\ (?:this|on|to|via)\b
    |(?:tweet|post|pin|email)\ this\b|check\ out\ more\b|all\ (?:replies|share)\b|watch\ now\b
    |(?:posted\ in|filed\ (?:under|to)|tagged)\b|(?:tags?|topics|categories|in\ this\ article):
    |(?:media|image|photo|video)\ caption|image\ copyright|required\ fields\ are\ marked
    |your\ email\ address\ will\ not\ be\ published|save\ my\ name|notify\ me\ of|post\ comment
    |leave\ a\ (?:reply|comment)|join\ the\ (?:discussion|conversation)|add\ a\ comment
    |enter\ your\ email|by\ (?:submitting|signing|subscribing|clicking|continuing)\b
      |we\ use\ cookies
    |powered\ by\b|recommended\ by\b|©|copyright\b|\(c\)\ \d|all\ rights\ reserved|terms\ (?:of
      |and|&)
    |privacy\b|you\ must\ be\ logged\ in|already\ (?:a\ (?:member|subscriber)|registered)
    |don['’]t\ have\ an\ account|just\ another\ wordpress\ site|get\ (?:our
      |the)\ .{0,40}newsletter"""
_LINE = re.compile(
    rf"""(?:(?:{_BUTTONS})\W*
    |(?:{_PREFIXES}).{{0,160}}
    |(?:all|most|recommended|popular|trending|latest)(?:\ [\w-]+){{0,2}}
    |(?:un)?follow\ \S+(?:\ for\ .*)?|follow\ .{{1,60}}\ on\ .{{1,40}}
    |.{{0,60}}\(opens\ in\ (?:a\ )?new\ window\).{{0,20}}|like(?:\ this)?(?::|\ loading.*)?
    |go\ to\ \w+|reader\ comments|in\ ["“”«].{{1,40}}["“”»]
    |\d[\d,.]*\ ?(?:comments?|shares?|views?|likes?|responses?|replies|votes?|people\ .*)
    |[\d/|·•.,:+%\s-]+|[^\w]+|.{{0,40}}\bnewsletters?\ ?(?:sign\ ?up)?|.{{0,60}}cookie\ policy
    |(?:name|email|e-mail|website|comment)\s*\*?(?:\ \(?required\)?)?
    |@\w+|by:?\ @?\w+\ @\w+|.{{0,300}}\bread\ more(?:\ read\ more)?(?:\ \S+)?
    |(?P<thrice>.{{8,}}?)(?:\ (?P=thrice))+)""",
    re.IGNORECASE | re.VERBOSE,
)
_END_OF_PAGE = re.compile(
    r"""(?:leave\ (?:a|your)\ (?:reply|comment)|post\ a\ (?:reply|comment)|write\ a\ comment
    |add\ (?:a|your)\ comment|(?:\d+\ )?(?:comments?|responses?|replies)
      |\d+\ thoughts?\ on\b.{1,200}
    |share\ your\ (?:voice|thoughts)|join\ the\ (?:discussion|conversation)|discuss:.{0,100}
    |(?:view\ )?comments\ \(\d+\)|view\ comments|you\ must\ log\ ?in\b.{1,60}|all\ replies
      |.{1,60}['’]s\ discussions
    |your\ email\ address\ will\ not\ be\ published.*|previous\ article\b.*|posted\ in\b.{1,100}
    |a\ version\ of\ this\ article\ appears.*)\W*""",
    re.IGNORECASE | re.VERBOSE,
)
_TEASERS = re.compile(
    r"""(?:related(?:\ (?:coverage|articles?|stories|posts?|topics|content|links|videos?|news|ads
      |searches))?
    |(?:more|read\ more|see\ more)\ (?:from|on|in|about|like)\b.{1,60}|other\ people\ are\ reading
    |more\ (?:stories|articles|news|coverage)\b.{0,40}|recent\ articles
    |(?:most|trending|popular)\ (?:popular|read|viewed|shared|commented|now|on|stories)\b.{0,30}
    |you\ (?:may|might)\ (?:also\ )?(?:like|enjoy|be\ interested).*|recommended(?:\ for\ you)?
    |elsewhere\ on\b.*|from\ (?:our\ sponsors?|around\ the\ web)|next\ article\b.*)\W*""",
    re.IGNORECASE | re.VERBOSE,
)
_SECTIONS = (
    (r"more\ (?:topics|on\ this|on\ this\ topic|stories)\s*:", RelationKind.MORE_TOPICS),
    (r"(?:more\ to\ read|read\ (?:more|next|also)|also\ read)\s*:", RelationKind.MORE_TO_READ),
    (r"related(?:\ (?:coverage|articles?|stories|posts?|news))?\s*:?", RelationKind.INLINE),
)


def is_boilerplate(line: str) -> bool:
    """Tell whether a line belongs to the page and not to the article."""
    return len(line) < 400 and bool(_LINE.fullmatch(line.strip()))


def ends_article(line: str) -> bool:
    """Tell whether the article is over at this line: comments or other pages begin."""
    return len(line) < 300 and bool(_END_OF_PAGE.fullmatch(line.strip()))


def starts_teasers(line: str) -> bool:
    """Tell whether headlines of other pages follow, up to the next paragraph of prose."""
    return len(line) < 120 and bool(_TEASERS.fullmatch(line.strip()))


def section_kind(line: str) -> RelationKind | None:
    """Return the kind of relation of the headlines below a section title; else None."""
    if len(line) > 60:
        return None
    kinds = (
        kind for pattern, kind in _SECTIONS if re.fullmatch(pattern, line.strip(), re.I | re.X)
    )
    return next(kinds, None)
