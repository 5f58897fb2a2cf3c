"""Extensions of Markdown: callouts, task lists, definition lists."""

from __future__ import annotations

import pytest

from hub.text.bodies import Body, Markup
from hub.text.markup import to_html
from scripts.importers.markdown import dialects

NOTE = "<blockquote><p><strong>{}</strong></p><p>Mind <em>it</em>.</p></blockquote>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (":::note\n\nMind *it*.\n\n:::", NOTE.format("Note")),
        ("::: tip Read me\nMind *it*.\n:::", NOTE.format("Read me")),
        (":::caution[Ice]\nMind *it*.\n:::", NOTE.format("Ice")),
        ("> [!WARNING]\n> Mind *it*.", NOTE.format("Warning")),
        ("> [!tip] Read me\n> Mind *it*.", NOTE.format("Read me")),
        ('!!! danger "Ice"\n    Mind *it*.', NOTE.format("Ice")),
        ("??? note\n    Mind *it*.\n\nAfter.", NOTE.format("Note") + "<p>After.</p>"),
        (":::note\nMind *it*.", NOTE.format("Note")),
        (
            "Net\n: A *tool*\n: Also\n  a trap",
            "<dl><dt>Net</dt><dd>A <em>tool</em></dd><dd>Also a trap</dd></dl>",
        ),
        (
            "- [x] done\n- [ ] open\n- [a](b)",
            '<ul><li>☑ done</li><li>☐ open</li><li><a href="b">a</a></li></ul>',
        ),
        ("```\n:::note\nNet\n: x\n- [x] y\n```", "<pre><code>:::noteNet: x- [x] y</code></pre>"),
        (":::unheard\nWords.", "<p>:::unheardWords.</p>"),
        ("> [!unheard] Words.", "<blockquote><p>[!unheard] Words.</p></blockquote>"),
        ("Time\n:smile: words", "<p>Time:smile: words</p>"),
        ("# Head\n: words", "<h1>Head</h1><p>: words</p>"),
    ],
)
def test_extensions_become_plain_html(text: str, html: str) -> None:
    rendered = to_html(Body(dialects.to_markdown(text), Markup.MARKDOWN))
    assert rendered.replace("\n", "") == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("A ==marked== word.", "<mark>marked</mark>"),
        ("`==code==`", "<code>==code==</code>"),
        ("```\n==code==\n```", "==code=="),
        ("x == y and y == z", "x == y and y == z"),
        ("if a==b and c==d", "a==b and c==d"),
    ],
)
def test_words_between_two_equal_signs_are_marked(text: str, html: str) -> None:
    assert html in to_html(Body(dialects.to_markdown(text), Markup.MARKDOWN))
