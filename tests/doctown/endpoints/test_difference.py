"""What is planned for an account: what is made, changed, refused; and that nobody is shown a secret."""

from doctown.endpoints.answers import EndpointAnswer
from doctown.endpoints.difference import account_plan
from doctown.endpoints.file import endpoints_file
from tests.fakes.endpoint_files import GOOD, good_but
from tests.fakes.management_rules import made, patched

VALUES = {"BUILD_KEY": "rpa_S3CRET1234"}


def read(text=GOOD):
    return endpoints_file(text.encode(), "x")


def applied(file, there=(), values=VALUES):
    """The account after everything planned was done, as the server would do it."""
    answers = {answer.id: answer for answer in there}
    plan = account_plan(file, list(there), values)
    ids = {one.name: one.there.id for one in plan.endpoints if one.there is not None}
    for one in plan.in_order:
        body = one.with_ids(ids).body
        ids.setdefault(one.name, f"id-{one.name}")
        old = answers.get(ids[one.name])
        raw = made(body, ids[one.name]) if old is None else patched(old.model_dump(by_alias=True, mode="json"), body)
        answers[ids[one.name]] = EndpointAnswer.model_validate(raw)
    return list(answers.values())


def other(**fields):
    body = {"name": "other", "type": "QUEUE", "image": "x/y:1", "gpu": {"pools": ["ADA_24"]}}
    body |= {"scaling": {"type": "QUEUE_DELAY", "queueDelay": 4}} | fields
    return EndpointAnswer.model_validate(made(body, "foreign"))


def test_an_empty_account_gets_everything_and_then_nothing():
    first = account_plan(read(), [], VALUES)
    assert [one.todo for one in first.endpoints] == ["make", "make"] and not first.all_refusals
    second = account_plan(read(), applied(read()), VALUES)
    assert not second.in_order and not second.all_refusals and not second.notes


def test_the_id_of_an_endpoint_that_is_to_be_made_is_filled_in_when_it_is():
    build = next(answer for answer in applied(read()) if answer.name == "doctown-build")
    assert build.env["EMBEDDER_ENDPOINT_ID"] == "id-embed" and build.env["RUNPOD_API_KEY"] == VALUES["BUILD_KEY"]
    assert build.env["AWS_SECRET_ACCESS_KEY"] == "{{ RUNPOD_SECRET_store-secret }}"


def test_the_value_of_a_secret_is_in_no_line_and_a_new_one_is_a_change():
    there = applied(read())
    plan = account_plan(read(), there, {"BUILD_KEY": "rpa_ANOTHER123"})
    (change,) = plan.endpoints[1].changes
    assert str(change) == "env.RUNPOD_API_KEY: differs (values are not shown)"
    assert "S3CRET" not in " ".join(str(c) for one in account_plan(read(), [], VALUES).endpoints for c in one.changes)


def test_a_secret_that_is_not_set_here_is_left_as_it_is_until_the_variables_must_be_sent():
    there = applied(read())
    assert not account_plan(read(), there, {}).all_refusals and not account_plan(read(), there, {}).in_order
    assert "BUILD_KEY is not set here" in account_plan(read(), [], {}).all_refusals[0]
    more = read(good_but("[endpoints.build.ids]", '[endpoints.build.environment]\nX = "1"\n[endpoints.build.ids]'))
    assert "BUILD_KEY is not set here" in account_plan(more, there, {}).all_refusals[0]


def test_an_endpoint_of_our_name_without_our_mark_is_somebody_elses():
    plan = account_plan(read(), [other(name="doctown-embed")], VALUES)
    assert "was not made by doctown" in plan.endpoints[0].refusals[0]
    assert "DOCTOWN_ENDPOINT=doctown/embed" in plan.endpoints[0].refusals[0]


def test_one_that_was_renamed_by_hand_or_by_flashboot_is_known_by_its_mark():
    there = [answer.model_copy(update={"name": f"{answer.name} -fb"}) for answer in applied(read())]
    assert not account_plan(read(), there, VALUES).in_order
    there = [answer.model_copy(update={"name": "renamed"}) for answer in applied(read())]
    changes = account_plan(read(), there, VALUES).endpoints[0].changes
    assert [str(change) for change in changes] == ["name: renamed -> doctown-embed"]


def test_two_of_one_mark_are_refused_with_both_ids():
    there = applied(read())
    twin = there[0].model_copy(update={"id": "twin"})
    sentence = account_plan(read(), [*there, twin], VALUES).all_refusals[0]
    assert "id-embed, twin" in sentence and "retire" in sentence


def test_a_gpu_endpoint_does_not_become_one_of_cpus():
    on_cpu = good_but(
        'gpu = { pools = ["ADA_24", "AMPERE_24"], excluded = ["NVIDIA L4"], min_cuda = "13.0" }',
        'cpu = [{ flavour = "cpu5c", vcpus = 8 }]',
    )
    (sentence,) = account_plan(read(on_cpu), applied(read()), VALUES).all_refusals
    assert "RunPod cannot change that; retire it" in sentence


def test_more_workers_than_the_account_has_free_are_refused_with_how_many_are():
    foreign = other(workers={"min": 0, "max": 4})
    (sentence,) = account_plan(read(), [foreign], VALUES).all_refusals
    assert "3 workers together" in sentence and "only 1 of the account's 5 are free" in sentence
    full = [*applied(read()), foreign]
    assert not account_plan(read(), full, VALUES).all_refusals  # nothing more is asked for


def test_what_gives_workers_back_comes_first():
    there = applied(
        read(good_but("max = 2", "max = 1").replace("max = 1 }\nscaling = { request", "max = 4 }\nscaling = { request"))
    )
    plan = account_plan(read(), there, VALUES)
    assert [one.name for one in plan.in_order] == ["build", "embed"]
    assert str(plan.endpoints[0].changes[0]) == "workers.max: 1 -> 2"


def test_one_of_ours_that_the_file_no_longer_has_is_left_alone_and_told():
    there = applied(read(GOOD.replace("[endpoints.build", "[endpoints.old")))
    plan = account_plan(read(GOOD), there, VALUES)
    (note,) = plan.notes
    assert "doctown-old (id-old)" in note and "doctown endpoints retire id-old" in note
