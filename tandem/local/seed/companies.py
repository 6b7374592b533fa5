"""The companies of the seed world: invented, and named and placed as small Nordic companies are."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Company:
    """`limit` is the credit limit in thousands of Swedish kronor, or what comes to about the same elsewhere."""

    name: str
    trade: str
    city: str
    country: str
    limit: int
    organisation_number: str | None = None


@dataclass(frozen=True)
class Country:
    """`phones` are ranges that are set aside for fiction or that no network hands out."""

    currency: str
    kronor: float
    phones: tuple[str, ...]
    postal_code: str
    streets: tuple[str, ...]
    reminder_fee: int
    yearly_fee: int


COUNTRIES = {
    "SE": Country(
        "SEK",
        1.0,
        ("+46 70 174 06 {:02d}", "+46 31 390 06 {:02d}", "+46 8 465 004 {:02d}"),
        "{:03d} {:02d}",
        ("Storgatan", "Verkstadsgatan", "Hamngatan", "Kungsgatan", "Järnvägsgatan"),
        reminder_fee=60,
        yearly_fee=495,
    ),
    "NO": Country(
        "NOK",
        1.0,
        ("+47 00 55 12 {:02d}", "+47 00 55 13 {:02d}"),
        "{:03d}{:01d}",
        ("Storgata", "Industriveien", "Kirkegata", "Strandgata"),
        reminder_fee=70,
        yearly_fee=495,
    ),
    "DK": Country(
        "DKK",
        0.7,
        ("+45 00 20 31 {:02d}", "+45 00 20 32 {:02d}"),
        "{:03d}{:01d}",
        ("Søndergade", "Industrivej", "Havnegade", "Algade"),
        reminder_fee=100,
        yearly_fee=350,
    ),
    "FI": Country(
        "EUR",
        0.1,
        ("+358 00 550 11{:02d}", "+358 00 550 12{:02d}"),
        "{:03d}{:02d}",
        ("Kauppakatu", "Teollisuustie", "Rantatie", "Asemakatu"),
        reminder_fee=5,
        yearly_fee=45,
    ),
}

# The stories of contracts/scenarios.yaml, under the same ids: a mock and the live service tell of one company.
STORIES = {
    "healthy": Company("Bergström Bygg AB", "building", "Solna", "SE", 150, "5566778899"),
    "new_customer": Company("Lindas Bageri AB", "bakery", "Örebro", "SE", 50, "5591234561"),
    "overdue": Company("Nordic Kafé HB", "café", "Malmö", "SE", 80, "9696123455"),
    "card_frozen": Company("Elkraft i Lund AB", "electrician", "Lund", "SE", 100, "5560112236"),
    "limit_reached": Company("Vättern Frakt AB", "freight", "Jönköping", "SE", 60, "5567890123"),
    "empty": Company("Tomt Papper AB", "design", "Gävle", "SE", 25, "5599887766"),
}

COMPANIES = (
    Company("Norrsken Design AB", "design", "Umeå", "SE", 75),
    Company("Skärgårdens Båtvarv AB", "garage", "Vaxholm", "SE", 120),
    Company("Kullens Trädgård HB", "farm", "Höganäs", "SE", 60),
    Company("Göta Rör & Värme AB", "building", "Göteborg", "SE", 200),
    Company("Mälardalens Städservice AB", "cleaning", "Västerås", "SE", 80),
    Company("Tandhälsan Linné AB", "clinic", "Göteborg", "SE", 90),
    Company("Kodverket Uppsala AB", "software", "Uppsala", "SE", 110),
    Company("Dalarnas Timmerhus AB", "building", "Falun", "SE", 180),
    Company("Café Lagom HB", "café", "Visby", "SE", 45),
    Company("Hallbergs Bilverkstad AB", "garage", "Halmstad", "SE", 95),
    Company("Söderlunds Måleri AB", "building", "Norrköping", "SE", 85),
    Company("Polarvind Konsult AB", "consulting", "Luleå", "SE", 130),
    Company("Åre Sport & Fritid AB", "shop", "Åre", "SE", 140),
    Company("Brödkultur i Väst AB", "bakery", "Borås", "SE", 70),
    Company("Siljans Transport AB", "freight", "Leksand", "SE", 160),
    Company("Ekdahl & Holm Arkitekter AB", "design", "Stockholm", "SE", 100),
    Company("Öresunds El AB", "electrician", "Helsingborg", "SE", 125),
    Company("Växjö Veterinärklinik AB", "clinic", "Växjö", "SE", 85),
    Company("Sjöbergs Fisk & Skaldjur HB", "shop", "Smögen", "SE", 55),
    Company("Karlstads Plåtslageri AB", "building", "Karlstad", "SE", 115),
    Company("Nya Tyger i Borås AB", "shop", "Borås", "SE", 65),
    Company("Haddad Livs AB", "shop", "Södertälje", "SE", 50),
    Company("Kiruna Snöröjning AB", "freight", "Kiruna", "SE", 90),
    Company("Lekplatsen Förskola Ekonomisk förening", "clinic", "Lund", "SE", 40),
    Company("Fjordbygg AS", "building", "Bergen", "NO", 170),
    Company("Nordlys Kaffebar AS", "café", "Tromsø", "NO", 50),
    Company("Havbris Sjømat AS", "shop", "Ålesund", "NO", 120),
    Company("Oslo Elektro AS", "electrician", "Oslo", "NO", 140),
    Company("Vestland Transport AS", "freight", "Stavanger", "NO", 150),
    Company("Fjellvann Rådgivning AS", "consulting", "Trondheim", "NO", 95),
    Company("Sørlandets Bakeri AS", "bakery", "Kristiansand", "NO", 60),
    Company("Bølgen & Co ApS", "café", "Aarhus", "DK", 65),
    Company("Jysk Tømrer & Tag ApS", "building", "Aalborg", "DK", 145),
    Company("Nyhavn Webdesign ApS", "design", "København", "DK", 80),
    Company("Fyns Autoværksted ApS", "garage", "Odense", "DK", 90),
    Company("Grøn Rengøring ApS", "cleaning", "Roskilde", "DK", 55),
    Company("Klitgaard Gartneri ApS", "farm", "Skagen", "DK", 75),
    Company("Vestkystens Fragt A/S", "freight", "Esbjerg", "DK", 155),
    Company("Saimaan Puutyö Oy", "building", "Lappeenranta", "FI", 130),
    Company("Helmi Kahvila Oy", "café", "Helsinki", "FI", 55),
    Company("Pohjolan Ohjelmistot Oy", "software", "Oulu", "FI", 105),
    Company("Turun Sähkötyö Oy", "electrician", "Turku", "FI", 95),
    Company("Järvi & Metsä Oy", "farm", "Kuopio", "FI", 70),
    Company("Tampereen Siivous Oy", "cleaning", "Tampere", "FI", 60),
)
