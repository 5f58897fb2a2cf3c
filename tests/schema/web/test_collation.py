"""Alphabetical order in several languages."""

from __future__ import annotations

import pytest

from schema.web.collation import collation_key, initial_of


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("en", "Äpfel apple azure École eel Ørsted Zebra"),
        ("de", "Äpfel Apfelsaft Öl Ort Straße Zebra"),
        ("sv", "Apa Zebra Åre Ärla Öland"),
        ("fi", "Apu Zorro Åbo Äiti Öljy"),
        ("da", "Aalborg Abe Zebra Ære Ørsted Århus"),
        ("es", "Nube Nuño Nuzco Ñandú Oso"),
        ("pl", "Lato Luty Łódź Mama Zebra Źródło Żaba"),
        ("tr", "Cam Çam Hasan Irmak İzmir Oda Ördek Sabah Şehir"),
        ("cs", "Cena Čas Den Sen Šek Zub Žák"),
        ("uk", "Гай Ґанок День Енергія Єва Ирій Ірпінь Їжак Йод Київ"),
        ("ru", "Ёлка Ель Ещё Иван Йод Кот"),
        ("el", "Αλφα Βητα Ωμεγα"),
        ("ja", "あき かわ 東京 漢字"),
    ],
)
def test_names_are_in_the_order_of_the_language(language: str, names: str) -> None:
    expected = names.split()
    assert sorted(reversed(expected), key=lambda name: collation_key(name, language)) == expected


@pytest.mark.parametrize(
    ("name", "language", "initial"),
    [
        ("“Ängel", "sv", "Ä"),
        ("Ängel", "de", "A"),
        ("izmir", "tr", "İ"),
        ("ırmak", "tr", "I"),
        ("A\u030angstrom", "sv", "Å"),
        ("Österbro", "da", "Ø"),
        ("Йод", "ru", "Й"),
        ("3D", "en", "#"),
        ("", "en", "#"),
    ],
)
def test_a_name_stands_below_its_first_letter(name: str, language: str, initial: str) -> None:
    assert initial_of(name, language) == initial
