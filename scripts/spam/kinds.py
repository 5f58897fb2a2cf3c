"""Kinds of comment spam, as rules that write any number of comments.

Each kind is a trade of spammers: its sentences, and the names and lures that it puts into them. The
rules were written before the filter, from the habits of spam in public; none is a copy.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import NamedTuple


class SpamComment(NamedTuple):
    """A comment as its form sends it."""

    author_name: str
    author_email: str | None
    body: str


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """A kind of spam: sentences with slots such as `{link}`, of which a comment takes two or three.

    `names` are those of its authors. The values of slots are in `_SLOTS`.
    """

    name: str
    sentences: Sequence[str]
    names: Sequence[str] = ("{first}", "{first} {last}", "{first}{digits}")
    language: str = "en"


_SLOTS: dict[str, Sequence[str]] = {
    "first": ("Brian", "Olivia", "Marcus", "Tina", "Stephen", "Gloria", "Kevin", "Wanda", "Ahmed"),
    "last": ("Coleman", "Patel", "Meyer", "Okafor", "Lindqvist", "Romero", "Walsh", "Novak"),
    "digits": ("77", "2024", "981", "x9", "_88", "4455"),
    "host": (
        *("best-offer{digits}.top", "cheap{digits}.xyz", "go{digits}.click", "{last}shop.biz"),
        *("the-real-{digits}.info", "promo{digits}.site", "{first}{digits}.online"),
        *("deal-{digits}.shop", "{last}-{first}.ru", "ofertas{digits}.club", "win{digits}.live"),
    ),
    "link": ("https://{host}/", "http://{host}/?ref={digits}", "https://www.{host}/a{digits}.html"),
    "mail": ("{first}.{last}{digits}@gmail.com", "{last}{digits}office@outlook.com"),
    "phone": ("+1 (5{digits}) 555-01{digits}", "+44 7700 900{digits}", "+234 80 555 0{digits}"),
    "money": ("$5,000", "$12,500", "€3.000", "$850 a day", "£2,400 weekly", "25,000 USD"),
}

KINDS = (
    Kind(
        "casino",
        (
            "Play the best slots and win real money at {link}",
            "I won {money} last night with the welcome bonus, see {link}",
            "Top rated online casino, 200 free spins without deposit {link}",
            "Bet on football and cricket with the highest odds: {link}",
            "Jackpot every day, instant withdrawal!",
        ),
        ("Casino {digits}", "{first}Slots", "best online casino"),
    ),
    Kind(
        "pharmacy",
        (
            "Buy cheap pills online without prescription {link}",
            "generic tablets 50 mg overnight delivery {link}",
            "Lose 10 kg in two weeks with this natural supplement {link}",
            "Doctors hate this trick for joint pain!! Order now {link}",
            "canadian pharmacy no rx, discount {money}",
        ),
        ("pharmacy online", "{first}Meds", "{first}"),
    ),
    Kind(
        "praise with a link",
        (
            "Great post! I really enjoyed reading your blog.",
            "Your article is very informative, keep up the good work.",
            "I have bookmarked your site and will share it with my friends.",
            "Visit my website too: {link}",
            "Here is my page {link}",
            "Thanks for the excellent information on this topic, also check {link}",
        ),
        ("seo expert {last}", "{first} {last}", "web design agency"),
    ),
    Kind(
        "crypto investment",
        (
            "I invested {money} with Mrs {first} {last} and got {money} in seven days.",
            "She is the best account manager for bitcoin and forex trading.",
            "Contact her on WhatsApp {phone} or Telegram @{first}{digits}",
            "Recover your stolen crypto with {first} {last}, mail {mail}",
            "My life changed since I started trading with her.",
        ),
    ),
    Kind(
        "loans",
        (
            "Do you need an urgent loan at 2% interest rate? We offer personal and business loans.",
            "Apply now with your name, country, amount and phone number to {mail}",
            "Get {money} within 24 hours, bad credit accepted.",
            "Contact our company by email {mail} or WhatsApp {phone}",
            "Genuine lender, no collateral required, God bless.",
        ),
        ("Mr {first} {last} Loan Firm", "{first} {last}"),
    ),
    Kind(
        "spell casters",
        (
            "My husband left me for another woman and Dr {last} brought him back in 48 hours.",
            "I am so happy, this spell caster is real and powerful.",
            "Contact the great doctor via email {mail} or call {phone}",
            "He can also cure herpes and win the lottery for you.",
            "Thank you Dr {first} for saving my marriage!!!",
        ),
    ),
    Kind(
        "adult",
        (
            "Hot girls in your city want to meet you tonight {link}",
            "Hi, I am {first}, 23 y.o., my private photos are here: {link}",
            "No strings attached dating, register free {link}",
            "watch me live on cam, click {link}",
            "Lonely housewives near you!",
        ),
        ("{first}18", "Sexy{first}", "{first}_hot"),
    ),
    Kind(
        "lists of links",
        (
            "[url={link}]replica bags[/url] [url={link}]cheap jerseys[/url]",
            '<a href="{link}">louis outlet</a> <a href="{link}">sneakers sale</a>',
            "{link} {link} {link}",
            "[link={link}]download full movie hd[/link]",
            "see also: {link} and {link}",
        ),
        ("{first}{digits}", "outlet store"),
    ),
    Kind(
        "replicas",
        (
            "Luxury watches at 80% off, AAA quality, free shipping worldwide {link}",
            "Designer handbags outlet, authentic look, pay after delivery {link}",
            "Order your new sneakers today, only {money}",
            "Our factory ships to every country, wholesale prices: {link}",
            "Best replica store 2024",
        ),
        ("watches outlet", "{first} {last} Store"),
    ),
    Kind(
        "work from home",
        (
            "I earn {money} working from home on my laptop, just open this page {link}",
            "My last paycheck was {money} for 12 hours a week online.",
            "No skills needed, anyone can do it. Start here >>> {link}",
            "Single mom makes {money} every month with this simple job {link}",
            "Join today and become financially free!!!",
        ),
    ),
    Kind(
        "essays",
        (
            "Need help with your essay? Our professional writers deliver in 6 hours {link}",
            "Buy a dissertation, 100% plagiarism free, order at {link}",
            "Cheap assignment help for students, first page free",
            "I used this service and got an A+: {link}",
            "Coursework, thesis, homework for {money}",
        ),
        ("essay writer", "{first} Assignment Help"),
    ),
    Kind(
        "gibberish with a link",
        (
            "vbnrt kqwpo zxlmt {digits} {link}",
            "asdkjh qweoiu {link} mnbvcx {digits}",
            "{digits}{last}{digits} {link}",
            "yhjtgf plokm ijnuhb {digits}",
            "tRxQpL wZvKn {link}",
        ),
        ("{last}{digits}", "xK{digits}{first}", "qwerty{digits}"),
    ),
    Kind(
        "hackers for hire",
        (
            "Hire a professional hacker to access any phone, mail {mail}",
            "He helped me to see the messages of my cheating partner.",
            "School grades, credit scores, bank cards: contact {mail}",
            "Legit and fast, text {phone} on WhatsApp",
            "100% guaranteed results within 5 hours.",
        ),
    ),
    Kind(
        "marketing services",
        (
            "We can put your website on the first page of Google for only {money}",
            "10,000 real followers and likes, delivery starts in minutes {link}",
            "I noticed that your site has some SEO errors, reply to {mail} for a free audit.",
            "Guest posts on high DA sites, price list at {link}",
            "Boost your traffic today!",
        ),
        ("Digital Marketing {digits}", "{first} SEO", "{first} {last}"),
    ),
    Kind(
        "downloads",
        (
            "Free download crack full version with serial key {link}",
            "Watch the full movie in HD for free at {link}",
            "Latest mod apk unlimited coins {link}",
            "Activated software, no virus, password 1234: {link}",
            "4k stream every match live {link}",
        ),
        ("{first}Apk", "free movies {digits}", "{first}"),
    ),
    Kind(
        "trades and repairs",
        (
            "If you look for reliable movers in your city, call {phone} or see {link}",
            "Best plumber, locksmith and roofing company, free quote: {link}",
            "Escape the heat with our air condition repair, 24/7 {phone}",
            "Top rated carpet cleaning near me {link}",
            "Book now and save {money}",
        ),
        ("Movers {last}", "{last} Plumbing Service", "carpet cleaning {last}"),
    ),
)
"""Kinds in English. Those with even numbers train the filter, the others measure it."""

FOREIGN = (
    Kind(
        "casino",
        (
            "Die besten Spielautomaten mit 200 Freispielen ohne Einzahlung {link}",
            "Gestern habe ich {money} gewonnen, hier mit Bonus anmelden: {link}",
            "Sportwetten mit den höchsten Quoten {link}",
        ),
        ("Casino {digits}", "{first}"),
        language="de",
    ),
    Kind(
        "loans",
        (
            "Benötigen Sie dringend einen Kredit? Wir vergeben Darlehen zu 2% Zinsen.",
            "Schreiben Sie an {mail} oder WhatsApp {phone}",
            "Sofort {money} aufs Konto, auch ohne Schufa.",
        ),
        language="de",
    ),
    Kind(
        "adult",
        (
            "Chicas calientes en tu ciudad te esperan esta noche {link}",
            "Hola, soy {first}, mira mis fotos privadas: {link}",
            "Citas sin compromiso, regístrate gratis {link}",
        ),
        language="es",
    ),
    Kind(
        "crypto investment",
        (
            "Invertí {money} con la señora {last} y recibí {money} en siete días.",
            "Escríbele por WhatsApp {phone} o Telegram @{first}{digits}",
            "Recupera tus bitcoins robados, correo {mail}",
        ),
        language="es",
    ),
    Kind(
        "downloads",
        (
            "Скачать бесплатно полную версию с ключом {link}",
            "Смотреть фильм онлайн в хорошем качестве {link}",
            "Новинки игр с торрента, без регистрации {link}",
        ),
        language="ru",
    ),
    Kind(
        "work from home",
        (
            "Заработок от {money} в день без вложений, подробности тут {link}",
            "Пишите в телеграм @{first}{digits} или {phone}",
            "Работа на дому для всех, регистрация: {link}",
        ),
        language="ru",
    ),
)
"""Kinds in other languages, which only measure the filter."""

_SLOT = re.compile(r"\{(\w+)\}")


def write_comments(kind: Kind, number: int, *, trains: bool) -> list[SpamComment]:
    """Write comments of a kind, the same each time.

    Those that train share no name, host, amount or address with the others.
    """
    random = Random(f"{kind.name} {kind.language}")
    slots = {name: values[trains::2] for name, values in _SLOTS.items()}
    return [_write(kind, random, slots) for _ in range(number)]


def _write(kind: Kind, random: Random, slots: Mapping[str, Sequence[str]]) -> SpamComment:
    def fill(text: str) -> str:
        return _SLOT.sub(lambda match: fill(random.choice(slots[match[1]])), text)

    sentences = random.sample(list(kind.sentences), random.choice((2, 2, 3)))
    if not any("{" in sentence for sentence in sentences):  # a lure has somewhere to lead
        sentences[-1] = next(text for text in kind.sentences if "{" in text)
    return SpamComment(
        fill(random.choice(list(kind.names))),
        None,
        random.choice((" ", "\n")).join(map(fill, sentences)),
    )
