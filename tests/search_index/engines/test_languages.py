"""Contract of every engine: words of many languages, alone and side by side in one hub."""

from __future__ import annotations

import pytest

from search_index.engine import SearchEngine
from search_index.query import SearchQuery
from tests.support.documents import a_document, search_ids

pytestmark = pytest.mark.anyio

NINE_LANGUAGES = (
    ("fr", "Les négociations reprennent"),
    ("de", "Die Häuser am Fluss"),
    ("es", "Los años perdidos"),
    ("it", "I giornali del mattino"),
    ("nl", "De kranten van morgen"),
    ("sv", "Tidningarna skriver"),
    ("ru", "Новые книги"),
    ("pl", "Domy nad rzeką"),
    ("fi", "Talossa on valo"),
)


@pytest.mark.parametrize(
    ("_case", "language", "text", "queries"),
    [
        ("Arabic", "ar", "أين المدرسة والكتاب", ("اين", "مدرسة", "مدرسه", "المدرسة", "كتاب")),
        ("Armenian", "hy", "Հայերեն գրքեր", ("հայերեն", "գրքերը")),
        ("Basque", "eu", "Etxeak mendian", ("etxea", "mendi")),
        ("Czech", "cs", "Knihy pro ženy", ("kniha", "knih", "žena", "zena")),
        ("Esperanto", "eo", "La libroj", ("libro",)),
        ("Estonian", "et", "Raamatud", ("raamat",)),
        ("Greek", "el", "Τα νέα βιβλία", ("βιβλία", "βιβλια")),
        ("Hebrew", "he", "הבית והספר", ("בית", "ספר", "בבית")),
        ("Hindi", "hi", "लड़के की किताबें", ("किताब", "लड़का", "लडका")),
        ("Hungarian", "hu", "A házakban", ("ház", "haz", "házak")),
        ("Indonesian", "id", "Mereka membaca", ("baca",)),
        ("Irish", "ga", "An leabhar mór", ("leabhar",)),
        ("Lithuanian", "lt", "Namai prie upės", ("namas", "namų")),
        ("Nepali", "ne", "किताबहरू", ("किताब",)),
        ("Persian", "fa", "کتاب\u200cهای تازه", ("کتاب", "كتاب")),
        ("Polish", "pl", "Książki i domy", ("dom", "domów", "książka", "ksiazka")),
        ("Serbian", "sr", "Нове књиге", ("књига", "knjiga")),
        ("Tamil", "ta", "புத்தகங்கள்", ("புத்தகம்",)),
        ("Turkish", "tr", "Eski kitapları", ("kitap", "kitaplar", "kitaplari")),
        ("Portuguese plurals", "pt", "Os pães e as mãos", ("pão", "pao", "mão", "mao")),
        ("Spanish plurals", "es", "Los años y las luces", ("año", "ano", "luz")),
        ("simplified Chinese", "zh", "臺灣圖書館", ("台湾", "图书馆", "圖書館")),
        ("traditional Chinese", "zh", "国家图书馆", ("國家", "圖書館")),
        ("Japanese kana", "ja", "おいしいスシ", ("すし", "スシ", "ｽｼ")),
    ],
)
async def test_words_are_found_in_each_language(
    engine: SearchEngine, _case: str, language: str, text: str, queries: tuple[str, ...]
) -> None:
    other = a_document(2, "Something else", language="en")
    await engine.write([a_document(1, body=text, language=language), other], [])
    for query in queries:
        page = await engine.search(SearchQuery(query, fragments=1))
        assert [hit.id for hit in page.hits] == [1], query
        assert "<mark>" in page.hits[0].highlights[0].fragments[0], query


@pytest.mark.parametrize(
    ("query", "foreign"),
    [
        ("news", ("fr", "Le pont neuf")),
        ("news", ("nl", "Nieuwe brug")),
        ("marine", ("fr", "La marin")),
        ("universal", ("de", "Die Brücke")),
        ("organ", ("es", "El puente")),
        ("courses", ("it", "Il ponte")),
    ],
)
async def test_a_word_is_stemmed_as_its_articles_are(
    engine: SearchEngine, query: str, foreign: tuple[str, str]
) -> None:
    english = [
        a_document(1, "News of the town"),
        a_document(2, "A new bridge"),
        a_document(3, "Marine life"),
        a_document(4, "A march of marines and Marin"),
        a_document(5, "Universal laws"),
        a_document(6, "A university"),
        a_document(7, "Courses of the river"),
        a_document(8, "Of course"),
        a_document(9, "Organ music"),
        a_document(10, "Organic food"),
    ]
    await engine.write(english, [])
    alone = await search_ids(engine, query)
    language, text = foreign
    await engine.write([a_document(99, text, language=language)], [])
    assert [id_ for id_ in await search_ids(engine, query) if id_ != 99] == alone


async def test_words_of_any_number_of_languages_are_found(engine: SearchEngine) -> None:
    library = [
        a_document(number, text, language=language)
        for number, (language, text) in enumerate(NINE_LANGUAGES, start=1)
    ]
    english = [a_document(number, "A bridge") for number in range(20, 23)]
    await engine.write([*library, *english], [])
    queries = {
        "négociation": 1,
        "Haus": 2,
        "año": 3,
        "giornale": 4,
        "krant": 5,
        "tidning": 6,
        "книга": 7,
        "dom": 8,
        "talo": 9,
    }
    for query, expected in queries.items():
        assert await search_ids(engine, query) == [expected], query


async def test_the_same_word_is_found_in_articles_of_every_language(engine: SearchEngine) -> None:
    tags = [language for language, _ in NINE_LANGUAGES] + ["en", "", "zh", "xx"]
    await engine.write(
        [a_document(n, "Nintendo news", language=tag) for n, tag in enumerate(tags, 1)], []
    )
    assert len(await search_ids(engine, "nintendo")) == len(tags)
    assert len(await search_ids(engine, "news")) == len(tags)


async def test_a_stop_word_of_few_articles_is_a_word_in_the_others(engine: SearchEngine) -> None:
    await engine.write(
        [
            a_document(1, "Man bites dog"),
            a_document(2, "A man of the world"),
            a_document(3, "The dog barks"),
            a_document(4, "Hur man bakar bröd", language="sv"),
        ],
        [],
    )
    assert sorted(await search_ids(engine, "man dog")) == [1, 2, 3, 4]
    assert (await search_ids(engine, "man dog"))[0] == 1


@pytest.mark.parametrize(
    ("language", "title", "query"),
    [
        ("de", "Die Dampfschifffahrt kehrt zurück", "Schifffahrt"),
        ("de", "Die Dampfschifffahrtsgesellschaft", "Schifffahrt"),
        ("de", "Die Dampfschifffahrtsgesellschaft", "Gesellschaft"),
        ("de", "Der Kindergarten öffnet", "Garten"),
        ("de", "Die Volksschulen", "Schule"),
        ("de", "Das neue Rathaus und der Rat", "Haus"),
        ("de", "Eisenbahnbrücke gesperrt", "Brücke"),
        ("de", "Die Bundestagswahlen", "Bundestag"),
        ("nl", "Het ziekenhuis sluit", "huis"),
        ("nl", "De voetbalwedstrijd", "wedstrijd"),
        ("sv", "Nya sjukhuset i byn för sjuk", "hus"),
        ("sv", "En barnbok är en bok", "barn"),
        ("da", "Den nye folkeskole", "skole"),
        ("nb", "Jernbanestasjonen", "stasjon"),
    ],
)
async def test_a_word_is_found_within_compounds(
    engine: SearchEngine, language: str, title: str, query: str
) -> None:
    others = [a_document(2, "Something else"), a_document(3, "Ein anderer Text", language="de")]
    await engine.write([a_document(1, title, language=language), *others], [])
    page = await engine.search(SearchQuery(query, fragments=1))
    assert [hit.id for hit in page.hits] == [1]
    assert "<mark>" in page.hits[0].highlights[0].fragments[0]
    assert page.did_you_mean is None


async def test_a_compound_comes_behind_the_word_itself(engine: SearchEngine) -> None:
    await engine.write(
        [
            a_document(1, "Die Schifffahrt", language="de"),
            a_document(2, "Dampfschifffahrt, Dampfschifffahrt", language="de"),
            a_document(3, "Airship", "Dampfschifffahrt"),
        ],
        [],
    )
    assert await search_ids(engine, "Schifffahrt") == [1, 2]


@pytest.mark.parametrize(
    ("language", "title", "query"),
    [
        ("de", "Eine politische Frage, politisch", "Tisch"),
        ("de", "Die Richtung der Richtungen", "Richt"),
        ("en", "The warehouse", "house"),
        ("fr", "Un parapluie", "pluie"),
        ("de", "Gemacht und gerecht", "Recht"),
    ],
)
async def test_the_end_of_a_word_is_no_compound(
    engine: SearchEngine, language: str, title: str, query: str
) -> None:
    other = a_document(2, "Ein anderer Text", language="de")
    await engine.write([a_document(1, title, language=language), other], [])
    assert await search_ids(engine, query) == []
