"""Files that mean no good: nothing of them runs, and none of them stops the machine."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Callable
from html import escape
from pathlib import Path

import lxml.html
import pytest

from hub.text.markup import comment_html, to_html
from scripts.importers.services.medium.reader import MediumReader
from scripts.importers.services.posts import PostFolderReader
from scripts.importers.services.substack.reader import SubstackReader
from tests.support.importer_inputs import HEAD, SUFFIXES, TAIL, a_source, an_item, drafts

_DANGEROUS = frozenset(
    {"script", "style", "iframe", "object", "embed", "form", "svg", "math", "link", "meta", "base"}
)
OWN_PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<a href='  jAvAsCrIpT:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<p style='background:url(javascript:alert(1))' onclick=alert(1)>x</p>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "[x](javascript:alert(1)) ![x](javascript:alert(1)) <javascript:alert(1)>",
    '{{< figure src="x\\" onerror=alert(1)" >}} [caption]<img src=x onerror=alert(1)>[/caption]',
)


def payloads(shared: Path) -> list[str]:
    cases = json.loads((shared / "security" / "xss-payloads.json").read_text())
    return [*(case["payload"] for case in cases), *OWN_PAYLOADS]


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_nothing_hostile_survives_into_an_article_or_a_comment(
    shared: Path, tmp_path: Path, suffix: str
) -> None:
    comments = 0
    for payload in payloads(shared):
        path = tmp_path / f"file{suffix}"
        words = payload.replace("]]>", "]] >")
        for draft in drafts(a_source(path, f"Words. {words}", f"Said. {words}")):
            comments += len(draft.comments)
            for html in (
                to_html(draft.body),
                *(comment_html(comment.body) for comment in draft.comments),
            ):
                _is_tame(html, payload)
    assert comments >= (5 if suffix in (".wxr", ".mt", ".md", ".html", ".jsonl", ".csv") else 0)


@pytest.mark.parametrize("reader", [MediumReader, SubstackReader])
def test_nothing_hostile_survives_into_a_post_of_a_service(
    reader: type[PostFolderReader], shared: Path, tmp_path: Path
) -> None:
    (tmp_path / "posts").mkdir()
    for payload in payloads(shared):
        data = escape(json.dumps({"url": payload, "full_text": payload, "name": payload}))
        embed = f'<div class="tweet" data-attrs="{data}"></div>'
        page = f"<title>x</title><body><p>Words. {payload}</p>{embed}</body>"
        (tmp_path / "posts" / "1.x.html").write_text(page)
        for draft in drafts(reader(tmp_path)):
            _is_tame(to_html(draft.body), payload)


def _is_tame(html: str, payload: str) -> None:
    for node in lxml.html.fromstring(f"<div>{html}</div>").iter():
        assert node.tag not in _DANGEROUS, payload
        for name, value in node.attrib.items():
            assert not str(name).startswith("on"), payload
            assert name != "style", payload
            tidy = "".join(str(value).lower().split())
            assert "script:" not in tidy or name in ("alt", "title"), payload
            assert not tidy.startswith("data:"), payload


# ── what is too much ──────────────────────────────────────────────────────────────────────────

SECONDS = 60
MEGABYTES = 700
"""Of addresses, which is more than what is used; a hundred are the interpreter's and libraries'."""
_READ = """
import sys
from scripts.importers.pipeline.open import SourceOpener
from scripts.importers.options import Options
from scripts.importers.source import Note, Refusal, SourceError
try:
    with SourceOpener(Options()) as opener:
        for opened in opener.open(sys.argv[1]):
            if opened.problem is not None:
                print(opened.problem.reason)
            for record in opened.reader.read() if opened.reader is not None else ():
                reason = getattr(record, "reason", None) or getattr(record, "text", None)
                print(reason or "a draft")
except SourceError as error:
    print(error.reason)
"""
MANY = 60_000
XML = '<?xml version="1.0"?>'
RSS = f'{XML}<rss version="2.0"><channel><title>x</title><item><title>a</title>'
BOMB = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
ENTITIES = f'{XML}<!DOCTYPE rss [<!ENTITY a0 "ha">{BOMB}]>'
EXPORT_OF = '{"data": {"posts": [{"id": "1", "title": "x", "status": "published", %s}]}}'


def limited() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))


def report_of(path: Path) -> str:
    """Read a file in a process with limits on time and memory; return its output."""
    done = subprocess.run(
        [sys.executable, "-c", _READ, str(path)],
        capture_output=True,
        text=True,
        preexec_fn=limited,
        check=False,
    )
    assert done.returncode == 0, (done.returncode, done.stderr[-500:])
    return done.stdout


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        (
            "bomb.xml",
            f"{ENTITIES}{HEAD.partition(chr(10))[2]}{an_item(1, '&a11;')}{TAIL}",
            "document type",
        ),
        (
            "bomb.rss",
            f"{ENTITIES}<rss><channel><item><title>&a11;</title></item></channel></rss>",
            "not well-formed",
        ),
        (
            "tags.xml",
            HEAD + an_item(1, more="<x>" * MANY + "</x>" * MANY) + TAIL,
            "Excessive depth",
        ),
        (
            "torn.xml",
            HEAD + an_item(1, more="<title>" * MANY + "<![CDATA[" * MANY) + TAIL,
            "no end",
        ),
        ("body.xml", HEAD + an_item(1, "<div>" * MANY + "x") + TAIL, "a draft"),
        ("codes.xml", HEAD + an_item(1, "[a" * MANY + "[caption][code]" * MANY) + TAIL, "a draft"),
        ("tags.rss", f"{RSS}{'<x>' * MANY}{'</x>' * MANY}</item></channel></rss>", "a draft"),
        ("page.html", "<html><body>" + "<b><p>" * MANY + "x", "elements"),
        ("row.jsonl", '{"title": ' + "[" * MANY + "]" * MANY + "}", "recursion depth"),
        ("list.json", '[{"title": "x"}, {"title": ' + "[" * MANY, "too deep"),
        ("export.json", EXPORT_OF % ('"html": ' + "[" * MANY + "]" * MANY), "too deep"),
        (
            "lexical.json",
            EXPORT_OF
            % ('"lexical": {"root": %s}' % ('{"type": "quote", "children": [' * 90 + "]}" * 90)),
            "nested too deeply",
        ),
        ("yaml.md", "---\nx: " + "[" * MANY + "\n---\nB", "nests too deep"),
        ("dashes.md", "---\nx:\n  " + "- " * MANY + "x\n---\nB", "nests too deep"),
        (
            "aliases.md",
            "---\na: &a [x, x, x, x, x, x, x, x, x]\n"
            + "".join(
                f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n"
                for a, b in zip("abcdefgh", "bcdefghi", strict=True)
            )
            + "tags: *i\n---\nB",
            "a draft",
        ),
        ("quotes.md", "> " * MANY + "x\n\n" + "[" * MANY + "\n\n" + "*" * MANY, "a draft"),
        ("liquid.md", "---\ntitle: x\n---\n" + "{% {{ " * MANY, "a draft"),
    ],
)
def test_what_nests_or_multiplies_ends_within_bounds(
    tmp_path: Path, name: str, text: str, reason: str
) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert reason in report_of(path)


@pytest.mark.parametrize(
    ("name", "opening", "reason"),
    [
        ("x.jsonl", '{"title": "', "characters"),
        ("x.csv", 'title,body\nx,"', "characters"),
        ("x.json", '{"db": [{"data": {"posts": [{"html": "', "bytes"),
        ("x.xml", HEAD + "<item><title>", "no end within reason"),
        ("x.rss", RSS, "bytes"),
        ("x.md", "---\ntitle: x\n---\n", "8 MB"),
        ("x.html", "<html><body><p>", "8 MB"),
        ("x.txt", "A headline of some words\n\n", "8 MB"),
    ],
)
def test_a_line_of_a_gigabyte_is_refused(
    tmp_path: Path, name: str, opening: str, reason: str
) -> None:
    path = tmp_path / name
    with path.open("wb") as file:
        file.write(opening.encode())
        for _ in range(1000):
            file.write(b"a" * (1 << 20))
    try:
        assert reason in report_of(path)
    finally:
        path.unlink()


def test_no_file_of_the_machine_is_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("CANARY")
    outside = f'{XML}<!DOCTYPE r [<!ENTITY x SYSTEM "file://{secret}">]>'
    body = "<title>t &x;</title><description>&x;</description>"
    make: dict[str, Callable[[], str]] = {
        "x.rss": lambda: f"{outside}<rss><channel><item>{body}</item></channel></rss>",
        "x.xml": lambda: outside + HEAD.partition("\n")[2] + an_item(1, "&x;") + TAIL,
        "x.html": lambda: f"{outside}<html><body><p>&x; words of a page</p></body></html>",
    }
    for name, text in make.items():
        (tmp_path / name).write_text(text())
        assert "CANARY" not in report_of(tmp_path / name)
