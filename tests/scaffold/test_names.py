from __future__ import annotations

from pathlib import Path

import pytest

from tandem.local.trouble import Refused
from tandem.scaffold.names import check_name

SERVICES = ("card", "invoice")


@pytest.mark.parametrize("name", ["loan", "loans2", "a", "abcdefghijklmnopqr"])
def test_name_that_serves_everywhere_is_taken(name: str, tmp_path: Path) -> None:
    check_name(name, tmp_path, SERVICES)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("card", "There is a service card already"),
        ("kit", "a name that the platform uses itself"),
        ("tests", "a name that the platform uses itself"),
        ("gateway", "a name that the platform uses itself"),
        ("mock", "a name that the platform uses itself"),
        ("email", "a module of Python's own library"),
        ("class", "a word of Python or SQL, so a service cannot be called that. Choose another name, such as ourclass"),
        ("order", "a word of Python or SQL"),
        ("where", "a word of Python or SQL"),
        ("abcdefghijklmnopqrs", "leave room for 18 characters"),
    ],
)
def test_name_that_means_something_already_is_refused_with_a_way_out(name: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match=said) as refused:
        check_name(name, tmp_path, SERVICES)
    assert any(way in str(refused.value) for way in ("Choose another name", "Shorten it"))


@pytest.mark.parametrize(
    "name", ["", "Loan", "lån", "2loan", "_loan", "loan_offer", "loan-offer", "../loan", "a b", "лoan"]
)
def test_name_of_other_letters_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cannot be the name of a service: it has to be small letters a to z and digits"):
        check_name(name, tmp_path, SERVICES)


@pytest.mark.parametrize("folder", ["contracts/loan", "services/loan", "tests/services/loan"])
def test_folder_that_is_left_over_is_named(folder: str, tmp_path: Path) -> None:
    (tmp_path / folder).mkdir(parents=True)
    with pytest.raises(Refused, match=f"^{folder} is there already and no service: move or delete it"):
        check_name("loan", tmp_path, SERVICES)
