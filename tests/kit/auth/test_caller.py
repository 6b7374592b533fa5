import pytest

from tandem.kit.auth.caller import ANONYMOUS, KINDS, Caller
from tandem.kit.problems import Forbidden, NotFound

CUSTOMER = Caller("customer", "anna", "cus_1", frozenset({"cards:read", "cards:use"}))
SUPPORT = Caller("support", "sven", None, frozenset({"cards:read"}))
SERVICE = Caller("service", "card", None, frozenset({"accounts:read"}))


class CardNotFound(NotFound):
    pass


def test_scopes_all_there_passes() -> None:
    CUSTOMER.require_scopes(["cards:read", "cards:use"])


def test_no_scopes_needed_passes() -> None:
    SERVICE.require_scopes([])


def test_one_scope_missing_names_it() -> None:
    with pytest.raises(Forbidden, match=r"^This operation needs the scope cards:issue\.$"):
        CUSTOMER.require_scopes(["cards:read", "cards:issue"])


def test_several_scopes_missing_names_all() -> None:
    with pytest.raises(Forbidden, match=r"needs the scopes cards:issue, cards:use\."):
        SUPPORT.require_scopes(["cards:use", "cards:issue"])


@pytest.mark.parametrize("caller", [CUSTOMER, SUPPORT, SERVICE])
def test_owner_or_staff_may_see_the_object(caller: Caller) -> None:
    caller.require_owner("cus_1", CardNotFound("no card"))


def test_another_customers_object_raises_what_the_handler_chose() -> None:
    otherwise = CardNotFound("no card")
    with pytest.raises(CardNotFound) as raised:
        CUSTOMER.require_owner("cus_2", otherwise)
    assert raised.value is otherwise


def test_a_customers_list_is_their_own() -> None:
    assert CUSTOMER.restrict(None) == "cus_1"
    assert CUSTOMER.restrict("cus_1") == "cus_1"


def test_listing_another_customers_things_is_forbidden() -> None:
    with pytest.raises(Forbidden, match="only what belongs to that customer"):
        CUSTOMER.restrict("cus_2")


@pytest.mark.parametrize("caller", [SUPPORT, SERVICE])
def test_staff_lists_are_filtered_only_when_asked(caller: Caller) -> None:
    assert caller.restrict(None) is None
    assert caller.restrict("cus_2") == "cus_2"


def test_a_caller_without_a_token_sees_nothing_and_no_token_makes_one() -> None:
    with pytest.raises(CardNotFound):
        ANONYMOUS.require_owner("cus_1", CardNotFound("no card"))
    for customer_id in (None, "cus_1"):
        with pytest.raises(Forbidden):
            ANONYMOUS.restrict(customer_id)
    assert "anonymous" not in KINDS
