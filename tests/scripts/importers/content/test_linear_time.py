"""Conversions of untrusted text take linear time, whatever the text repeats."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path, PurePosixPath

import pytest

from scripts.importers.content import dates, players
from scripts.importers.content.embeds import expand_embeds
from scripts.importers.content.headline_lines import extract_related_lines
from scripts.importers.markdown import dialects, mdx, obsidian, template_tags
from scripts.importers.markdown.front_matter import UnreadableFile, split
from scripts.importers.plain_text.scrape import parse_scrape
from scripts.importers.source import public_name
from scripts.importers.wordpress import builders, shortcodes

LENGTH = 50_000
SECONDS = 0.5
"""CPU that a text of 4 × LENGTH may take in any case; quadratic patterns take ten times as much."""

VAULT = obsidian.Vault(Path(__file__).parent)
CONVERSIONS: dict[str, tuple[Callable[[str], object], tuple[str, ...]]] = {
    "players": (partial(players.page_url, "video"), ("a", "a ", " ", 'a="', "a='", "a=")),
    "template tags": (
        template_tags.remove_template_tags,
        (
            *("{% comment %}", "{#", "{% raw %}", "{% highlight a %}", "{{< highlight a >}}"),
            *("{{< figure a", "{{< figure a=", "{{< ref a", "{{ site.url", '{{ "a" |', "{:.a"),
            *("{% ", "{{ a ", "{{< a a", "{% include a", "{{", "~~~", "```", "`a``", "\n\n"),
        ),
    ),
    "attributes of a tag": (
        lambda text: template_tags.remove_template_tags(f"{{{{< figure {text} >}}}}"),
        ("a", " ", ">", "/", 'a="', "a "),
    ),
    "spaces in a tag": (lambda text: template_tags.remove_template_tags(f"{{% {text}"), (" ", "a")),
    "mdx": (
        mdx.strip_components,
        ("{/*", '<A "', "<A {", "<A a='a' ", "<A ", "import\n", "import a\n\n", "{a", "~~~"),
    ),
    "attributes of a component": (
        lambda text: mdx.strip_components(f"<A {text}"),
        ('"a" ', "'a' ", "{a} ", "{{a}} ", "a"),
    ),
    "dialects": (
        dialects.to_markdown,
        (":::note\n", "!!! note\n    ", "> [!note]\n", "- [ ] x\n", ":::", "```\n", "a\n\n: b\n"),
    ),
    "obsidian": (
        lambda text: VAULT.to_markdown(text, PurePosixPath("a.md")),
        ("\t", " ", "[[a", "![[a|", "[[#", "%%", "==a", "> [!a", "^a ", "~~~"),
    ),
    "name of a callout": (
        lambda text: VAULT.to_markdown(f"> [!{text}", PurePosixPath("a.md")),
        ("a", " "),
    ),
    "front matter": (
        lambda text: _split(f"# {text}"),
        (" ", "a", "a: b\n", "\n", "\n\n", "a:\n b\n"),
    ),
    "attributes of a shortcode": (builders.parse_attributes, ("a", "a ", " ", 'a="', "a=")),
    "shortcodes": (
        shortcodes.to_html,
        (
            *("[a", "[a ", "[a a=", '[a a="', "[caption]", "[code]", "[footnote]", "[gallery"),
            *("[restrict a", "[video a", "[a b]c", "[[a", "[/a]", "<pre>", "<!-- wp:a {", "\n\n"),
            *("\n \n", "http://a\n", "<a", " "),
        ),
    ),
    "blocks for paying readers": (
        shortcodes.remove_restricted_blocks,
        ("<!-- wp:premium-content/subscriber-view -->", "<!-- wp:jetpack/paywall", "<!-- ", " "),
    ),
    "captions": (
        lambda text: shortcodes.to_html(f"[caption {text}]{text}[/caption]"),
        (" ", "a", "<a", "caption=", "<a> "),
    ),
    "dates": (dates.parse_date, ("a", " ", "1 ", "1-", "a 1 ", "1 jan ")),
    "names": (public_name, ("a", "1", " ", "<a", "a@", "a.", "a@a.", "(")),
    "embeds": (expand_embeds, ('<div data-html="a', "<div data-attrs=", '<div class="tweet" ')),
    "headlines": (extract_related_lines, ("<p>", "Related: ", "<p>Related: a", "<p><strong>", " ")),
    "scrapes": (parse_scrape, ("a", "a\n", "A a\n", "By A a\n", "1 jan 2024\n", "- ", "\t\n")),
}


@pytest.mark.parametrize("name", CONVERSIONS)
def test_a_text_of_four_times_the_length_takes_about_four_times_as_long(name: str) -> None:
    convert, units = CONVERSIONS[name]
    for unit in units:
        short = _seconds(convert, unit * (LENGTH // len(unit)))
        long = _seconds(convert, unit * (4 * LENGTH // len(unit)))
        assert long <= max(SECONDS, 9 * short), (unit, short, long)


def _seconds(convert: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    convert(text)
    return time.process_time() - start


def _split(text: str) -> None:
    with contextlib.suppress(UnreadableFile):
        split(text)
