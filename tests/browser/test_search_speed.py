"""How soon `<hub-search>` shows an answer, and what moves when it does."""

from __future__ import annotations

import json
import re
from statistics import median

import pytest
from playwright.sync_api import Browser, Route, expect

from tests.support.browser import SCREENSHOTS, SHIFTS, OpenBox
from tests.support.server_process import Server

# Of each answer: whether its first suggestion stands in the very next frame, and after how many
# milliseconds that is on the screen. Frames are what is judged: milliseconds are the machine's.
WATCH = """window.answers = [];
const asked = window.fetch;
window.fetch = async (...given) => {
  const answer = await asked(...given);
  const json = answer.json.bind(answer);
  answer.json = async () => {
    const found = await json();
    performance.mark("answer");
    requestAnimationFrame(() => {
      const root = document.querySelector("hub-search").shadowRoot;
      const [first] = root.querySelectorAll("[role=option]");
      const text = first?.getBoundingClientRect().height > 0 ? first.textContent : null;
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => {  // once the frame has been painted
        const { duration } = performance.measure("shown", "answer");
        window.answers.push({ text, expected: found.data.suggest[0].text, duration });
      };
      port2.postMessage(null);
    });
    return found;
  };
  return answer;
};"""


def test_the_first_suggestion_is_in_the_next_frame_and_nothing_moves(open_box: OpenBox) -> None:
    box = open_box(script=SHIFTS + WATCH)
    top = box.page.locator("#below").bounding_box()
    texts = ("f", "fer", "ferry", "b", "bak", "bakery", "h", "har", "harb")
    for count, text in enumerate(texts, start=1):
        box.input.fill(text)
        box.page.wait_for_function(f"window.answers.length >= {count}")
        box.page.wait_for_timeout(520)  # a shift within half a second of a key does not count
    answers = box.page.evaluate("window.answers")
    assert len(answers) == len(texts)
    for answer in answers:
        assert answer["text"] is not None
        assert answer["text"].startswith(answer["expected"])
    assert box.page.evaluate("window.shifts") == []
    assert box.page.locator("#below").bounding_box() == top
    durations = [round(answer["duration"], 1) for answer in answers]
    told = {"from_answer_to_screen_ms": {"median": median(durations), "all": durations}}
    SCREENSHOTS.mkdir(exist_ok=True)
    (SCREENSHOTS / "first-suggestion.json").write_text(json.dumps(told), encoding="utf-8")


@pytest.mark.parametrize("size", [(1100, 900), (375, 800), (1600, 1200)])
@pytest.mark.parametrize("path", ["/", "/stories/electric-crossing", "/?q=ferry"])
def test_nothing_moves_on_the_hubs_own_pages(
    browser: Browser, server: Server, path: str, size: tuple[int, int]
) -> None:
    def late(route: Route) -> None:
        page.wait_for_timeout(200)
        route.continue_()

    context = browser.new_context(viewport={"width": size[0], "height": size[1]})
    context.add_init_script(SHIFTS)
    page = context.new_page()
    page.route("**/graphql*", late)
    page.goto(server.url + path)
    expect(page.locator("#content")).to_be_attached()
    if "q=" in path:
        expect(page.get_by_role("status").first).to_have_text(re.compile("result"))
    page.wait_for_timeout(200)
    assert page.evaluate("window.shifts") == []
    context.close()
