import pytest

from tandem.kit.peers.breaker import BreakerPolicy, CircuitBreaker
from tests.kit.clock import Clock

POLICY = BreakerPolicy(
    consecutive_failures=3, failure_share=0.5, window_seconds=10.0, window_requests=10, open_seconds=2.0
)


class Bench:
    def __init__(self) -> None:
        self.clock = Clock()
        self.changes: list[bool] = []
        self.breaker = CircuitBreaker(POLICY, self.changes.append, self.clock)

    def ask(self, healthy: bool | None) -> bool:
        """Whether the peer was asked at all."""
        permit = self.breaker.admit()
        if permit is None:
            return False
        self.breaker.record(permit, healthy)
        return True

    def open(self) -> None:
        for _ in range(3):
            self.ask(False)
        assert self.breaker.is_open


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_failures_in_a_row_open_it(bench: Bench) -> None:
    assert [bench.ask(False) for _ in range(4)] == [True, True, True, False]
    assert bench.changes == [True]


def test_one_success_in_between_starts_the_count_again(bench: Bench) -> None:
    for healthy in (False, False, True, False, False):
        bench.ask(healthy)
    assert not bench.breaker.is_open


def test_half_of_a_window_failing_opens_it(bench: Bench) -> None:
    for number in range(10):
        assert not bench.breaker.is_open
        bench.ask(number % 2 == 0)
    assert bench.breaker.is_open


def test_a_new_window_forgets_the_old_one(bench: Bench) -> None:
    for number in range(8):
        bench.ask(number % 2 == 0)
    bench.clock.time += 10.0
    for number in range(8):
        bench.ask(number % 2 == 0)
    assert not bench.breaker.is_open


def test_what_was_not_learnt_is_not_counted(bench: Bench) -> None:
    for _ in range(100):
        bench.ask(None)
    assert not bench.breaker.is_open


def test_while_open_nobody_is_let_through(bench: Bench) -> None:
    bench.open()
    bench.clock.time += 1.9
    assert bench.ask(True) is False


def test_after_a_while_one_probe_is_let_through(bench: Bench) -> None:
    bench.open()
    bench.clock.time += 2.0
    assert bench.breaker.admit() is not None
    assert bench.breaker.admit() is None


def test_a_probe_that_succeeds_closes_it(bench: Bench) -> None:
    bench.open()
    bench.clock.time += 2.0
    assert bench.ask(True)
    assert not bench.breaker.is_open
    assert bench.changes == [True, False]
    bench.ask(False)
    bench.ask(False)
    assert not bench.breaker.is_open


def test_a_probe_that_fails_opens_it_for_as_long_again(bench: Bench) -> None:
    bench.open()
    bench.clock.time += 2.0
    assert bench.ask(False)
    bench.clock.time += 1.9
    assert bench.ask(True) is False
    bench.clock.time += 0.1
    assert bench.ask(True) is True


def test_a_probe_that_was_given_up_makes_room_for_another(bench: Bench) -> None:
    bench.open()
    bench.clock.time += 2.0
    assert bench.ask(None)
    assert bench.breaker.is_open
    assert bench.ask(True)
    assert not bench.breaker.is_open


def test_late_answers_from_before_do_not_count(bench: Bench) -> None:
    before = bench.breaker.admit()
    assert before is not None
    bench.open()
    bench.breaker.record(before, healthy=True)
    assert bench.breaker.is_open
    bench.clock.time += 2.0
    bench.ask(True)
    for _ in range(5):
        bench.breaker.record(before, healthy=False)
    assert not bench.breaker.is_open
