"""Sites of generators: paths by their configuration, languages, files beside pages, references."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.drafts import ArticleDraft
from scripts.importers.markdown.configuration import read_config
from scripts.importers.markdown.reader import MarkdownReader
from tests.support.importer_inputs import drafts, messages, refusals

HUGO = {
    "hugo.toml": 'baseURL = "https://a.test/"\ndefaultContentLanguage = "en"\n'
    'timeZone = "Asia/Tokyo"\n'
    "[languages.en]\n[languages.sv]\n[params.town]\nname = 'Vik'\n"
    '[permalinks.page]\nnews = "/:year/:month/:slug/"\n',
    "content/news/launch/index.md": "---\ntitle: Launch day\ndate: 2024-05-01 02:00:00\n"
    "resources: [{src: quay.png, name: cover, params: {alt: The quay}}]\n---\n"
    '![Quay](quay.png) {{% ref "gale.md#roof" %}} [g]({{< relref "gale" >}}) [h](../gale.md) '
    '{{< param "town.name" >}} {{< img src="quay.png" caption="*Our* quay" >}}',
    "content/news/launch/index.sv.md": "---\ntitle: Dagen\ndate: 2024-05-02\n---\n"
    "Ord. ![Kaj](quay.png)",
    "content/news/launch/quay.png": "x",
    "content/news/gale.md": "---\ntitle: Gale\ndate: 2024-04-01\n---\n"
    "## Roof {#roof .wide}\n\nGone.",
    "content/sv/about.md": "---\ntitle: Om\n---\nOrd.",
    "content/about.md": "---\ntitle: About\n---\nWords.",
    "content/only.sv.md": "---\ntitle: Bara\n---\nOrd.",
    "content/storm-over.sv.md": "---\ntitle: Storm\ntranslationKey: gale\n---\nOrd.",
}
FOLDERS = {
    "config.yaml": "baseURL: https://e.test\nlanguageCode: de-DE\nlanguages:\n"
    "  de: {contentDir: content/german}\n  en: {contentDir: content/english}\n",
    "content/german/log/eis/index.md": "---\ntitle: Eis\n---\n![x](x.png) "
    "[w]({{< ref path=\"wind.md\" >}}) [v]({{% relref 'wind' %}})",
    "content/german/log/eis/x.png": "x",
    "content/english/log/eis/index.md": "---\ntitle: Ice\n---\nWords.",
    "content/german/log/wind.md": "---\ntitle: Wind\n---\nWorte.",
}
JEKYLL = {
    "_config.yml": "url: https://b.test\nbaseurl: /blog\npermalink: pretty\ntimezone: Europe/Rome\n"
    "collections: {boats: {output: true, permalink: '/fleet/:name/'}}\n",
    "_posts/2024-07-01-nets.md": "---\ntitle: Nets\ndate: 2024-07-01 00:30\ncategories: [Gear]\n"
    "---\n* Contents\n{:toc}\n\n{% include image.html url='/i/n.jpg' description='x' %}\n\n"
    "[o]({% post_url 2024-06-01-oars %}) [s]({% link _boats/sloop.md %}) ![s](sail.png){: .wide}",
    "tools/_posts/2024-06-01-oars.md": "---\ntitle: Oars\n---\nWords.",
    "_posts/sail.png": "x",
    "_boats/sloop.md": "---\ntitle: Sloop\n---\nWords.",
    "about.md": "---\ntitle: About\n---\nWords.",
}
PELICAN = {
    "pelicanconf.py": "import os\nSITEURL = 'https://c.test'\nPATH = 'texts'\nTIMEZONE = 'UTC'\n"
    "DEFAULT_LANG = 'nl'\nARTICLE_URL = 'lees/{date:%Y}/{slug}/'\nX = os.getcwd()\n",
    "texts/boot.md": "Title: Boot\nDate: 2024-03-01\nSlug: boot\n\n![o]({static}/img/o.png) "
    "[t]({filename}touw.md#eind) [l]({tag}Oude%20boten) "
    "[p]({attach}plan.pdf) [r](|filename|/touw.md)",
    "texts/boot-fr.md": "Title: Bateau\nDate: 2024-03-01\nSlug: boot\nLang: fr\n\nMots.",
    "texts/touw.md": "Title: Touw\nDate: 2024-03-02\n\nWoorden.",
}
ZOLA = {
    "config.toml": 'base_url = "https://d.test"\n',
    "content/log/one/index.md": "+++\ntitle = 'One'\ndate = 2024-01-01\n+++\n"
    "[t](@/log/two.md#end) ![x](x.webp)",
    "content/log/one/x.webp": "x",
    "content/log/two.md": "+++\ntitle = 'Two'\n+++\nWords.",
}


def a_site(folder: Path, texts: dict[str, str]) -> dict[str, ArticleDraft]:
    """Write a site; return its drafts by their titles."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return {draft.title: draft for draft in drafts(MarkdownReader(folder, source="s"))}


@pytest.mark.parametrize(
    ("site", "title", "address", "parts"),
    [
        (
            HUGO,
            "Launch day",
            "https://a.test/2024/05/launch-day/",
            (
                '<img src="/2024/05/launch-day/quay.png" alt="Quay">',
                'href="/2024/04/gale/">g</a>',
                'href="/2024/04/gale/">h</a>',
                "Vik",
                "<figcaption><em>Our</em> quay</figcaption>",
            ),
        ),
        (HUGO, "Dagen", "https://a.test/sv/2024/05/dagen/", ('"/2024/05/launch-day/quay.png"',)),
        (HUGO, "Gale", "https://a.test/2024/04/gale/", ("<h2>Roof</h2>",)),
        (HUGO, "Om", "https://a.test/sv/about/", ()),
        (HUGO, "Bara", "https://a.test/sv/only/", ()),
        (
            FOLDERS,
            "Eis",
            "https://e.test/de/log/eis/",
            ('"/de/log/eis/x.png"', 'href="/de/log/wind/">w</a>', 'href="/de/log/wind/">v</a>'),
        ),
        (FOLDERS, "Ice", "https://e.test/log/eis/", ()),
        (
            JEKYLL,
            "Nets",
            "https://b.test/blog/gear/2024/07/01/nets/",
            (
                '<img src="/i/n.jpg" alt="">',
                'href="/tools/2024/06/01/oars/">o</a>',
                'href="/fleet/sloop/">s</a>',
                '<img src="/_posts/sail.png" alt="s">',
            ),
        ),
        (JEKYLL, "About", "https://b.test/blog/about/", ()),
        (
            PELICAN,
            "Boot",
            "https://c.test/lees/2024/boot/",
            (
                'src="/img/o.png"',
                'href="/lees/2024/touw/#eind">t</a>',
                'href="/tag/oude-boten.html">l</a>',
                'href="/plan.pdf">p</a>',
                'href="/lees/2024/touw/">r</a>',
            ),
        ),
        (PELICAN, "Bateau", "https://c.test/boot-fr.html", ()),
        (
            ZOLA,
            "One",
            "https://d.test/log/one/",
            ('href="/log/two/#end">t</a>', '<img src="/log/one/x.webp"'),
        ),
    ],
)
def test_pages_links_and_files_have_the_paths_of_their_site(
    tmp_path: Path, site: dict[str, str], title: str, address: str, parts: tuple[str, ...]
) -> None:
    draft = a_site(tmp_path / "s", site)[title]
    assert address in draft.addresses
    assert [part for part in parts if part not in draft.body.content] == []
    assert not [word for word in ("{", "toc", "Contents") if word in draft.body.content]


def test_translations_are_tied_by_name_folder_key_or_slug(tmp_path: Path) -> None:
    by_title = a_site(tmp_path / "s", HUGO) | a_site(tmp_path / "p", PELICAN)
    by_title |= a_site(tmp_path / "f", FOLDERS)
    assert {
        title: (draft.language, draft.translation_key)
        for title, draft in by_title.items()
        if draft.translation_key
    } == {
        "Launch day": ("en", "s:content/news/launch"),
        "Dagen": ("sv", "s:content/news/launch"),
        "Om": ("sv", "s:content/about"),
        "About": ("en", "s:content/about"),
        "Bara": ("sv", "s:content/only"),
        "Storm": ("sv", "gale"),
        "Gale": ("en", "gale"),
        "Eis": ("de", "s:content/log/eis"),
        "Ice": ("en", "s:content/log/eis"),
        "Wind": ("de", "s:content/log/wind"),
        "Boot": ("nl", "s:boot"),
        "Bateau": ("fr", "s:boot"),
    }


def test_the_main_image_and_dates_are_those_of_the_site(tmp_path: Path) -> None:
    launch = a_site(tmp_path / "s", HUGO)["Launch day"]
    assert (launch.image_url, launch.image_alt) == ("/2024/05/launch-day/quay.png", "The quay")
    nets = a_site(tmp_path / "j", JEKYLL)["Nets"]
    assert [f"{draft.published_at:%d %H:%M}" for draft in (launch, nets)] == [
        "30 17:00",
        "30 22:30",
    ]


def test_a_folder_of_pages_alone_has_the_configuration_around_it(tmp_path: Path) -> None:
    a_site(tmp_path / "s", HUGO)
    reader = MarkdownReader(tmp_path / "s" / "content", source="s")
    assert "https://a.test/2024/04/gale/" in {
        u for draft in drafts(reader) for u in draft.addresses
    }


def test_images_that_are_not_there_are_noted(tmp_path: Path) -> None:
    site = {"a.md": "---\ntitle: A\ncover: ./c.png\n---\n![x](../../etc/passwd) ![y](y.png)"}
    a_site(tmp_path / "s", site)
    assert messages(MarkdownReader(tmp_path / "s")) == [
        "its image './c.png' is not in the folder",
        "images that are not in the folder: ../../etc/passwd, y.png",
    ]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("hugo.toml", "= broken"),
        ("_config.yml", "a: [b"),
        ("pelicanconf.py", "def ("),
        ("config.json", "[1]"),
        ("pelicanconf.py", "X = {[1]: 2}\nSITEURL = ''"),
        ("pelicanconf.py", "X = {*[[1]]}\nSITEURL = ''"),
        ("_config.yml", f"url: 0x{'f' * 5000}"),
        ("_config.yml", f"? 0x{'f' * 5000}\n: 1"),
        ("hugo.toml", "languages = 3\npermalinks = 'x'\nparams = []\ntimeZone = '../../x'\n"),
        ("_config.yml", "collections: [x]\ntimezone: Nowhere/Town\npermalink: 3\n"),
    ],
)
def test_a_broken_configuration_breaks_nothing(tmp_path: Path, name: str, text: str) -> None:
    assert read_config(tmp_path).url == ""
    assert list(a_site(tmp_path, {name: text, "content/a.md": "# A\n\nWords."})) == ["A"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{\n  "title": "x"\n  "b": 1}\n\nWords.', "(line 3, column 3)"),
        (';;;\n{\n"title" 1}\n;;;\nWords.', "(line 3, column 9)"),
        ("---json\n{'a'}\n---\nWords.", "(line 2, column 2)"),
        ("+++\ntitle = 'x'\nb =\n+++\nWords.", "(line 3, column 4)"),
        ("---\ntitle: x\nb: c: d\n---\nWords.", "(line 3, column 5)"),
        ("---js\n{title: 1}\n---\nWords.", "(line 1)"),
        (f"---\ntitle: 0x{'f' * 5000}\n---\nWords.", "more than 3,000 digits"),
        (f"+++\ntitle = 0x{'f' * 5000}\n+++\nWords.", "more than 3,000 digits"),
    ],
)
def test_faults_of_front_matter_have_their_place_in_the_file(
    tmp_path: Path, text: str, place: str
) -> None:
    (tmp_path / "a.md").write_text(text)
    [refusal] = refusals(MarkdownReader(tmp_path))
    assert place in refusal.reason, refusal.reason
