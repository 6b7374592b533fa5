"""What is to happen to each company: when it came, how it pays, what becomes of its cards and its account."""

from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random

from tandem.local.seed import people
from tandem.local.seed.companies import COMPANIES, COUNTRIES, STORIES, Company, Country
from tandem.local.seed.identifiers import DAY

DESIGNS = ("midnight", "forest", "sand")
HOUR = 3600


class Pays(StrEnum):
    EARLY = "some days before the last day"
    LAST_DAY = "on the last day"
    LATE = "some days too late, now and then"
    IN_PARTS = "a part at once, the rest before the last day"
    STOPPED = "nothing any more, for two months"


@dataclass(frozen=True)
class CardPlan:
    holder: str
    design: str
    issued_at: int
    activated_at: int | None
    frozen_at: int | None = None
    cancelled_at: int | None = None
    last_four: str | None = None

    @property
    def status(self) -> str:
        if self.cancelled_at is not None:
            return "cancelled"
        if self.frozen_at is not None:
            return "frozen"
        return "active" if self.activated_at is not None else "inactive"

    def works_at(self, moment: int) -> bool:
        if self.activated_at is None or moment <= self.activated_at:
            return False
        return all(end is None or moment < end for end in (self.frozen_at, self.cancelled_at))


@dataclass(frozen=True)
class Plan:
    """Moments are seconds since 1970. `share` of the limit is spent in an ordinary month; limits are in hundredths."""

    company: Company
    person: str
    opened_at: int
    limits: tuple[tuple[int, int, str], ...]
    cards: tuple[CardPlan, ...]
    story: str = ""
    pays: Pays = Pays.EARLY
    share: float = 0.2
    days_to_invoice: int = 0
    spends_until: int | None = None
    reaches_limit: bool = False
    frozen_at: int | None = None
    closed_at: int | None = None
    is_active: bool = True

    @property
    def country(self) -> Country:
        return COUNTRIES[self.company.country]

    @property
    def status(self) -> str:
        if self.closed_at is not None:
            return "closed"
        return "frozen" if self.frozen_at is not None else "open"

    def limit_at(self, moment: int) -> int:
        return [limit for since, limit, _ in self.limits if since <= moment][-1]


def plans(random: Random, now: int) -> list[Plan]:
    stories = [_story(now, name) for name in STORIES]
    return stories + [_plan(random, now, company) for company in COMPANIES]


def _plan(random: Random, now: int, company: Company) -> Plan:
    days = _DAYS_AGO.get(company.name, random.randrange(338, 363))
    opened_at = now - days * DAY + random.randrange(8 * HOUR, 16 * HOUR)
    person = people.full_name(random, company.country)
    plan = Plan(
        company=company,
        person=person,
        opened_at=opened_at,
        limits=_limits(random, now, opened_at, company),
        cards=tuple(_cards(random, now, opened_at, person, company.country)),
        pays=random.choices((Pays.EARLY, Pays.LAST_DAY, Pays.LATE), (5, 2, 2))[0],
        share=random.uniform(0.07, 0.19),
    )
    if company.name in _PAYS_IN_PARTS:
        plan = replace(plan, pays=Pays.IN_PARTS, share=0.2, days_to_invoice=_PAYS_IN_PARTS[company.name])
    change = _FATES.get(company.name)
    return change(plan, now) if change else plan


def _limits(random: Random, now: int, opened_at: int, company: Company) -> tuple[tuple[int, int, str], ...]:
    limit = round(company.limit * 1000 * COUNTRIES[company.country].kronor) * 100
    if now - opened_at < 200 * DAY or random.random() > 0.3:
        return ((opened_at, limit, "Opened"),)
    raised_at = opened_at + random.randrange(90, 180) * DAY
    reason = random.choice(("Paid on time for half a year", "Larger projects this season", "Asked for by the company"))
    return ((opened_at, limit * 4 // 5, "Opened"), (raised_at, limit, reason))


def _cards(random: Random, now: int, opened_at: int, person: str, country: str) -> list[CardPlan]:
    issued_at = opened_at + 2 * HOUR
    cards = [CardPlan(person, random.choice(DESIGNS), issued_at, issued_at + random.randrange(3, 7) * DAY)]
    for _ in range(random.choice((0, 0, 1, 1, 2))):
        later = issued_at + random.randrange(20, 120) * DAY
        if later < now - 10 * DAY:
            holder = people.full_name(random, country)
            cards.append(CardPlan(holder, random.choice(DESIGNS), later, later + random.randrange(3, 9) * DAY))
    if len(cards) == 3 and random.random() < 0.5:
        cards[1] = _lost(random, now, cards[1])
    return [card if (card.activated_at or 0) < now else replace(card, activated_at=None) for card in cards]


def _lost(random: Random, now: int, card: CardPlan) -> CardPlan:
    return replace(card, cancelled_at=now - random.randrange(5, 60) * DAY)


def _story(now: int, name: str) -> Plan:
    company = STORIES[name]
    age, holder, last_four, pays, share = _STORY_FACTS[name]
    opened_at = now - age + 9 * HOUR
    issued_at = opened_at + HOUR
    used = CardPlan(holder, "midnight", issued_at, issued_at + 4 * DAY, last_four=last_four)
    plan = Plan(
        company=company,
        person=holder,
        opened_at=opened_at,
        limits=((opened_at, company.limit * 100_000, "Opened"),),
        cards=(used,),
        story=name,
        pays=pays,
        share=share,
        reaches_limit=name == "limit_reached",
    )
    if name == "healthy":
        second = CardPlan("Mikael Bergström", "forest", issued_at + 40 * DAY, issued_at + 45 * DAY)
        return replace(plan, cards=(used, second, CardPlan("Sofia Lind", "sand", now - 3 * DAY, None)))
    if name == "card_frozen":
        return replace(plan, cards=(replace(used, frozen_at=now - 2 * DAY + 11 * HOUR),))
    if name == "new_customer":
        return replace(plan, cards=(replace(used, activated_at=None),))
    return replace(plan, cards=()) if name == "empty" else plan


_STORY_FACTS = {
    "healthy": (364 * DAY, "Anna Bergström", "4821", Pays.LAST_DAY, 0.22),
    "new_customer": (DAY, "Linda Ek", "0917", Pays.EARLY, 0.1),
    "overdue": (310 * DAY, "Omar Haddad", "3310", Pays.STOPPED, 0.12),
    "card_frozen": (280 * DAY, "Sara Holm", "7754", Pays.EARLY, 0.15),
    "limit_reached": (355 * DAY, "Per Nyström", "6042", Pays.LAST_DAY, 0.42),
    "empty": (30 * DAY, "Petra Tomt", "", Pays.EARLY, 0.0),
}


def _frozen(plan: Plan, now: int) -> Plan:
    frozen_at = now - 6 * DAY + 10 * HOUR
    return replace(plan, frozen_at=frozen_at, spends_until=frozen_at, pays=Pays.STOPPED)


def _closed(plan: Plan, now: int) -> Plan:
    """It bought nothing for four months, so that everything is invoiced and paid."""
    closed_at = now - 20 * DAY + 13 * HOUR
    cards = tuple(replace(card, cancelled_at=closed_at + 2) for card in plan.cards if card.activated_at)
    spends_until = now - 120 * DAY
    return replace(plan, closed_at=closed_at, cards=cards, spends_until=spends_until, pays=Pays.EARLY, is_active=False)


_DAYS_AGO = {"Nya Tyger i Borås AB": 9, "Havbris Sjømat AS": 24, "Grøn Rengøring ApS": 100, "Saimaan Puutyö Oy": 190}
# One is invoiced in the middle of the month, so that some invoice is paid in part on any day of the year.
_PAYS_IN_PARTS = {"Haddad Livs AB": 0, "Café Lagom HB": 14}
_FATES = {
    "Kullens Trädgård HB": _frozen,
    "Lekplatsen Förskola Ekonomisk förening": _closed,
}
