"""Texts, numbers and dates of pages in the language of the page, from the label files.

The English text is the key of its translations, which are below `on-pages` of the files in
`schema/static/labels/`; texts of the search box are taken from it by their names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from markupsafe import Markup

FOLDER = Path(__file__).parents[1] / "static" / "labels"
RIGHT_TO_LEFT = ("ar", "he")
UNGROUPED = ("es", "pl")
"""Languages in which a number of four digits is not grouped (CLDR, minimumGroupingDigits)."""

BOX_LABELS = {
    "About {n} results": "about",
    "Authors": "authors",
    "Did you mean": "did-you-mean",
    "Next page": "next",
    "Previous page": "previous",
    "Search": "submit",
    "Topics": "topics",
}
"""Names of the search box's labels that pages show too, by their English texts."""

SCRIPT_TEXTS = (
    "Copy",
    "Copied",
    "Link copied",
    "Player",
    "This",
    "Your comment",
    "Your e-mail address",
    "Your name",
    "Thank you. Your comment appears once it has been looked at.",
    "That was very quick, or very long ago. Please send it again.",
    "This could not be sent at the moment. Nothing is lost: please try again.",
    "You have sent a lot. Please wait {n} seconds, then send it again.",
)
"""Texts of `hub-pages.js`."""

_ENGLISH: dict[str, Any] = {
    "articles-one": "{n} article",
    "articles-other": "{n} articles",
    "comments-one": "{n} comment",
    "comments-other": "{n} comments",
    "count-one": "{n} result",
    "count-other": "{n} results",
    "minutes-one": "{n} minute",
    "minutes-other": "{n} minutes",
    "months": (
        *("January", "February", "March", "April", "May", "June", "July"),
        *("August", "September", "October", "November", "December"),
    ),
    "day": "{day} {month} {year}",
    "month": "{month} {year}",
    "group": ",",
}


def _one_or_other(n: int) -> str:
    return "one" if n == 1 else "other"


def _arabic(n: int) -> str:
    if n <= 2:
        return ("zero", "one", "two")[n]
    if 3 <= n % 100 <= 10:
        return "few"
    return "many" if n % 100 >= 11 else "other"


def _polish(n: int) -> str:
    return "one" if n == 1 else _slavic_plural(n)


def _east_slavic(n: int) -> str:
    return "one" if n % 10 == 1 and n % 100 != 11 else _slavic_plural(n)


def _slavic_plural(n: int) -> str:
    return "few" if 2 <= n % 10 <= 4 and not 12 <= n % 100 <= 14 else "many"


PLURAL_RULES: dict[str, Callable[[int], str]] = {
    "ar": _arabic,
    "fr": lambda n: "one" if n <= 1 else "other",
    "he": lambda n: {1: "one", 2: "two"}.get(n, "other"),
    "ja": lambda n: "other",
    "pl": _polish,
    "pt": lambda n: "one" if n <= 1 else "other",
    "ru": _east_slavic,
    "uk": _east_slavic,
    "zh": lambda n: "other",
}
"""Plural categories of whole numbers by CLDR; of other languages, `one` is for 1 alone.

https://www.unicode.org/cldr/charts/latest/supplemental/language_plural_rules.html. The category
`many` that some languages have for millions is `other` here.
"""


@dataclass(frozen=True, slots=True)
class Words:
    """The words of a language; `tag` is the page's own, as in `lang="pt-BR"`."""

    tag: str
    language: str
    translations: Mapping[str, Any]

    @property
    def direction(self) -> str:
        """The value of the attribute `dir`; "" for the usual one."""
        return "rtl" if self.language in RIGHT_TO_LEFT else ""

    @property
    def script_texts(self) -> str:
        """The texts of `hub-pages.js` as a JSON object; "" in English, which it has itself."""
        if self.language == "en":
            return ""
        return orjson.dumps({text: self(text) for text in SCRIPT_TEXTS}).decode()

    def __call__(self, english: str, **values: object) -> str:
        """Return the translation of a text, with its placeholders filled.

        It is markup if a value is: other values are escaped. A text without a translation, as a
        message of the API, stays English.
        """
        text: str = self.translations.get(BOX_LABELS.get(english, english), english)
        if not values:
            return text
        is_markup = any(hasattr(value, "__html__") for value in values.values())
        return (Markup(text) if is_markup else text).format(**values)

    def number(self, number: int) -> str:
        """Format a number with the language's separator of thousands."""
        if self.language in UNGROUPED and number < 10_000:
            return str(number)
        return f"{number:,}".replace(",", self.translations["group"])

    def count(self, number: int, noun: str) -> str:
        """Format a number of `articles`, `comments`, `minutes`, or of results with `count`."""
        rule = PLURAL_RULES.get(self.language, _one_or_other)
        forms = self.translations
        form = forms.get(f"{noun}-{rule(number)}") or forms[f"{noun}-other"]
        return str(form).replace("{n}", self.number(number))

    def day(self, moment: str) -> str:
        """Format the day of a moment in ISO 8601, as in "3 March 2026"."""
        date = datetime.fromisoformat(moment)
        month = self.translations["months"][date.month - 1]
        return str(self.translations["day"]).format(day=date.day, month=month, year=date.year)

    def month(self, year: int, month: int) -> str:
        """Format a month of a year, as in "March 2026"."""
        name = self.month_name(month)
        return str(self.translations["month"]).format(month=name, year=year)

    def month_name(self, month: int) -> str:
        """Return the name of a month that stands alone; 1 is January."""
        names = self.translations.get("months-alone") or self.translations["months"]
        return str(names[month - 1])


ENGLISH = Words("en", "en", _ENGLISH)


def words_of(*tags: str) -> Words:
    """Return the words of the first language that there are words of; else the English ones."""
    for tag in tags:
        language = tag.replace("_", "-").lower().partition("-")[0]
        if language == "en":
            return Words(tag.replace("_", "-"), language, _ENGLISH)
        if translations := _translations(language):
            return Words(tag.replace("_", "-"), language, translations)
    return ENGLISH


def without_page_texts(labels: str) -> str:
    """Return a label file as the search box reads it: without the texts of pages."""
    box = {key: text for key, text in orjson.loads(labels).items() if key != "on-pages"}
    return orjson.dumps(box, option=orjson.OPT_INDENT_2).decode()


@cache
def _known_languages() -> frozenset[str]:
    return frozenset(path.stem for path in FOLDER.glob("*.json"))


@cache
def _load(language: str) -> Mapping[str, Any]:
    labels = orjson.loads((FOLDER / f"{language}.json").read_bytes())
    return {**labels, **labels["on-pages"]}


def _translations(language: str) -> Mapping[str, Any]:
    return _load(language) if language in _known_languages() else {}
