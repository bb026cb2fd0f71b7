from datetime import date, timedelta

import pytest

from doctown.errors import InvalidSettings
from doctown.prices import MOST_AGE_DAYS, SHIPPED, out_of_date, prices_of, shipped_prices

RIGHT = """
as_of = 2026-08-20
[gpu.SOME_24]
flex_usd_per_s = 0.0002
[always_on_usd_per_month]
cpu_pod = [50, 100]
embedding_worker = [30, 50]
"""


def test_the_shipped_prices_are_runpods_of_their_date():
    prices = shipped_prices()
    assert prices.as_of == date(2026, 8, 20)
    assert prices.gpu_usd_per_s("AMPERE_16") == 0.00016
    assert prices.gpu["ADA_80_PRO"].flex_usd_per_s * 3600 == pytest.approx(4.18, abs=0.01)
    assert prices.always_on_usd_per_month.cpu_pod == (50, 100)
    assert all(gpu.active_usd_per_s is None or gpu.active_usd_per_s < gpu.flex_usd_per_s for gpu in prices.gpu.values())


def test_what_a_cpu_worker_costs_is_not_known_until_somebody_writes_it_down():
    assert shipped_prices().cpu_usd_per_s(4) is None
    assert prices_of(RIGHT + "[cpu]\nusd_per_vcpu_h = 0.036", "mine").cpu_usd_per_s(4) == pytest.approx(0.00004)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("as_of = ", "is no TOML"),
        ("", "as_of: Field required"),
        (RIGHT.replace("2026-08-20", '"one day"'), "as_of: "),
        (RIGHT.replace("0.0002", "-1"), "gpu.SOME_24.flex_usd_per_s: "),
        (RIGHT.replace("0.0002", "nan"), "gpu.SOME_24.flex_usd_per_s: "),
        (RIGHT.replace("flex_usd_per_s", "usd"), "gpu.SOME_24.flex_usd_per_s: Field required"),
        (RIGHT.replace("[50, 100]", "[50]"), "always_on_usd_per_month.cpu_pod"),
        ("surprise = 1" + RIGHT, "surprise: Extra inputs"),
    ],
)
def test_a_price_file_that_cannot_be_used_is_refused_in_one_sentence_that_says_where(text, said):
    with pytest.raises(InvalidSettings) as error:
        prices_of(text, "mine.toml")
    assert str(error.value).startswith("The price file mine.toml") and said in str(error.value)
    assert SHIPPED in str(error.value) and "\n" not in str(error.value)


def test_a_pool_without_a_price_is_refused_with_the_names_of_those_that_have_one():
    with pytest.raises(InvalidSettings, match="DOCTOWN_EMBED_POOL: 'NONE' has no price; write one of SOME_24"):
        prices_of(RIGHT, "mine").gpu_usd_per_s("NONE")


@pytest.mark.parametrize(
    ("age", "says"), [(0, None), (MOST_AGE_DAYS, None), (MOST_AGE_DAYS + 1, "181 days old"), (-1, "still to come")]
)
def test_prices_that_are_out_of_date_are_said_to_be_so_with_what_to_do(age, says):
    prices = prices_of(RIGHT, "mine")
    told = out_of_date(prices, prices.as_of + timedelta(days=age))
    assert told is None if says is None else says in told and "DOCTOWN_PRICES" in told


def test_a_file_that_is_nested_beyond_reason_is_one_sentence():
    with pytest.raises(InvalidSettings, match="is no TOML"):
        prices_of("a = " + "[" * 100_000, "mine")
