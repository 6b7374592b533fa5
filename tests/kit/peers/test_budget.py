from tandem.kit.peers.budget import RetryBudget
from tests.kit.clock import Clock


def budget(clock: Clock) -> RetryBudget:
    budget = RetryBudget(share=0.2, per_second=0.5, most=3.0, now=clock)
    while budget.take():
        pass
    return budget


def test_a_few_retries_are_there_from_the_start() -> None:
    one = RetryBudget(most=3.0, now=Clock())
    assert [one.take() for _ in range(4)] == [True, True, True, False]


def test_five_requests_earn_one_retry() -> None:
    one = budget(Clock())
    for _ in range(4):
        one.request()
    assert one.take() is False
    one.request()
    assert one.take() is True
    assert one.take() is False


def test_time_earns_a_few_retries_without_requests() -> None:
    clock = Clock()
    one = budget(clock)
    clock.time += 2.0
    assert one.take() is True
    assert one.take() is False


def test_savings_are_limited() -> None:
    clock = Clock()
    one = budget(clock)
    clock.time += 3600.0
    for _ in range(1000):
        one.request()
    assert sum(one.take() for _ in range(10)) == 3
