"""A year of purchases of one company, as they would come in from shops: by trade, season, weekday and time of day."""

import time
from random import Random
from typing import NamedTuple

from tandem.local.seed.identifiers import DAY
from tandem.local.seed.merchants import GOODS, SHOPS, TRADES, Goods
from tandem.local.seed.plans import HOUR, Plan

_SUBSCRIPTIONS = ("telephony", "software", "software")


class Purchase(NamedTuple):
    moment: int
    description: str
    category: str
    amount: int


def purchases(random: Random, plan: Plan, now: int) -> list[Purchase]:
    """Whether there is a card and credit for them is for the ledger to say."""
    if not plan.share:
        return []
    first = plan.opened_at - plan.opened_at % DAY + DAY
    last = min(now, plan.spends_until or now)
    return sorted([*_errands(random, plan, first, last), *_subscriptions(random, plan, first, last)])


def _errands(random: Random, plan: Plan, first: int, last: int) -> list[Purchase]:
    trade = TRADES[plan.company.trade]
    names, weights = trade.names, trade.cumulated
    # Twenty working days and a few weekends make a month.
    a_day = plan.share * plan.limits[-1][1] / 100 / (trade.mean * plan.country.kronor) / (21 + 9 * trade.weekend)
    found = []
    for midnight in range(first, last, DAY):
        date = time.gmtime(midnight)
        expected = a_day * trade.months[date.tm_mon - 1] * (trade.weekend if date.tm_wday > 4 else 1.0)
        for _ in range(int(expected * (0.3 + 1.4 * random.random()) + random.random())):
            moment = midnight + random.randrange(trade.opens * HOUR, trade.closes * HOUR)
            if moment < last:
                name = random.choices(names, cum_weights=weights)[0]
                found.append(_purchase(random, plan, GOODS[name], name, moment))
    return found


def _purchase(random: Random, plan: Plan, goods: Goods, name: str, moment: int) -> Purchase:
    shop = random.choice(SHOPS[plan.company.country][name])
    description = f"{shop} {plan.company.city}" if goods.is_local else shop
    price = goods.price(random.random()) * plan.country.kronor
    cents = random.choice(goods.cents) if goods.cents else random.randrange(100)
    return Purchase(moment, description, goods.category, max(1, int(price)) * 100 + cents)


def _subscriptions(random: Random, plan: Plan, first: int, last: int) -> list[Purchase]:
    """The same amount from the same firm on the same day of each month."""
    found = []
    for name in random.sample(_SUBSCRIPTIONS, 2):
        once = _purchase(random, plan, GOODS[name], name, 0)
        day = random.randrange(1, 28)
        mornings = [midnight + 5 * HOUR for midnight in range(first, last, DAY) if time.gmtime(midnight).tm_mday == day]
        found += [
            once._replace(moment=morning + random.randrange(HOUR)) for morning in mornings if morning + HOUR < last
        ]
    return found
