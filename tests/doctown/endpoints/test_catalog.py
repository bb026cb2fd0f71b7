"""What the file names is looked for in RunPod's catalog."""

import pytest

from doctown.endpoints.answers import CpuType, DataCentre, GpuType
from doctown.endpoints.catalog import Catalog, check_catalog
from doctown.endpoints.file import endpoints_file
from doctown.errors import InvalidSettings
from tests.fakes.endpoint_files import GOOD, good_but
from tests.fakes.management_rules import CPUS, DATA_CENTRES, GPUS

CATALOG = Catalog(
    [GpuType.model_validate(row) for row in GPUS],
    [CpuType.model_validate(row) for row in CPUS],
    [DataCentre.model_validate(row) for row in DATA_CENTRES],
)


def check(text):
    check_catalog(endpoints_file(text.encode(), "endpoints.toml"), CATALOG, "endpoints.toml")


def test_what_is_in_the_catalog_is_accepted():
    check(GOOD)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('"ADA_24"', '"ADA_42"', "[endpoints.embed] gpu pools names 'ADA_42', which is no GPU pool RunPod has; it has"),
        ('["NVIDIA L4"]', '["NVIDIA A40"]', "gpu excluded names 'NVIDIA A40', which is no card of its pools"),
        (
            '["ADA_24", "AMPERE_24"], excluded = ["NVIDIA L4"]',
            '["ADA_24"], excluded = ["NVIDIA GeForce RTX 4090"]',
            "leaves no card",
        ),
        ('flavour = "cpu5c"', 'flavour = "cpu9x"', "[endpoints.build] cpu flavour names 'cpu9x'"),
        ("vcpus = 8", "vcpus = 64", "has from 2 to 32 vCPUs"),
        ("disk_gb = 15", 'disk_gb = 15\ndata_centres = ["MOON-1"]', "data_centres names 'MOON-1'"),
    ],
)
def test_what_is_not_is_one_sentence_with_what_there_is(old, new, said):
    with pytest.raises(InvalidSettings) as caught:
        check(good_but(old, new))
    assert str(caught.value).startswith("endpoints.toml: ") and said in str(caught.value)


def test_the_stock_of_a_pool_is_that_of_its_best_card_that_is_not_excluded():
    embed = endpoints_file(GOOD.encode(), "x").endpoints[0]
    assert CATALOG.stock(embed.gpu) == {"ADA_24": "HIGH", "AMPERE_24": "MEDIUM"}
