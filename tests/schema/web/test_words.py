"""Words of pages: each text in each language, plural forms, and no English on other pages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from jinja2 import Environment, nodes
from lxml import html as markup
from markupsafe import Markup

from hub.settings import Settings
from schema.web import words
from schema.web.pages import commenting, discussion, labels, own_comment, story
from schema.web.search import page
from schema.web.words import ENGLISH, words_of
from tests.support.factories import a_comment, an_article
from tests.support.hub import a_hub

WEB = Path(words.__file__).parent
LANGUAGES = sorted(path.stem for path in words.FOLDER.glob("*.json"))
PLACEHOLDER = re.compile(r"\{\w+\}")
FORMATS = {"months", "months-alone", "day", "month", "group"}
TRANSLATING = {"t", "words", "not_found", "PageProblem"}


def _template_texts() -> Iterator[str]:
    environment = Environment(autoescape=True)
    for path in (WEB / "templates").glob("*.html"):
        if not path.stem.startswith("docs"):
            for call in environment.parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
                if isinstance(call.node, nodes.Name) and call.node.name == "t":
                    yield from (arg.value for arg in call.args if isinstance(arg, nodes.Const))


def _python_texts() -> Iterator[str]:
    """Yield the texts of calls that translate, also by way of a variable `title` or `message`."""
    for path in [*(WEB / "pages").glob("*.py"), WEB / "search" / "page.py"]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            values: list[ast.expr] = []
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", None) or getattr(node.func, "id", None)
                values = list(node.args) if name in TRANSLATING else []
            elif isinstance(node, ast.Assign):
                names = {getattr(target, "id", "") for target in node.targets}
                values = [node.value] if names & {"title", "message"} else []
            elif isinstance(node, ast.FunctionDef) and node.name in TRANSLATING:
                values = list(node.args.defaults)
            for value in values:
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value


def _texts() -> set[str]:
    constants = {
        *(*words.SCRIPT_TEXTS, own_comment.REFUSED, own_comment.A_MINUTE),
        *(*story.KINDS.values(), *discussion.OUTCOMES.values(), *labels.MISSING.values()),
        *(*commenting._FIELDS.values(), *own_comment._SAVED.values(), *page.LABELS.values()),
        *(text for texts in labels.LISTS.values() for text in texts),
    }
    return {*_template_texts(), *_python_texts()} | constants


TEXTS = _texts()


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_there_in_every_language(language: str) -> None:
    file = orjson.loads((words.FOLDER / f"{language}.json").read_bytes())
    forms = {key for key in file["on-pages"] if re.match(r"(articles|minutes)-", key)}
    assert {*file["on-pages"]} - FORMATS - forms == TEXTS - {*words.BOX_LABELS}
    assert {*words.BOX_LABELS} <= TEXTS
    translate = words_of(language)
    for text in TEXTS - {"Did you mean"}:
        assert sorted(PLACEHOLDER.findall(translate(text))) == sorted(PLACEHOLDER.findall(text))
    assert (len(file["on-pages"]["months"]), translate.tag) == (12, language)
    rule = words.PLURAL_RULES.get(language, words._one_or_other)
    categories = {rule(number) for number in range(1, 300)}
    for noun, labels_ in (("articles", file["on-pages"]), ("comments", file), ("count", file)):
        assert categories <= {key.partition("-")[2] for key in labels_ if key.startswith(noun)}


@pytest.mark.parametrize(
    ("language", "counts"),
    [
        ("en", {1: "1 comment", 2: "2 comments", 1204: "1,204 comments"}),
        ("de", {1: "1 Kommentar", 12: "12 Kommentare", 1204: "1.204 Kommentare"}),
        ("fr", {0: "0 commentaire", 2: "2 commentaires", 1204: "1\u202f204 commentaires"}),
        ("es", {1: "1 comentario", 1204: "1204 comentarios", 12_004: "12.004 comentarios"}),
        ("pl", {1: "1 komentarz", 22: "22 komentarze", 12: "12 komentarzy", 21: "21 komentarzy"}),
        ("ru", {21: "21 комментарий", 3: "3 комментария", 11: "11 комментариев"}),
        ("ar", {1: "تعليق واحد", 2: "تعليقان", 3: "3 تعليقات", 11: "11 تعليقًا", 100: "100 تعليق"}),
        ("he", {2: "שתי תגובות", 3: "3 תגובות"}),
        ("ja", {1: "コメント 1 件"}),
    ],
)
def test_numbers_take_the_plural_form_of_the_language(
    language: str, counts: dict[int, str]
) -> None:
    translate = words_of(language)
    assert {number: translate.count(number, "comments") for number in counts} == counts


@pytest.mark.parametrize(
    ("language", "day", "month"),
    [
        ("en", "3 March 2026", "March 2026"),
        ("de-AT", "3. März 2026", "März 2026"),
        ("pt_BR", "3 de março de 2026", "março de 2026"),
        ("pl", "3 marca 2026", "marzec 2026"),
        ("ru", "3 марта 2026 г.", "март 2026 г."),
        ("ja", "2026年3月3日", "2026年3月"),
        ("sv", "3 March 2026", "March 2026"),
    ],
)
def test_dates_have_the_form_of_the_language(language: str, day: str, month: str) -> None:
    translate = words_of(language)
    assert (translate.day("2026-03-03T08:30:00Z"), translate.month(2026, 3)) == (day, month)


def test_values_are_escaped_in_markup_alone() -> None:
    link = markup.Element("a")  # no markup of Jinja's
    assert ENGLISH("{author} on {title}", author="<b>", title=link).startswith("<b> on ")
    title = Markup("<i>x</i>")
    assert ENGLISH("{author} on {title}", author="<b>", title=title) == "&lt;b&gt; on <i>x</i>"


def _shown(tree: Any) -> Iterator[str]:
    """Yield what readers see or hear of a page: its texts and names, each on its own."""
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in ("script", "code"):
            continue
        names = [element.get(name) for name in ("aria-label", "placeholder", "content")]
        for text in (element.text, element.tail, *names):
            if text and text.strip():
                yield " ".join(text.split())


@pytest.mark.anyio
@pytest.mark.parametrize(("language", "direction"), [("de", None), ("ar", "rtl"), ("pl", None)])
async def test_no_page_of_another_language_has_english_words(
    language: str, direction: str | None, settings: Settings
) -> None:
    """The hub is in the language; and its story on a hub in English has its own words too."""
    translate = words_of(language)
    patterns = [
        re.compile(PLACEHOLDER.sub(".+", re.escape(text).replace("\\{", "{").replace("\\}", "}")))
        for text in TEXTS
        if translate(text) != text and text not in ("{author} on {title}", "to {author}")
    ]
    months = "|".join(ENGLISH.translations["months"])
    numbers = "articles?|comments?|results?|minutes?"
    patterns.append(re.compile(rf"[\d,]+ ({numbers})|\d+ ({months}) \d+"))
    body = "## Q1\n\n## Q2\n\n## Q3\n\n| x |\n|---|\n| 1 |"
    paths = ["/", "/topics", "/topics/xx", "/authors", "/authors/yy", "/archive", "/search?q=zz"]
    paths += ["/search?q=qqqq", "/comment/own", "/comment?article=zz", "/nope", "/archive/77"]
    async with a_hub(settings.model_copy(update={"language": language})) as hub:
        id_ = await an_article(
            "zz", body, slug="zz", language=language, topics=("xx",), authors=("yy",)
        )
        first = await a_comment(id_, "ok")
        await a_comment(id_, "ok", parent_id=first)
        await hub.indexer.catch_up()
        for path in [*paths, "/stories/zz"]:
            answer = await hub.http.get(path, headers={"accept": "text/html"})
            tree: Any = markup.document_fromstring(answer.text)
            assert (tree.get("lang"), tree.get("dir")) == (language, direction), path
            english = {text for text in _shown(tree) for one in patterns if one.fullmatch(text)}
            assert english == set(), path
    async with a_hub(settings) as hub:
        story_ = await hub.http.get(f"/stories/{language}/zz")
        assert f'<html lang="{language}"' in story_.text
        assert translate("What surrounds it") not in story_.text
        assert translate("Say something") in story_.text
        topics = await hub.http.get("/topics", headers={"accept": "text/html"})
        assert '<html lang="en">' in topics.text
