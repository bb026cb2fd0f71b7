"""What lies between the endpoints of the file and those of the account: what to make, to change, and to refuse.

Pure: what is there, and the values of variables, are arguments. What a change does to jobs under way is for `places`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from doctown.endpoints.answers import EndpointAnswer
from doctown.endpoints.body import ENV, Settings, body_of, settings_there, wanted_settings
from doctown.endpoints.file import is_secret
from doctown.endpoints.spec import MARKER, Endpoint, EndpointsFile

OF_THE_ENGINE = (
    "gpu.",
    "cpu",
    "image",
    "env.DOCTOWN_ENGINE",
    "env.DOCTOWN_PRECISION",
    "env.DOCTOWN_MODEL",
    "env.MODEL_PATH",
    "env.ONNX_USE_GPU",
)
"""Settings (or how they begin) that decide what a worker computes with, and so the vectors it gives."""
UNKNOWN_ID = "(its id, once it is made)"


@dataclass(frozen=True, slots=True)
class Change:
    """One setting that is not as it should be. None: it is not set."""

    name: str
    there: Any
    wanted: Any
    is_private: bool = False

    def __str__(self) -> str:
        if self.is_private:
            told = "is to be set" if self.there is None else "is to go" if self.wanted is None else "differs"
            return f"{self.name}: {told} (values are not shown)"
        return f"{self.name}: {shown(self.there)} -> {shown(self.wanted)}"

    @property
    def is_of_the_engine(self) -> bool:
        """Whether it changes what a worker computes with."""
        return self.name.startswith(OF_THE_ENGINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointPlan:
    """What is to be done about one endpoint of the file."""

    name: str
    there: EndpointAnswer | None
    wanted: Settings
    changes: tuple[Change, ...] = ()
    refusals: tuple[str, ...] = ()
    """Why nothing is done about it as it stands, in sentences."""
    waits_for: Mapping[str, str] = field(default_factory=dict)
    """Variables that are to hold the id of an endpoint that is still to be made, by its name."""

    @property
    def todo(self) -> Literal["make", "change", "nothing"]:
        """What is to be done."""
        return "make" if self.there is None else "change" if self.changes else "nothing"

    @property
    def body(self) -> dict[str, Any]:
        """What to send."""
        return body_of(self.wanted, None if self.there is None else [change.name for change in self.changes])

    @property
    def frees_workers(self) -> bool:
        """Whether it makes room under the account's limit, and so comes first."""
        return self.there is not None and self.wanted["workers.max"] < self.there.workers.max

    def with_ids(self, ids: Mapping[str, str]) -> "EndpointPlan":
        """The same, once the endpoints it waits for are made; `ids` by name."""
        found = {ENV + variable: ids[name] for variable, name in self.waits_for.items()}
        return replace(self, wanted={**self.wanted, **found}, waits_for={})


@dataclass(frozen=True, slots=True)
class AccountPlan:
    """What is to be done about all of them, in the order of the file; `refusals` are about the account."""

    endpoints: tuple[EndpointPlan, ...]
    refusals: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def all_refusals(self) -> tuple[str, ...]:
        """Those of each endpoint, then those of the account."""
        return (*(one for plan in self.endpoints for one in plan.refusals), *self.refusals)

    @property
    def in_order(self) -> tuple[EndpointPlan, ...]:
        """What there is to do, in the order in which nothing is over the limit and every id is known when needed."""
        todo = [plan for plan in self.endpoints if plan.todo != "nothing"]
        first = [plan for plan in todo if plan.frees_workers and not plan.waits_for]
        return (*first, *(plan for plan in todo if plan not in first))


def changes_of(wanted: Settings, there: Settings, private: frozenset[str] = frozenset()) -> tuple[Change, ...]:
    """The settings that differ. `private`: variables whose values are told to nobody; those set by hand never are."""
    names = [*wanted, *(name for name in there if name not in wanted)]
    return tuple(
        Change(name, there.get(name), wanted.get(name), _is_private(name, wanted, there, private))
        for name in names
        if wanted.get(name) != there.get(name)
    )


def account_plan(file: EndpointsFile, there: Sequence[EndpointAnswer], values: Mapping[str, str]) -> AccountPlan:
    """What is to be done so that `there` becomes as `file` says; `values` has secrets by their variable."""
    ids: dict[str, str] = {}
    plans = []
    for endpoint in file.endpoints:
        plan = _endpoint_plan(file, endpoint, there, values, ids)
        if plan.there is not None:
            ids[endpoint.name] = plan.there.id
        plans.append(plan)
    return AccountPlan(tuple(plans), _over_limit(file, plans, there), _notes(file, there))


def is_ours(file: EndpointsFile, answer: EndpointAnswer) -> bool:
    """Whether we made it: the name alone could be anybody's."""
    return answer.variables.get(MARKER, "").startswith(f"{file.prefix}/")


def marked(there: Sequence[EndpointAnswer], mark: str) -> list[EndpointAnswer]:
    """The endpoints of that mark; there should be one at most."""
    return [answer for answer in there if answer.variables.get(MARKER) == mark]


def shown(value: Any) -> str:
    """A setting's value as a person reads it."""
    if value is None or value == "":
        return "none"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "none"
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return ", ".join(f"{flavour} with {vcpus} vCPUs" for flavour, vcpus in value)
    if isinstance(value, tuple):
        return f"{value[0]} {value[1]:g}"
    return str(value)


def _endpoint_plan(
    file: EndpointsFile,
    endpoint: Endpoint,
    there: Sequence[EndpointAnswer],
    values: Mapping[str, str],
    ids: Mapping[str, str],
) -> EndpointPlan:
    environment, missing = _environment(endpoint, values)
    environment |= {variable: ids.get(name, UNKNOWN_ID) for variable, name in endpoint.ids.items()}
    waits_for = {variable: name for variable, name in endpoint.ids.items() if name not in ids}
    wanted = wanted_settings(file, endpoint, environment)
    private = frozenset(ENV + name for name, secret in endpoint.secrets.items() if secret.kept_in == "env")
    found = marked(there, file.mark(endpoint.name))
    current = found[0] if found else None
    refusals = _refusals(file, endpoint, there, found)
    if current is None:
        changes = changes_of(wanted, {}, private)
    else:
        known = settings_there(current)
        unseen = {name: known[ENV + name] for name in missing if ENV + name in known}
        changes = changes_of(wanted | {ENV + name: value for name, value in unseen.items()}, known, private)
        refusals += _immutable(endpoint.name, wanted, known)
    if missing and (current is None or any(change.name.startswith(ENV) for change in changes)):
        names = ", ".join(sorted(set(missing.values())))
        refusals.append(
            f"{endpoint.name} needs the values of all its variables, and {names} {'is' if len(missing) == 1 else 'are'}"
            " not set here; set what is missing."
        )
    return EndpointPlan(
        name=endpoint.name,
        there=current,
        wanted=wanted,
        changes=changes,
        refusals=tuple(refusals),
        waits_for=waits_for,
    )


def _environment(endpoint: Endpoint, values: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """The variables whose values are known, and those that are not, each with the variable it would come from."""
    known, missing = dict(endpoint.environment), {}
    for name, secret in endpoint.secrets.items():
        if secret.kept_in == "runpod":
            known[name] = secret.reference
        elif values.get(secret.name):
            known[name] = values[secret.name]
        else:
            missing[name] = secret.name
    return known, missing


def _refusals(
    file: EndpointsFile, endpoint: Endpoint, there: Sequence[EndpointAnswer], found: Sequence[EndpointAnswer]
) -> list[str]:
    if len(found) > 1:
        listed = ", ".join(answer.id for answer in found)
        return [
            f"{endpoint.name} is there {len(found)} times ({listed}); retire all but one of them by its id: doctown "
            f"endpoints retire {found[-1].id}."
        ]
    full_name = file.full_name(endpoint.name)
    strangers = [answer for answer in there if answer.plain_name == full_name and answer not in found]
    if found or not strangers:
        return []
    return [
        f"{full_name} ({strangers[0].id}) is there but was not made by doctown; give it the variable {MARKER}="
        f"{file.mark(endpoint.name)} in RunPod's console to hand it over, or choose another prefix."
    ]


def _immutable(name: str, wanted: Settings, there: Settings) -> list[str]:
    said = "RunPod cannot change that; retire it, then apply makes it anew."
    if ("cpu" in wanted) != ("cpu" in there):
        return [f"{name} is to run on {'CPUs' if 'cpu' in wanted else 'GPUs'}, which it does not now: {said}"]
    if there["type"] != wanted["type"]:
        return [f"{name} has no queue (it is {there['type']}): {said}"]
    return []


def _over_limit(file: EndpointsFile, plans: Sequence[EndpointPlan], there: Sequence[EndpointAnswer]) -> tuple[str, ...]:
    """A sentence if the workers that are wanted are more than the account may have."""
    planned = {plan.there.id for plan in plans if plan.there is not None}
    others = sum(answer.workers.max for answer in there if answer.id not in planned)
    wanted = sum(plan.wanted["workers.max"] for plan in plans)
    before = sum(plan.there.workers.max for plan in plans if plan.there is not None)
    if wanted <= before or wanted + others <= file.worker_limit:
        return ()
    free = max(file.worker_limit - others, 0)
    return (
        f"The endpoints of the file may have {wanted} workers together, but only {free} of the account's "
        f"{file.worker_limit} are free ({others} are other endpoints'); lower workers.max, or raise worker_limit if "
        "RunPod lets the account have more.",
    )


def _notes(file: EndpointsFile, there: Sequence[EndpointAnswer]) -> tuple[str, ...]:
    marks = {file.mark(endpoint.name) for endpoint in file.endpoints}
    return tuple(
        f"{answer.plain_name} ({answer.id}) is ours and not in the file; it is left alone: doctown endpoints retire "
        f"{answer.id} ends it."
        for answer in there
        if is_ours(file, answer) and answer.variables.get(MARKER) not in marks
    )


def _is_private(name: str, wanted: Settings, there: Settings, private: frozenset[str]) -> bool:
    """A variable that the file has in the clear may be shown, unless what stands there in its place looks secret."""
    if not name.startswith(ENV):
        return False
    plain = name.removeprefix(ENV)
    by_hand = name not in wanted and plain != MARKER
    return by_hand or name in private or is_secret(plain, str(there.get(name, "")))
