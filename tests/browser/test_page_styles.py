"""`<hub-search>` on pages whose rules and containers would break it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.support.browser import Box, OpenBox

RULES = {
    "everything unset": "* { all: unset; display: revert }",
    "initial": "hub-search { all: initial }",
    "a header": "main { white-space: nowrap; text-transform: uppercase; letter-spacing: .3em }",
    "large text": "hub-search { font-size: 30px !important }",
    "large text everywhere": "* { font-size: 30px !important; font-style: italic !important }",
    "inline": "hub-search { display: inline; text-indent: 4em; word-spacing: 1em }",
    "no clicks": "main { pointer-events: none; user-select: none; cursor: wait; line-height: 4 }",
    "shadow": "main { text-shadow: 2px 2px red; font-variant: small-caps; text-align: right }",
}
TEXT = [
    *("font-style", "font-variant", "font-weight", "letter-spacing", "line-height"),
    *("pointer-events", "text-align", "text-indent", "text-shadow", "text-transform"),
    *("user-select", "white-space", "word-spacing"),
]
STYLES = """(names) => {
  const root = document.querySelector("hub-search").shadowRoot;
  const style = getComputedStyle(root.querySelector("[part=text]"));
  return Object.fromEntries(names.map((name) => [name, style.getPropertyValue(name)]));
}"""


def _type(box: Box) -> None:
    box.input.fill("harbour")
    expect(box.titles.first).to_be_visible()


def _panel(box: Box) -> tuple[float, float, float, float]:
    """Return left, top, right and bottom of the panel."""
    place = box.page.locator("hub-search [part=panel]").bounding_box()
    assert place is not None
    return place["x"], place["y"], place["x"] + place["width"], place["y"] + place["height"]


def _assert_is_on_top(box: Box) -> None:
    """The panel lies in the window, and nothing covers it."""
    left, top, right, bottom = _panel(box)
    window = box.page.viewport_size
    assert window is not None
    assert left >= 0
    assert right <= window["width"]
    assert 0 <= top < window["height"]
    points = [(left + 20, top + 20), (right - 20, top + 20), (left + 20, min(bottom, 600) - 20)]
    for x, y in points:
        hit = box.page.evaluate("([x, y]) => document.elementFromPoint(x, y)?.localName", [x, y])
        assert hit == "hub-search", (x, y)


@pytest.mark.parametrize("rules", RULES.values(), ids=RULES.keys())
def test_no_rule_of_a_page_reaches_the_text_of_the_box(open_box: OpenBox, rules: str) -> None:
    untouched = open_box()
    _type(untouched)
    box = open_box(inside=f"<style>{rules}</style>")
    _type(box)
    styles, usual = (one.page.evaluate(STYLES, TEXT) for one in (box, untouched))
    line = styles.pop("line-height")
    usual.pop("line-height")
    assert styles == usual
    size = box.page.evaluate(STYLES, ["font-size"])["font-size"]
    root = box.page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    assert 0.8 * root <= float(size.removesuffix("px")) <= 1.25 * root
    assert float(line.removesuffix("px")) <= 1.5 * float(size.removesuffix("px"))
    field = box.page.locator("hub-search [part=field]").bounding_box()
    assert field is not None
    assert field["width"] > 300
    _assert_is_on_top(box)


CONTAINERS = {
    "cut off": "overflow: hidden; height: 80px; position: relative",
    "a sidebar": "width: 240px; overflow: auto; height: 120px",
    "a sidebar on the right": "width: 240px; margin-left: auto; overflow: hidden",
    "moved": "transform: translateX(10px); filter: blur(0); contain: paint; max-width: 400px",
    "below others": "position: relative; z-index: 0",
    "at the bottom": "position: fixed; bottom: 0; left: 0; width: 500px; height: 60px",
}


@pytest.mark.parametrize("style", CONTAINERS.values(), ids=CONTAINERS.keys())
def test_no_container_cuts_the_panel_off(open_box: OpenBox, style: str) -> None:
    box = open_box()
    box.page.evaluate(
        """(style) => {
          const container = document.createElement("div");
          const box = document.querySelector("hub-search");
          box.replaceWith(container);
          container.append(box);
          container.style = style;
          const cover = document.body.appendChild(document.createElement("div"));
          cover.style = "position:absolute;inset:200px 0 0;background:gray;z-index:99999";
        }""",
        style,
    )
    _type(box)
    left, _, right, _ = _panel(box)
    assert right - left >= 440
    _assert_is_on_top(box)


def test_in_a_dialog_the_panel_stands_above_it(open_box: OpenBox) -> None:
    box = open_box()
    box.page.evaluate(
        """() => {
          const dialog = document.body.appendChild(document.createElement("dialog"));
          dialog.append(document.querySelector("hub-search"));
          dialog.style = "width:20rem;height:8rem;overflow:hidden";
          dialog.showModal();
        }"""
    )
    _type(box)
    _assert_is_on_top(box)
    box.titles.first.hover()


def test_the_panel_follows_the_box_when_the_page_is_scrolled(open_box: OpenBox) -> None:
    box = open_box()
    box.page.evaluate("document.body.style.minHeight = '3000px'")
    _type(box)
    before = _panel(box)[1]
    box.page.evaluate("scrollTo(0, 60)")
    box.page.wait_for_function(
        "(y) => document.querySelector('hub-search').shadowRoot.querySelector('[part=panel]')"
        ".getBoundingClientRect().y <= y",
        arg=before - 59,
    )


def test_a_font_that_a_page_names_is_taken_as_it_is(open_box: OpenBox) -> None:
    box = open_box(inside="<style>hub-search{--hub-search-font: italic 22px monospace}</style>")
    _type(box)
    styles = box.page.evaluate(STYLES, ["font-family", "font-style"])
    assert styles == {"font-family": "monospace", "font-style": "italic"}
    expect(box.input).to_have_css("font-size", "22px")
