"""Languages of imported articles: those of their texts, where their source plainly is wrong."""

from __future__ import annotations

import json
from pathlib import Path

import anyio
import pytest
from typer.testing import CliRunner

from hub import articles
from hub.auth import SYSTEM
from hub.db.database import open_database
from hub.drafts import ArticleChanges
from hub.models import Article, Revision
from hub.settings import Settings
from scripts.cli import app
from scripts.importers.content.languages import MIN_LETTERS, detect, plainly_other
from scripts.importers.options import Options
from scripts.importers.pipeline.run import Import
from scripts.importers.pipeline.sink import LocalSink
from tests.support.importer_inputs import files

pytestmark = pytest.mark.anyio

TEXTS = {
    "en": "The old ferry leaves the harbour at noon, and nobody who lives on the islands wants to"
    " miss it, for there is no other one before the evening of the next day.",
    "de": "Die alte Fähre verlässt den Hafen um zwölf, und niemand, der auf den Inseln wohnt, will"
    " sie verpassen, denn bis zum nächsten Abend kommt keine andere mehr.",
    "fr": "Le vieux bac quitte le port à midi, et personne parmi les habitants des îles ne veut le"
    " manquer, car il n'y en a pas d'autre avant le soir du lendemain.",
    "uk": "Старий пором відходить з гавані опівдні, і ніхто з мешканців островів не хоче його"
    " пропустити, бо до вечора наступного дня іншого не буде.",
    "ja": "古いフェリーは正午に港を出る。島に住む人は誰もそれに乗り遅れたくない。次の日の夕方まで"
    "ほかの船は来ないからである。",
}


@pytest.mark.parametrize("language", TEXTS)
def test_languages_are_told_apart(language: str) -> None:
    assert detect(TEXTS[language]) == language
    assert plainly_other(language, TEXTS[language]) is None
    assert plainly_other(f"{language}-XX", TEXTS[language]) is None
    assert plainly_other("pl", TEXTS[language]) == language


@pytest.mark.parametrize(
    "text",
    [
        "",
        "42 17 3.5 9,000 — 18:30",
        TEXTS["de"][: MIN_LETTERS // 2],
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt"
        " ut labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud.",
        "Jan 1 04/30/15 Feb 2 05/30/15 Mar 3 06/30/15 Qtr 27 cts 29 cts 13,555 Net 14,635 " * 2,
    ],
)
def test_what_is_not_certain_stays_as_the_source_says(text: str) -> None:
    assert plainly_other("en", text) is None


def test_alike_languages_are_not_plainly_wrong() -> None:
    text = (
        "Den gamle ferjen går fra havnen klokken tolv, og ingen av dem som bor på øyene vil miste"
        " den, for det kommer ingen annen før kvelden dagen etter."
    )
    assert detect(text) in ("no", "nb")
    assert plainly_other("da", text) is None
    assert plainly_other("sv", text) is not None


async def _import(folder: Path, settings: Settings, *, detect_languages: bool = True) -> list[str]:
    options = Options(detect_languages=detect_languages)
    async with open_database(settings):
        report = await Import(LocalSink(), options=options).run([str(folder)])
    return [note.text for note in report.notes]


async def _languages(settings: Settings) -> dict[str, str]:
    async with open_database(settings):
        return {article.title: article.language for article in await Article.all()}


async def test_a_new_article_gets_the_language_of_its_text(
    settings: Settings, tmp_path: Path
) -> None:
    site = files(tmp_path / "site", **{name: f"# Of {name}\n\n{TEXTS[name]}" for name in TEXTS})
    (site / "own.md").write_text(f"---\nlang: pl\n---\n# Own\n\n{TEXTS['de']}", "utf-8")
    reasons = await _import(site, settings)
    expected = {f"Of {name}": name for name in TEXTS} | {"Own": "pl"}
    assert await _languages(settings) == expected
    assert len(reasons) == len(TEXTS) - 1
    assert any("its text is in the language de, not en" in reason for reason in reasons)
    assert await _import(site, settings) == []
    assert await _languages(settings) == expected


async def test_stored_articles_and_languages_that_are_given_stay(
    settings: Settings, tmp_path: Path
) -> None:
    site = files(tmp_path / "site", ferry=f"# Ferry\n\n{TEXTS['de']}")
    await _import(site, settings, detect_languages=False)
    assert await _languages(settings) == {"Ferry": "en"}
    (site / "ferry.md").write_text(f"# Ferry\n\n{TEXTS['de']} Heute.", "utf-8")
    await _import(site, settings)
    assert await _languages(settings) == {"Ferry": "en"}


def test_the_command_shows_then_changes_what_nobody_edited(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    site = files(
        tmp_path / "site",
        ferry=f"# Ferry\n\n{TEXTS['de']}",
        quay=f"# Quay\n\n{TEXTS['fr']}",
        inn=f"# Inn\n\n{TEXTS['en']}",
    )
    env = {"HUB_DATA_DIR": str(settings.data_dir), "COLUMNS": "200"}

    def hub(*arguments: str) -> str:
        result = CliRunner().invoke(app, [*arguments], env=env)
        assert result.exit_code == 0, result.output
        return result.output

    hub("import", str(site), "--language", "en")

    async def edit() -> None:
        async with open_database(settings):
            quay = await Article.get(title="Quay")
            changes = ArticleChanges(summary="By the sea")
            await articles.revise(quay.id, changes, seen_version=1, by=SYSTEM)

    async def stored() -> dict[str, tuple[str, int]]:
        async with open_database(settings):
            versions = await Revision.all().count()
            return {one.title: (one.language, versions) for one in await Article.all()}

    anyio.run(edit)
    before = anyio.run(stored)
    assert "1 article would be changed, 1 left" in hub("articles", "detect-languages", "--dry-run")
    assert anyio.run(stored) == before
    lines = hub("articles", "detect-languages", "--json").splitlines()
    found = {row["title"]: row for row in map(json.loads, lines)}
    assert (found["Ferry"]["detected"], found["Ferry"]["changed"]) == ("de", True)
    assert (found["Quay"]["detected"], found["Quay"]["changed"]) == ("fr", False)
    after = anyio.run(stored)
    assert {title: language for title, (language, _) in after.items()} == {
        "Ferry": "de",
        "Quay": "en",
        "Inn": "en",
    }
    assert "0 articles changed" in hub("articles", "detect-languages")
    assert "3 unchanged" in hub("import", str(site), "--language", "en")
    assert anyio.run(stored) == after
