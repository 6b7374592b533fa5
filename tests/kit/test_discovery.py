from pathlib import Path

import pytest

from tandem.kit.discovery import AddressFile, FixedAddresses, NoAddress, addresses


async def test_an_address_is_given_without_its_last_slash() -> None:
    addresses = FixedAddresses.from_environment({"PEERS": '{"card": "http://127.0.0.1:8103/"}'})
    assert await addresses.resolve("card") == "http://127.0.0.1:8103"


async def test_an_unknown_service_names_the_known_ones() -> None:
    addresses = FixedAddresses({"card": "http://127.0.0.1:1", "account": "https://account.internal"})
    with pytest.raises(NoAddress, match=r"no address for loan \(known: account, card\); set PEERS"):
        await addresses.resolve("loan")


@pytest.mark.parametrize("environment", [{}, {"PEERS": ""}])
async def test_nothing_set_means_no_peers(environment: dict[str, str]) -> None:
    with pytest.raises(NoAddress, match="known: none"):
        await FixedAddresses.from_environment(environment).resolve("card")


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("{", "PEERS is not JSON"),
        ("[]", "has to be a JSON object"),
        ('{"card": 8103}', "has to be a JSON object"),
        ('{"card": "127.0.0.1:8103"}', "address of card has to begin with http"),
    ],
)
def test_a_wrong_setting_says_what_is_expected(value: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        FixedAddresses.from_environment({"PEERS": value})


async def test_address_file_replaced_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "peers.json"
    file.write_text('{"card": "http://127.0.0.1:1"}')
    known = AddressFile(file, check_seconds=0)
    assert await known.resolve("card") == "http://127.0.0.1:1"
    replaced = tmp_path / "new.json"
    replaced.write_text('{"card": "http://127.0.0.1:22"}')
    replaced.replace(file)
    assert await known.resolve("card") == "http://127.0.0.1:22"


async def test_address_file_missing_or_damaged_says_which(tmp_path: Path) -> None:
    with pytest.raises(NoAddress, match=r"peers\.json cannot be read"):
        await addresses(str(tmp_path / "peers.json")).resolve("card")


async def test_addresses_given_as_json_are_fixed() -> None:
    assert await addresses('{"card": "http://127.0.0.1:1"}').resolve("card") == "http://127.0.0.1:1"


async def test_address_file_damaged_later_leaves_the_last_addresses(tmp_path: Path) -> None:
    file = tmp_path / "peers.json"
    file.write_text('{"card": "http://127.0.0.1:1"}')
    known = AddressFile(file, check_seconds=0)
    for content in (None, None, "{", '{"card": 7}'):
        if content is not None:
            file.write_text(content)
        assert await known.resolve("card") == "http://127.0.0.1:1"
    file.unlink()
    assert await known.resolve("card") == "http://127.0.0.1:1"
