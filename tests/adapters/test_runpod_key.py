"""Who is given RunPod's key, and that an answer that repeats it does not get through."""

import pytest
from pydantic import SecretStr

from adapters.runpod_key import LOOPBACK_KEY, MANAGEMENT_HOST, RUNPOD_HOST, host_of, key_for, without_key
from doctown.errors import InvalidSettings

KEY = SecretStr("rpa_SECRET_KEY")


def test_each_api_has_one_host_of_its_own():
    assert key_for(RUNPOD_HOST, KEY, "") == key_for(MANAGEMENT_HOST, KEY, "", own=MANAGEMENT_HOST) == "rpa_SECRET_KEY"
    for host, own in ((MANAGEMENT_HOST, RUNPOD_HOST), (RUNPOD_HOST, MANAGEMENT_HOST), ("example.org", RUNPOD_HOST)):
        with pytest.raises(InvalidSettings, match="DOCTOWN_KEY_HOSTS"):
            key_for(host, KEY, "", own=own)


def test_a_host_that_is_listed_gets_it_and_loopback_never_does():
    assert key_for("example.org", KEY, " Example.org , b") == "rpa_SECRET_KEY"
    assert key_for("127.0.0.1", KEY, "127.0.0.1") == LOOPBACK_KEY


@pytest.mark.parametrize("key", ["", " ", "a\nb", "schlüssel"])
def test_a_key_that_is_none_is_refused(key):
    with pytest.raises(InvalidSettings, match="RUNPOD_API_KEY"):
        key_for(RUNPOD_HOST, SecretStr(key), "")


def test_an_address_that_is_none_is_told_with_how_to_write_one():
    with pytest.raises(InvalidSettings, match="'x' is no address of a kettle"):
        host_of("x", "a kettle")
    with pytest.raises(InvalidSettings) as caught:
        host_of("https://me:S3CRET@api.runpod.ai/v2/x")
    assert "S3CRET" not in str(caught.value)


def test_an_answer_that_repeats_the_key_loses_it_and_short_words_stay():
    assert without_key(b"you sent rpa_SECRET_KEY", "rpa_SECRET_KEY") == b"you sent ***"
    assert without_key(b"a loopback", LOOPBACK_KEY) == b"a loopback" and without_key(b"abc", "abc") == b"abc"
