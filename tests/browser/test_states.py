"""`<hub-search>` while it waits, where nothing is found, in other languages, and beside another."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Route, expect

from schema.web.static_files import FILES, LABELS
from tests.support.browser import OpenBox, Team

SCRIPT = FILES.files["hub-search.js"].content.decode()
ENGLISH = dict(
    re.findall(
        r"^ *\"?([\w-]+)\"?: \"(.*)\",$", SCRIPT[SCRIPT.index("const WORDS") :], re.MULTILINE
    )
)
OF_VALUES = {
    "image-true": "With image",
    "image-false": "Without image",
    "kind-article": "Article",
    "kind-page": "Page",
}
"""Labels of values, which the API has in English already."""
LANGUAGES = [name.removesuffix(".json") for name in LABELS.files]


def test_waiting_is_shown_after_a_while(open_box: OpenBox) -> None:
    box = open_box()
    held: list[Route] = []
    box.page.route("**/graphql*", lambda route: held.append(route))
    box.input.fill("ferry")
    expect(box.page.locator("hub-search .busy")).to_be_attached()
    expect(box.page.locator("hub-search .bone").first).to_be_visible()
    expect(box.status).to_have_text("Searching …")
    box.take_screenshot("waiting")
    assert box.run_axe() == []
    for route in held:
        route.continue_()
    expect(box.titles.first).to_be_visible()
    expect(box.page.locator("hub-search .busy")).to_have_count(0)
    expect(box.page.locator("hub-search .bone")).to_have_count(0)


def test_a_quick_answer_shows_no_waiting(open_box: OpenBox) -> None:
    box = open_box()
    box.page.evaluate(
        """() => {
          const ground = document.querySelector("hub-search").shadowRoot.querySelector(".ground");
          window.busy = 0;
          new MutationObserver(() => (busy += ground.classList.contains("busy")))
            .observe(ground, { attributes: true });
        }"""
    )
    box.input.fill("ferry")
    expect(box.titles.first).to_be_visible()
    assert box.page.evaluate("busy") == 0


def test_where_nothing_is_found_topics_lead_on(open_box: OpenBox) -> None:
    box = open_box()
    box.input.fill("qqqqqzzzzz xxxyyy")
    topics = box.page.locator("hub-search [part=topics] button")
    expect(topics.first).to_be_visible()
    assert box.run_axe() == []
    box.take_screenshot("nothing-found")
    name = topics.first.inner_text()
    topics.first.click()
    expect(box.titles.first).to_be_visible()
    pressed = box.page.locator("hub-search [aria-pressed=true]")
    expect(pressed).to_have_text(re.compile(f"^{re.escape(name)}"))


@pytest.mark.parametrize("facets", ["", 'facets=""', 'facets="AUTHOR"'])
def test_a_filter_that_is_on_shows_and_can_be_taken_off(open_box: OpenBox, facets: str) -> None:
    box = open_box(facets, parameters="?q=qqqqqzzzzz&topic=harbour&topic=no-such-topic")
    pressed = box.page.locator("hub-search [aria-pressed=true]")
    expect(pressed).to_have_count(2)
    expect(box.status).to_have_text(re.compile("^Nothing found"))
    assert box.run_axe() == []
    pressed.filter(has_text="no-such-topic").click()
    expect(pressed).to_have_count(1)
    box.input.fill("ferry qqqqqzzzzz")
    box.input.press("Enter")
    box.page.evaluate("document.querySelector('hub-search').value = 'qqqqqzzzzz'")
    box.page.get_by_role("button", name="Search without filters").click()
    expect(pressed).to_have_count(0)
    expect(box.input).to_have_value("qqqqqzzzzz")
    assert "topic=" not in box.page.url


def test_two_boxes_do_not_share_the_address(open_box: OpenBox) -> None:
    box = open_box(parameters="?q=ferry")
    box.page.evaluate(
        """() => {
          const first = document.querySelector("hub-search");
          const second = first.cloneNode();
          document.body.append(second);
        }"""
    )
    first, second = box.input.all()
    expect(first).to_have_value("ferry")
    expect(second).to_have_value("")
    second.fill("bakery")
    second.press("Enter")
    expect(box.status.last).to_have_text(re.compile("result"))
    assert box.page.url.endswith("?q=ferry")


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_of_a_language_are_whole(language: str) -> None:
    labels = json.loads(LABELS.files[f"{language}.json"].content)
    forms = {f"{name}-{form}" for name in ("count", "comments") for form in ("two", "few", "many")}
    words = ENGLISH | OF_VALUES
    assert {*words} <= {*labels} <= {*words} | forms
    for name, text in labels.items():
        usual = words.get(name, "{n}")
        placeholders = {*re.findall(r"\{\w+\}", text)}
        assert placeholders <= {*re.findall(r"\{\w+\}", usual)}, name
        assert "{n}" in placeholders or "{n}" not in usual or name.endswith(("-one", "-two")), name
        assert text.strip() == text
        assert text


def test_the_script_names_the_languages_that_there_are() -> None:
    found = re.search(r"const LANGUAGES = (\[.*\]);", SCRIPT)
    assert found is not None
    assert json.loads(found[1]) == LANGUAGES
    assert len(ENGLISH) > 30


@pytest.mark.parametrize("language", ["de-AT", "ru", "ar", "ja"])
def test_the_box_speaks_the_language_of_the_page(open_box: OpenBox, language: str) -> None:
    labels = json.loads(LABELS.files[f"{language[:2]}.json"].content)
    box = open_box('label-submit="Los!"', html=f'lang="{language}"')
    expect(box.input).to_have_attribute("placeholder", labels["placeholder"])
    expect(box.page.get_by_role("button", name="Los!")).to_be_visible()
    box.input.fill("qqqqqzzzzz")
    expect(box.status).to_have_text(labels["count-zero"].replace("{q}", "qqqqqzzzzz"))
    box.take_screenshot(f"language-{language[:2]}")


def test_labels_take_one_request_at_most(open_box: OpenBox, team: Team) -> None:
    box = open_box(html='lang="fr"')
    requests: list[str] = []
    box.page.on("request", lambda request: requests.append(request.url))
    box.page.evaluate("document.body.append(document.querySelector('hub-search').cloneNode())")
    box.open()
    expect(box.input).to_have_attribute("placeholder", re.compile("^Rechercher"))
    assert len([url for url in requests if "/hub-search/" in url]) == 1
    english = open_box()
    english.page.on("request", lambda request: requests.append(request.url))
    english.open()
    english.input.fill("ferry")
    expect(english.titles.first).to_be_visible()
    assert len([url for url in requests if "/hub-search/" in url]) == 1


def test_without_labels_a_box_speaks_english(open_box: OpenBox) -> None:
    box = open_box(html='lang="de"')
    box.page.route("**/hub-search/*.json", lambda route: route.abort())
    box.open()
    expect(box.input).to_have_attribute("placeholder", re.compile("^Search articles"))
