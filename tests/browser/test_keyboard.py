"""`<hub-search>` by the keyboard: suggestions and results as one list, shortcuts, the dialog."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.support.browser import Box, OpenBox
from tests.support.server_process import Server


def _active(box: Box) -> str:
    """Return the id of the entry that the arrows have reached; "" for none."""
    active = box.input.get_attribute("aria-activedescendant") or ""
    selected = box.page.locator("hub-search [aria-selected=true]")
    assert [one.get_attribute("id") for one in selected.all()] == ([active] if active else [])
    return active


def test_arrows_walk_suggestions_and_results_as_one_list(open_box: OpenBox) -> None:
    box = open_box()
    box.input.fill("ferry")
    expect(box.titles.first).to_be_visible()
    ids = [one.get_attribute("id") for one in box.entries.all()]
    assert len(set(ids)) == len(ids)
    assert ids[0] == "o0"
    assert ids[box.options.count()] == "r0"
    walked = []
    for _ in ids:
        box.input.press("ArrowDown")
        walked.append(_active(box))
    assert walked == ids
    box.input.press("ArrowDown")
    assert _active(box) == ""  # the text itself, between the end and the beginning
    box.input.press("ArrowUp")
    assert _active(box) == ids[-1]
    box.input.press("Home")
    assert _active(box) == ids[0]
    box.input.press("End")
    assert _active(box) == ids[-1]
    box.take_screenshot("keyboard-result")
    assert box.run_axe() == []


def test_home_and_end_move_the_caret_while_nothing_is_chosen(open_box: OpenBox) -> None:
    box = open_box()
    box.input.fill("ferry")
    expect(box.titles.first).to_be_visible()
    box.input.press("Home")
    assert _active(box) == ""
    assert box.input.evaluate("(one) => one.selectionStart") == 0


@pytest.mark.parametrize("part", ["option", "title"])
def test_enter_opens_and_with_control_in_a_new_tab(
    open_box: OpenBox, server: Server, part: str
) -> None:
    box = open_box()
    box.input.fill("wexler")
    expect(box.titles.first).to_be_visible()
    target = box.page.locator(f"hub-search a[part={part}]").first
    address = target.get_attribute("href")
    assert address is not None
    while _active(box) != target.get_attribute("id"):
        box.input.press("ArrowDown")
    with box.page.context.expect_page() as opened:
        box.input.press("Control+Enter")
    assert opened.value.url == f"{server.url}/stories/wexler-ovens"  # where that leads
    assert box.page.url.startswith(box.address)
    with box.page.expect_request(address):
        box.input.press("Enter")


def test_a_suggested_article_is_a_link(open_box: OpenBox, server: Server) -> None:
    box = open_box()
    box.input.fill("wexler")
    link = box.page.locator("hub-search a[part=option]").first
    expect(link).to_have_attribute("href", re.compile("wexler-ovens"))
    with box.page.context.expect_page() as opened:
        link.click(modifiers=["ControlOrMeta"])
    assert "wexler-ovens" in opened.value.url


def test_arrows_and_letters_go_on_from_a_result_that_has_the_focus(open_box: OpenBox) -> None:
    box = open_box()
    box.input.fill("ferry")
    expect(box.titles.first).to_be_visible()
    box.titles.first.focus()
    box.page.keyboard.press("ArrowDown")
    expect(box.input).to_be_focused()
    assert _active(box) == "r1"
    box.titles.nth(2).focus()
    box.page.keyboard.type("s")
    expect(box.input).to_have_value("ferrys")


def test_shortcuts_open_the_box_but_not_while_somebody_writes(open_box: OpenBox) -> None:
    box = open_box('shortcut="k /"')
    box.page.evaluate("document.body.append(document.createElement('textarea'))")
    box.page.keyboard.press("/")
    expect(box.input).to_be_focused()
    expect(box.input).to_have_value("")
    box.page.keyboard.type("a/k")
    expect(box.input).to_have_value("a/k")
    area = box.page.locator("textarea")
    area.focus()
    box.page.keyboard.type("k/")
    expect(area).to_have_value("k/")
    box.page.keyboard.press("Control+k")
    expect(box.input).to_be_focused()
    assert box.input.evaluate("(one) => getSelection().toString() || one.selectionEnd") in (
        "a/k",
        3,
    )


@pytest.mark.parametrize("width", [1100, 375])
def test_a_dialog_holds_the_box(open_box: OpenBox, width: int) -> None:
    box = open_box('mode="modal" shortcut="k /"', viewport={"width": width, "height": 700})
    opener = box.page.locator("hub-search [part=opener]")
    expect(opener).to_contain_text(re.compile("Search articles.*K/$"))
    expect(box.input).to_be_hidden()
    assert box.run_axe() == []
    opener.click()
    expect(box.input).to_be_focused()
    box.input.press_sequentially("ferry")
    expect(box.titles.first).to_be_visible()
    box.input.press("ArrowDown")
    assert _active(box) == "o0"
    place = box.page.locator("hub-search dialog").bounding_box()
    assert place is not None
    if width == 375:
        assert (place["x"], place["y"], place["width"]) == (0, 0, 375)
    else:
        assert place["y"] > 0
    assert box.run_axe() == []
    box.take_screenshot(f"dialog-{width}")
    box.page.keyboard.press("Escape")
    expect(box.input).to_be_hidden()
    expect(opener).to_be_focused()
    box.page.keyboard.press("/")
    expect(box.input).to_be_focused()
    expect(box.input).to_have_value("ferry")
    expect(box.titles.first).to_be_visible()
    box.page.get_by_role("button", name="Close the search").click()
    expect(box.input).to_be_hidden()
    opener.click()
    box.page.mouse.click(3, 690) if width > 400 else box.page.keyboard.press("Escape")
    expect(box.input).to_be_hidden()
    box.host.evaluate("(one) => one.removeAttribute('mode')")
    expect(box.input).to_be_visible()
    expect(box.page.locator("hub-search dialog")).to_have_count(0)


def test_a_dialog_that_is_opened_again_at_once_shows_its_results(open_box: OpenBox) -> None:
    box = open_box('mode="modal"')
    box.page.locator("hub-search [part=opener]").click()
    box.input.press_sequentially("ferry")
    expect(box.titles.first).to_be_visible()
    box.host.evaluate(
        """(one) => new Promise((done) => {
          const dialog = one.shadowRoot.querySelector("dialog");
          dialog.addEventListener("close", () => setTimeout(done));
          dialog.close();
          one.focus();
        })"""
    )
    expect(box.titles.first).to_be_visible()


def test_one_recent_search_can_be_removed(open_box: OpenBox) -> None:
    box = open_box()
    for text in ("ferry", "bakery", "harbour"):
        box.input.fill(text)
        box.input.press("Enter")
        expect(box.status).to_have_text(re.compile("result"))
    box.open()
    box.input.click()
    expect(box.options).to_have_count(3)
    assert box.run_axe() == []
    box.options.nth(1).locator("[part=forget-one]").click()
    expect(box.options).to_have_text([re.compile("^harbour"), re.compile("^ferry")])
    box.input.press("ArrowDown")
    box.input.press("Delete")
    expect(box.options).to_have_text([re.compile("^ferry")])
    box.input.press("ArrowDown")
    box.input.press("Delete")
    expect(box.options).to_have_count(0)
    assert box.page.evaluate("localStorage.length") == 0
