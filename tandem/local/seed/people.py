"""Names, roles and ways to reach people. E-mail domains end in `.example`, which nobody can own (RFC 2606)."""

import unicodedata
from random import Random

FIRST_NAMES = {
    "SE": (
        "Anna",
        "Erik",
        "Maria",
        "Johan",
        "Sara",
        "Omar",
        "Elin",
        "Karl",
        "Fatima",
        "Gustav",
        "Linnea",
        "Nils",
        "Amira",
        "Oskar",
    ),
    "NO": ("Ingrid", "Lars", "Kari", "Sigurd", "Marit", "Henrik", "Solveig", "Ali", "Nora", "Tor"),
    "DK": ("Mette", "Søren", "Freja", "Anders", "Kirsten", "Rasmus", "Ida", "Hassan", "Astrid", "Niels"),
    "FI": ("Aino", "Mikko", "Helmi", "Juhani", "Sanna", "Eero", "Päivi", "Ville", "Leena", "Antti"),
}
LAST_NAMES = {
    "SE": (
        "Andersson",
        "Lindqvist",
        "Holm",
        "Nyström",
        "Ek",
        "Haddad",
        "Sjöberg",
        "Forsberg",
        "Åkesson",
        "Wallin",
        "Öberg",
        "Persson",
    ),
    "NO": ("Hansen", "Berg", "Haugen", "Solberg", "Lie", "Strand", "Dahl", "Moen"),
    "DK": ("Jensen", "Nørgaard", "Møller", "Kjær", "Lund", "Holst", "Bach", "Krogh"),
    "FI": ("Virtanen", "Korhonen", "Mäkinen", "Nieminen", "Laine", "Heikkilä", "Salo", "Rantanen"),
}
FIRST_ROLES = ("Managing director", "Owner")
ROLES = ("Finance manager", "Office manager", "Deputy manager", "Purchasing", "Bookkeeper")
_LEGAL_FORMS = {"ab", "hb", "as", "aps", "a/s", "oy", "ekonomisk", "förening"}
_LETTERS = str.maketrans({"æ": "ae", "ø": "o", "ß": "ss"})


def full_name(random: Random, country: str) -> str:
    return f"{random.choice(FIRST_NAMES[country])} {random.choice(LAST_NAMES[country])}"


def domain(company: str) -> str:
    words = [word for word in company.lower().split() if word not in _LEGAL_FORMS]
    return f"{_ascii(''.join(words))}.example"


def email(name: str, company: str) -> str:
    first, last = name.lower().split(" ", 1)
    return f"{_ascii(first)}.{_ascii(last)}@{domain(company)}"


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(letter for letter in plain if letter.isascii() and letter.isalnum())
