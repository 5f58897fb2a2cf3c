"""The engines that search is compared with: plain Whoosh, and tantivy where it is installed."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from whoosh import fields, index, qparser
from whoosh.query import And, FuzzyTerm, Or, Prefix, Term

from search_index.fields import TextField
from search_index.query import Document


class PlainWhoosh:
    """Whoosh as in its documentation: stored body, its highlights, fuzzy and prefix terms."""

    name = "plain Whoosh"

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        analyzer = importlib.import_module("whoosh.analysis").StemmingAnalyzer()
        self._schema = fields.Schema(
            id=fields.ID(stored=True, unique=True),
            title=fields.TEXT(stored=True, analyzer=analyzer),
            body=fields.TEXT(stored=True, analyzer=analyzer),
            topic=fields.KEYWORD(stored=True, commas=True),
        )
        self._index = index.create_in(str(folder), self._schema)
        self._parser = qparser.MultifieldParser(["title", "body"], self._schema)
        self._searcher: Any = None

    def build(self, documents: Sequence[Document]) -> None:
        """Index all documents with one writer."""
        writer = self._index.writer(limitmb=256)
        for document in documents:
            writer.add_document(**_fields(document))
        writer.commit()
        self._searcher = self._index.searcher()

    def search(self, text: str) -> int:
        """Search for ten hits with highlights, with counts by topic."""
        results = self._searcher.search(self._parser.parse(text), limit=10, groupedby="topic")
        for hit in results:
            hit.highlights("body")
        results.groups("topic")
        return len(results)

    def fuzzy_search(self, text: str) -> int:
        """Search for ten hits of misspelt words."""
        words = [
            FuzzyTerm(field, word, maxdist=2 if len(word) > 7 else 1, prefixlength=1)
            for word in text.split()
            for field in ("title", "body")
        ]
        return len(self._searcher.search(Or(words), limit=10))

    def suggest(self, text: str) -> int:
        """Search for ten titles with the typed prefix."""
        *words, last = text.lower().split()
        terms = [Term("title", word) for word in words]
        return len(self._searcher.search(And([*terms, Prefix("title", last)]), limit=10))

    def upsert(self, document: Document) -> int:
        """Write a document, and look it up."""
        writer = self._index.writer()
        writer.update_document(**_fields(document))
        writer.commit()
        self._searcher = self._searcher.refresh()
        return len(self._searcher.search(Term("id", str(document.id))))


class Tantivy:
    """tantivy with its English stemmer: an estimate of the best possible speed."""

    name = "tantivy"

    def __init__(self, folder: Path) -> None:
        """Raises ImportError where it is not installed."""
        self._tantivy = importlib.import_module("tantivy")
        builder = self._tantivy.SchemaBuilder()
        builder.add_integer_field("id", stored=True, indexed=True)
        builder.add_text_field("title", stored=True, tokenizer_name="en_stem")
        builder.add_text_field("body", stored=True, tokenizer_name="en_stem")
        folder.mkdir()
        self._schema = builder.build()
        self._index = self._tantivy.Index(self._schema, path=str(folder))
        self._writer = self._index.writer()
        self._fields = ["title", "body"]

    def build(self, documents: Sequence[Document]) -> None:
        """Index all documents."""
        for document in documents:
            self._writer.add_document(self._document(document))
        self._commit()

    def search(self, text: str) -> int:
        """Search for ten hits with highlights; without counts by topic."""
        query = self._index.parse_query(text, self._fields)
        results = self._searcher.search(query, 10)
        snippets = self._tantivy.SnippetGenerator.create(
            self._searcher, query, self._schema, "body"
        )
        for _, address in results.hits:
            snippets.snippet_from_doc(self._searcher.doc(address)).to_html()
        return int(results.count)

    def fuzzy_search(self, text: str) -> int:
        """Search for ten hits of misspelt words."""
        query = self._index.parse_query(
            text, self._fields, fuzzy_fields={name: (False, 1, True) for name in self._fields}
        )
        return int(self._searcher.search(query, 10).count)

    def suggest(self, text: str) -> int:
        """Search for ten titles with the typed prefix."""
        query = self._index.parse_query(text, ["title"], fuzzy_fields={"title": (True, 0, True)})
        return int(self._searcher.search(query, 10).count)

    def upsert(self, document: Document) -> int:
        """Write a document, and look it up."""
        self._writer.delete_documents_by_term("id", document.id)
        self._writer.add_document(self._document(document))
        self._commit()
        query = self._tantivy.Query.term_query(self._schema, "id", document.id)
        return int(self._searcher.search(query, 1).count)

    def _document(self, document: Document) -> Any:
        texts = document.texts
        return self._tantivy.Document(
            id=document.id, title=texts[TextField.TITLE], body=texts[TextField.BODY]
        )

    def _commit(self) -> None:
        self._writer.commit()
        self._index.reload()
        self._searcher = self._index.searcher()


def _fields(document: Document) -> dict[str, str]:
    return {
        "id": str(document.id),
        "title": document.texts[TextField.TITLE],
        "body": document.texts[TextField.BODY],
        "topic": ",".join(label.slug for label in document.topics[:1]),
    }
