"""Names of languages in themselves, as their readers look for them: `de` is Deutsch."""

from __future__ import annotations

_NAMES = """
af Afrikaans|am አማርኛ|ar العربية|az azərbaycan|be беларуская|bg български|bn বাংলা|bs bosanski
ca català|cs čeština|cy Cymraeg|da dansk|de Deutsch|el Ελληνικά|en English|eo Esperanto|es español
et eesti|eu euskara|fa فارسی|fi suomi|fr français|ga Gaeilge|gl galego|gu ગુજરાતી|ha Hausa|he עברית
hi हिन्दी|hr hrvatski|hu magyar|hy հայերեն|id Indonesia|is íslenska|it italiano|ja 日本語|ka ქართული
kk қазақ тілі|km ខ្មែរ|kn ಕನ್ನಡ|ko 한국어|ku kurdî|lo ລາວ|lt lietuvių|lv latviešu|mk македонски
ml മലയാളം|mn монгол|mr मराठी|ms Melayu|my မြန်မာ|nb norsk bokmål|ne नेपाली|nl Nederlands
nn norsk nynorsk|no norsk|pa ਪੰਜਾਬੀ|pl polski|ps پښتو|pt português|ro română|ru русский
sk slovenčina|sl slovenščina
so Soomaali|sq shqip|sr српски|st Sesotho|sv svenska|sw Kiswahili|ta தமிழ்|te తెలుగు|th ไทย|tl Tagalog
tr Türkçe|uk українська|ur اردو|uz oʻzbek|vi Tiếng Việt|xh isiXhosa|yi ייִדיש|yo Yorùbá|zh 中文
zu isiZulu
"""

NAMES: dict[str, str] = dict(
    tuple(entry.split(" ", 1))  # type: ignore[misc]
    for entry in _NAMES.strip().replace("\n", "|").split("|")
)
"""The names by primary language tag."""


def language_name(tag: str) -> str:
    """Return the name of a language tag, as `português (BR)`; the tag itself without a name."""
    language, _, rest = tag.partition("-")
    name = NAMES.get(language.lower())
    if name is None:
        return tag
    return f"{name} ({rest.upper() if len(rest) == 2 else rest})" if rest else name
