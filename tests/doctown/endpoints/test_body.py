"""Settings and bodies say the same: what is sent comes back, and applying a difference leaves none."""

from hypothesis import given
from hypothesis import strategies as st

from doctown.endpoints.answers import EndpointAnswer
from doctown.endpoints.body import body_of, settings_there, wanted_settings
from doctown.endpoints.difference import changes_of
from doctown.endpoints.file import endpoints_file
from doctown.endpoints.spec import Cpu, Endpoint, EndpointsFile, Gpu, Scaling
from tests.fakes.endpoint_files import GOOD
from tests.fakes.management_rules import made, patched, refusal_of

names = st.sampled_from(["A", "B", "C", "D"])
texts = st.text(max_size=5)
pools = st.sampled_from(
    [
        Gpu(("ADA_24",)),
        Gpu(("AMPERE_24", "ADA_24"), ("NVIDIA L4",), 2, "12.8"),
        Gpu(("AMPERE_24",), (), 1, None, ("12.8",)),
    ]
)
cpus = st.lists(
    st.builds(Cpu, st.sampled_from(["cpu3c", "cpu5c"]), st.sampled_from([2, 4, 8])), min_size=1, unique=True
)
delays = st.tuples(st.builds(Scaling, st.just("queue_delay_s"), st.floats(0.5, 100)), st.integers(1, 3600))
counts = st.tuples(st.builds(Scaling, st.just("request_count"), st.integers(1, 9).map(float)), st.none())


@st.composite
def wanted(draw, on_gpu):
    scaling, idle_timeout_s = draw(delays | counts)
    most = draw(st.integers(0, 5))
    endpoint = Endpoint(
        name="embed",
        image=draw(st.sampled_from(["x/y:1", "x/y:2"])),
        gpu=draw(pools) if on_gpu else None,
        cpu=() if on_gpu else tuple(draw(cpus)),
        workers_min=draw(st.integers(0, most)),
        workers_max=most,
        scaling=scaling,
        idle_timeout_s=idle_timeout_s,
        execution_timeout_s=draw(st.integers(5, 604_800)),
        flashboot=draw(st.sampled_from(["OFF", "FLASHBOOT"])),
        disk_gb=draw(st.integers(1, 50)),
        data_centres=tuple(draw(st.lists(st.sampled_from(["EU-RO-1", "US-KS-2"]), unique=True))),
        registry=draw(st.sampled_from([None, "r1"])),
    )
    return wanted_settings(EndpointsFile("doctown", 5, (endpoint,)), endpoint, draw(st.dictionaries(names, texts)))


def there(body):
    assert refusal_of(body) is None
    return made(body, "ep1")


pairs = st.booleans().flatmap(lambda on_gpu: st.tuples(wanted(on_gpu), wanted(on_gpu)))


@given(pairs)
def test_what_is_made_has_the_settings_that_were_wanted_and_no_difference(pair):
    settings = pair[0]
    found = settings_there(EndpointAnswer.model_validate(there(body_of(settings))))
    assert found == settings
    assert changes_of(settings, found) == () and changes_of(found, found) == ()


@given(pairs)
def test_a_difference_that_is_applied_leaves_none_whatever_was_there(pair):
    before, after = pair
    current = there(body_of(before))
    changes = changes_of(after, settings_there(EndpointAnswer.model_validate(current)))
    body = body_of(after, [change.name for change in changes])
    assert bool(changes) == bool(body)
    assert refusal_of(body, current) is None
    found = settings_there(EndpointAnswer.model_validate(patched(current, body)))
    assert changes_of(after, found) == ()


def test_a_body_of_one_change_names_nothing_else():
    file = endpoints_file(GOOD.encode(), "x")
    settings = wanted_settings(file, file.endpoints[0], {"PRODUCTION": "true"})
    assert body_of(settings, ["image"]) == {"image": "docker.io/me/doctown-embed:0.1.0"}
    assert body_of(settings, ["execution_timeout_s"]) == {"timeout": 600_000}
    assert body_of(settings, ["gpu.excluded"])["gpu"]["pools"] == ["ADA_24", "AMPERE_24"]


def test_what_the_file_does_not_speak_of_is_a_difference_where_it_was_set_by_hand():
    file = endpoints_file(GOOD.encode(), "x")
    settings = wanted_settings(file, file.endpoints[0], {"PRODUCTION": "true"})
    by_hand = there(body_of(settings)) | {"args": "--verbose", "ports": ["80/http"], "networkVolumes": ["v1"]}
    by_hand["env"] |= {"SEEN": "S3CRET"}
    changes = changes_of(settings, settings_there(EndpointAnswer.model_validate(by_hand)))
    assert {change.name for change in changes} == {"args", "ports", "network_volumes", "env.SEEN"}
    assert not any("S3CRET" in str(change) for change in changes)
