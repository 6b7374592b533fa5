"""Where small companies of each trade buy, and for about how much. Amounts are in Swedish kronor."""

from dataclasses import dataclass
from itertools import accumulate


@dataclass(frozen=True)
class Goods:
    """`category` is the merchant category code (ISO 18245); `cents` are the endings that prices have, None for any."""

    category: str
    least: int
    most: int
    cents: tuple[int, ...] | None = (0,)
    is_local: bool = True

    @property
    def mean(self) -> float:
        return sum(self.price((step + 0.5) / 32) for step in range(32)) / 32

    def price(self, luck: float) -> float:
        """Many small purchases and few large ones."""
        return float(self.least * (self.most / self.least) ** (luck * luck**0.4))


@dataclass(frozen=True)
class Trade:
    """`goods` weighs what is bought; `months` and `weekend` are shares of an ordinary working day."""

    goods: dict[str, int]
    weekend: float
    months: tuple[float, ...]
    opens: int
    closes: int

    @property
    def names(self) -> list[str]:
        return list(self.goods)

    @property
    def cumulated(self) -> list[int]:
        return list(accumulate(self.goods.values()))

    @property
    def mean(self) -> float:
        total = sum(weight * GOODS[name].mean for name, weight in self.goods.items())
        return total / sum(self.goods.values())


_TAGS = (0, 0, 0, 50, 90, 95)

GOODS = {
    "advertising": Goods("7311", 250, 5200, None, is_local=False),
    "building": Goods("5211", 140, 9200, _TAGS),
    "clothing": Goods("5699", 290, 3200, _TAGS),
    "electrical": Goods("5065", 220, 7400, None),
    "electronics": Goods("5732", 199, 13500, _TAGS),
    "freight": Goods("4215", 69, 980),
    "fuel": Goods("5541", 320, 1450, None),
    "groceries": Goods("5411", 58, 1480, None),
    "hardware": Goods("5251", 79, 3600, _TAGS),
    "hotels": Goods("7011", 890, 3400),
    "office": Goods("5943", 89, 2300, _TAGS),
    "parking": Goods("7523", 18, 210),
    "restaurants": Goods("5812", 95, 1350),
    "software": Goods("5734", 99, 1900, (0,), is_local=False),
    "telephony": Goods("4814", 199, 1290, (0,), is_local=False),
    "trains": Goods("4112", 180, 1650, (0,), is_local=False),
    "vehicles": Goods("7538", 390, 11800, (0, 0, 50)),
    "wholesale": Goods("5141", 640, 7800, None),
}

_EVERYWHERE = {
    "advertising": ("Google Ads", "Meta Ads", "LinkedIn Ads"),
    "freight": ("DHL Express", "PostNord", "DB Schenker"),
    "hotels": ("Scandic", "Radisson Blu", "Comfort Hotel"),
    "office": ("Lyreco", "IKEA", "Office Depot"),
    "parking": ("EasyPark", "Apcoa Parking"),
    "software": ("Microsoft 365", "Google Workspace", "Adobe", "Slack", "Visma"),
}

SHOPS: dict[str, dict[str, tuple[str, ...]]] = {
    "SE": {
        **_EVERYWHERE,
        "building": ("Byggmax", "Ahlsell", "Beijer Bygg", "XL-Bygg", "Bauhaus"),
        "clothing": ("Blåkläder", "Björnkläder", "Stadium"),
        "electrical": ("Solar Sverige", "Storel", "Rexel", "Elektroskandia"),
        "electronics": ("Elgiganten", "Kjell & Company", "NetOnNet"),
        "fuel": ("Circle K", "OKQ8", "Preem", "St1", "Ingo"),
        "groceries": ("ICA Kvantum", "Coop", "Willys", "Hemköp"),
        "hardware": ("Jula", "Biltema", "Würth", "Swedol"),
        "parking": ("EasyPark", "Parkster", "Aimo Park"),
        "restaurants": ("Max", "Espresso House", "Sushi Yama", "Pizzeria Napoli", "Lunchrestaurang Kajen"),
        "telephony": ("Telia", "Tele2", "Telenor"),
        "trains": ("SJ", "Öresundståg", "Mälartåg"),
        "vehicles": ("Däckia", "Mekonomen", "Euromaster", "Vianor"),
        "wholesale": ("Martin & Servera", "Menigo", "Snabbgross", "Kaffebryggeriet"),
    },
    "NO": {
        **_EVERYWHERE,
        "building": ("Byggmakker", "Maxbo", "Obs Bygg", "Montér"),
        "clothing": ("Wenaas", "Univern", "XXL"),
        "electrical": ("Solar Norge", "Elektroskandia", "Onninen"),
        "electronics": ("Elkjøp", "Power", "Clas Ohlson"),
        "fuel": ("Circle K", "Esso", "Uno-X", "YX"),
        "groceries": ("Rema 1000", "Kiwi", "Meny", "Coop Extra"),
        "hardware": ("Jula", "Biltema", "Tess", "Würth"),
        "restaurants": ("Peppes Pizza", "Kaffebrenneriet", "Egon", "Big Bite"),
        "telephony": ("Telenor", "Telia", "ice"),
        "trains": ("Vy", "Flytoget", "SJ Nord"),
        "vehicles": ("Dekkmann", "Mekonomen", "Vianor"),
        "wholesale": ("Asko", "Storcash", "Servicegrossistene"),
    },
    "DK": {
        **_EVERYWHERE,
        "building": ("Stark", "Bygma", "Silvan", "Bauhaus"),
        "clothing": ("Kansas", "Engel", "Sport 24"),
        "electrical": ("Solar Danmark", "Lemvigh-Müller", "Sanistål"),
        "electronics": ("Elgiganten", "Power", "Proshop"),
        "fuel": ("Q8", "OK", "Circle K", "Uno-X"),
        "groceries": ("Netto", "Føtex", "Rema 1000", "SuperBrugsen"),
        "hardware": ("Harald Nyborg", "Jem & Fix", "Würth"),
        "restaurants": ("Joe & the Juice", "Sticks'n'Sushi", "Café Norden", "Halifax"),
        "telephony": ("TDC Erhverv", "Telenor", "3"),
        "trains": ("DSB", "Metroselskabet", "Lokaltog"),
        "vehicles": ("Thansen", "Euromaster", "Quickpot"),
        "wholesale": ("Inco", "Dagrofa Foodservice", "BC Catering"),
    },
    "FI": {
        **_EVERYWHERE,
        "building": ("K-Rauta", "Stark", "Bauhaus", "Hartman Rauta"),
        "clothing": ("Dimex", "Image Wear", "Intersport"),
        "electrical": ("Onninen", "SLO", "Rexel"),
        "electronics": ("Gigantti", "Verkkokauppa.com", "Power"),
        "fuel": ("Neste", "ABC", "Teboil", "St1"),
        "groceries": ("S-market", "Prisma", "K-Citymarket", "Lidl"),
        "hardware": ("Motonet", "Würth", "Biltema"),
        "restaurants": ("Hesburger", "Rosso", "Robert's Coffee", "Lounasravintola Satama"),
        "telephony": ("Elisa", "DNA", "Telia"),
        "trains": ("VR", "HSL", "Matkahuolto"),
        "vehicles": ("Vianor", "Euromaster", "Atoy"),
        "wholesale": ("Kespro", "Metro-tukku", "Valio Aimo"),
    },
}

# January to December. Most of the North is on holiday in July.
_STEADY = (0.9, 1.0, 1.05, 1.0, 1.0, 1.0, 0.5, 0.95, 1.1, 1.1, 1.1, 0.8)
_OUTDOORS = (0.6, 0.65, 0.85, 1.1, 1.35, 1.35, 0.75, 1.25, 1.25, 1.1, 0.85, 0.5)
_VISITORS = (0.75, 0.8, 0.9, 0.95, 1.15, 1.3, 1.45, 1.25, 1.0, 0.9, 0.85, 1.05)
_CHRISTMAS = (0.75, 0.75, 0.85, 0.9, 0.95, 1.0, 0.9, 0.95, 1.0, 1.1, 1.45, 1.6)

TRADES = {
    "bakery": Trade({"wholesale": 9, "groceries": 5, "fuel": 2, "office": 1, "hardware": 1}, 0.8, _VISITORS, 5, 15),
    "building": Trade(
        {"building": 10, "hardware": 5, "fuel": 6, "clothing": 1, "parking": 2, "restaurants": 2, "vehicles": 1},
        0.08,
        _OUTDOORS,
        6,
        17,
    ),
    "café": Trade(
        {"wholesale": 7, "groceries": 6, "restaurants": 1, "office": 1, "advertising": 1}, 0.9, _VISITORS, 7, 18
    ),
    "cleaning": Trade(
        {"wholesale": 3, "groceries": 3, "fuel": 5, "parking": 5, "hardware": 2, "clothing": 1}, 0.25, _STEADY, 6, 19
    ),
    "clinic": Trade(
        {"office": 4, "electronics": 2, "groceries": 3, "restaurants": 2, "trains": 1, "clothing": 1},
        0.03,
        _STEADY,
        8,
        17,
    ),
    "consulting": Trade(
        {"trains": 5, "hotels": 3, "restaurants": 6, "software": 3, "office": 2, "electronics": 1, "parking": 2},
        0.1,
        _STEADY,
        8,
        20,
    ),
    "design": Trade(
        {"software": 4, "advertising": 4, "office": 3, "electronics": 2, "restaurants": 4, "freight": 2},
        0.1,
        _STEADY,
        8,
        19,
    ),
    "electrician": Trade(
        {"electrical": 10, "hardware": 4, "fuel": 5, "parking": 4, "restaurants": 2, "clothing": 1, "vehicles": 1},
        0.1,
        _STEADY,
        6,
        17,
    ),
    "farm": Trade(
        {"hardware": 6, "fuel": 6, "building": 3, "vehicles": 3, "groceries": 2, "freight": 1}, 0.5, _OUTDOORS, 5, 19
    ),
    "freight": Trade(
        {"fuel": 14, "vehicles": 3, "restaurants": 5, "parking": 3, "hotels": 1, "hardware": 1}, 0.3, _STEADY, 4, 21
    ),
    "garage": Trade({"vehicles": 10, "hardware": 6, "fuel": 3, "freight": 3, "office": 1}, 0.1, _STEADY, 7, 17),
    "shop": Trade(
        {"wholesale": 5, "freight": 6, "advertising": 5, "office": 3, "electronics": 1, "fuel": 2},
        0.5,
        _CHRISTMAS,
        8,
        19,
    ),
    "software": Trade(
        {"software": 6, "electronics": 3, "restaurants": 5, "trains": 3, "hotels": 2, "office": 1}, 0.1, _STEADY, 8, 20
    ),
}
