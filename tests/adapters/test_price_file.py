import pytest

from adapters.price_file import MAX_BYTES, prices_for
from adapters.settings import Settings
from doctown.errors import InvalidSettings
from doctown.prices import shipped_prices
from tests.doctown.test_prices import RIGHT


def test_without_a_file_of_ones_own_the_shipped_prices_hold():
    assert prices_for(Settings()) == shipped_prices()


def test_a_file_of_ones_own_takes_their_place(tmp_path):
    place = tmp_path / "prices.toml"
    place.write_text(RIGHT, "utf-8-sig")  # as some editors write
    assert list(prices_for(Settings(prices=str(place))).gpu) == ["SOME_24"]


@pytest.mark.parametrize("content", [None, b"\xff", b"#" * (MAX_BYTES + 1)])
def test_a_file_that_cannot_be_read_is_refused_by_the_variables_name(tmp_path, content):
    place = tmp_path / "prices.toml"
    if content is not None:
        place.write_bytes(content)
    with pytest.raises(InvalidSettings, match=r"DOCTOWN_PRICES: .*prices.toml .*name another") as error:
        prices_for(Settings(prices=str(place)))
    assert "\n" not in str(error.value)


def test_what_is_wrong_in_it_is_said_with_its_name(tmp_path):
    place = tmp_path / "prices.toml"
    place.write_text("as_of = 2026-01-01")
    with pytest.raises(InvalidSettings, match=r"prices.toml: gpu: Field required"):
        prices_for(Settings(prices=str(place)))
