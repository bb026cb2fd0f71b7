"""The endpoints of the file, planned, applied, looked at and retired, over RunPod's management API.

What differs and what is wrong is computed in `doctown.endpoints`; here it is asked, in which order it is done, and what
jobs that are under way forbid: a worker on another card computes other vectors, and a run that gets both fails.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.rate import Sleep
from adapters.runpod import RunPodClient
from adapters.runpod_management import ManagementClient
from adapters.settings import Settings
from doctown.endpoints.answers import EndpointAnswer
from doctown.endpoints.body import settings_there
from doctown.endpoints.catalog import Catalog, check_catalog
from doctown.endpoints.diagnosis import SPENT_DAYS, Look, diagnosis, needs_logs
from doctown.endpoints.difference import AccountPlan, EndpointPlan, account_plan, changes_of, is_ours, marked
from doctown.endpoints.spec import MARKER, Endpoint, EndpointsFile
from doctown.errors import BackendError, DoctownError, EndpointRefused

LOOK_S = 2.0
"""Between two looks at the jobs of an endpoint that is to be retired."""

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Jobs:
    """How many jobs of an endpoint wait and run."""

    queued: int
    running: int

    def __str__(self) -> str:
        return f"{self.queued} waiting and {self.running} running"

    def __bool__(self) -> bool:
        return self.queued + self.running > 0


@dataclass(frozen=True, slots=True)
class Made:
    """An endpoint that is as the file says."""

    name: str
    id: str
    address: str
    done: str
    """`made`, `changed` or `nothing`."""
    not_taken: tuple[str, ...] = ()
    """Settings that RunPod kept as they were, though it did not say no."""


@dataclass(frozen=True, slots=True)
class Status:
    """One endpoint of the file: what was seen, and what is wrong in a sentence. No look: it is not there."""

    name: str
    look: Look | None
    sentence: str


class Provisioning:
    """The account's endpoints over one client; close the client, not this."""

    def __init__(
        self,
        client: ManagementClient,
        settings: Settings,
        file: EndpointsFile,
        file_name: str,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        """`settings`: the key, and who may have it. `file_name`: what the file is called in an error."""
        self._client, self._settings, self._sleep = client, settings, sleep
        self._file, self._file_name = file, file_name

    async def planned(self, values: Mapping[str, str], force: bool = False) -> AccountPlan:
        """What is to be done. `values`: the variables that secrets come from. `force`: jobs under way forbid nothing.

        Raises InvalidSettings: the file names what RunPod does not have. And what the client raises.
        """
        there = await self._client.endpoints()
        check_catalog(self._file, await self._client.catalog(), self._file_name)
        plan = account_plan(self._file, there, values)
        checked = plan.endpoints if force else [await self._with_jobs(one) for one in plan.endpoints]
        return replace(plan, endpoints=tuple(checked))

    async def applied(self, plan: AccountPlan, say: Say) -> list[Made]:
        """Do what is planned, in the order in which it can be done; without anything to do, nothing is written.

        Raises EndpointRefused: something in the plan is refused; nothing was done.
        """
        if plan.all_refusals:
            raise EndpointRefused(plan.all_refusals[0])
        made = {one.name: one.there for one in plan.endpoints if one.there is not None}
        not_taken: dict[str, tuple[str, ...]] = {}
        for one in plan.in_order:
            ready = one.with_ids({name: answer.id for name, answer in made.items()})
            try:
                answer = await self._done(ready)
            except DoctownError as error:
                raise type(error)(f"{one.name}: {error}") from error
            made[one.name] = answer
            say(f"{one.name}: {'made' if one.there is None else 'changed'} ({answer.id})")
            not_taken[one.name] = await self._not_taken(ready, answer)
        done = {"make": "made", "change": "changed", "nothing": "nothing"}
        return [
            Made(one.name, made[one.name].id, made[one.name].address, done[one.todo], not_taken.get(one.name, ()))
            for one in plan.endpoints
        ]

    async def statuses(self, names: Sequence[str]) -> list[Status]:
        """How the endpoints of those names are, all of the file without any. Raises EndpointRefused: unknown name."""
        known = {endpoint.name: endpoint for endpoint in self._file.endpoints}
        if unknown := [name for name in names if name not in known]:
            raise EndpointRefused(f"The file has no endpoint {unknown[0]!r:.60}; it has {', '.join(known)}.")
        there = await self._client.endpoints()
        catalog = await self._client.catalog()
        try:
            spent_usd: dict[str, float] | None = await self._client.spent_usd(SPENT_DAYS)
        except DoctownError:
            spent_usd = None  # a key may be without the right to see it
        asked = (self._status(known[name], there, catalog) for name in names or known)
        found = await asyncio.gather(*asked)
        return [_with_cost(status, spent_usd) for status in found]

    async def retirable(self, name: str) -> EndpointAnswer:
        """The endpoint meant by `name`: of the file, or an id, or a whole name.

        Raises EndpointRefused: there is none, or several, or it is not ours.
        """
        there = await self._client.endpoints()
        by_id = [answer for answer in there if answer.id == name]
        found = by_id or marked(there, self._file.mark(name)) or [one for one in there if one.plain_name == name]
        if not found:
            raise EndpointRefused(f"There is no endpoint {name!r:.60} in the account; doctown endpoints plan has all.")
        if len(found) > 1:
            listed = ", ".join(answer.id for answer in found)
            raise EndpointRefused(
                f"There are {len(found)} endpoints {name}; name the one you mean by its id: {listed}."
            )
        if not is_ours(self._file, found[0]):
            raise EndpointRefused(
                f"{found[0].plain_name} ({found[0].id}) was not made by doctown, which shows in its lack of the "
                f"variable {MARKER}; end it in RunPod's console."
            )
        return found[0]

    def dependents(self, endpoint: EndpointAnswer) -> list[str]:
        """The endpoints of the file whose workers are given its id."""
        return [
            one.name
            for one in self._file.endpoints
            if endpoint.variables.get(MARKER) in {self._file.mark(name) for name in one.ids.values()}
        ]

    async def retire(self, endpoint: EndpointAnswer, wait_s: float, force: bool, say: Say) -> None:
        """Let no new worker come, wait for the jobs, then end it for ever.

        Raises EndpointRefused: it still has jobs after `wait_s` seconds; it is as it was. `force`: they are lost.
        """
        jobs = None if force else await self._idle(endpoint, wait_s, say)
        if jobs:
            raise _has_jobs(endpoint, jobs)
        before = {"min": endpoint.workers.min, "max": endpoint.workers.max}
        await self._client.update(endpoint.id, {"workers": {"min": 0, "max": 0}})
        try:
            jobs = None if force else await self._jobs(endpoint)  # one may have come in between
            if jobs:
                raise _has_jobs(endpoint, jobs)
        except BaseException:
            await self._client.update(endpoint.id, {"workers": before})
            raise
        await self._client.delete(endpoint.id)

    async def _done(self, plan: EndpointPlan) -> EndpointAnswer:
        if plan.there is None:
            return await self._client.create(plan.body)
        return await self._client.update(plan.there.id, plan.body)

    async def _not_taken(self, plan: EndpointPlan, answer: EndpointAnswer) -> tuple[str, ...]:
        """The settings that are still not as wanted; what the answer to a write says is looked at once more."""
        names = [change.name for change in changes_of(plan.wanted, settings_there(answer))]
        if names and (now := await self._client.endpoint(answer.id)):
            names = [change.name for change in changes_of(plan.wanted, settings_there(now))]
        return tuple(name for name in names if plan.there is None or name in {one.name for one in plan.changes})

    async def _with_jobs(self, plan: EndpointPlan) -> EndpointPlan:
        """The plan, refused where jobs are under way that would get other vectors half-way."""
        changed = [change.name for change in plan.changes if change.is_of_the_engine]
        if plan.there is None or not changed or plan.refusals:
            return plan
        jobs = await self._jobs(plan.there)
        if not jobs:
            return plan
        refusal = (
            f"{plan.name} has jobs ({jobs}), and with another {' and '.join(changed)} some would be run by the old "
            "workers and some by the new, whose vectors may differ; wait until they are done, or give --force."
        )
        return replace(plan, refusals=(*plan.refusals, refusal))

    async def _status(self, endpoint: Endpoint, there: Sequence[EndpointAnswer], catalog: Catalog) -> Status:
        found = marked(there, self._file.mark(endpoint.name))
        if not found:
            return Status(endpoint.name, None, "It is not there; doctown endpoints apply makes it.")
        answer = found[0]
        workers = await self._client.workers(answer.id)
        sick = [worker for worker in workers if needs_logs(worker)]
        logs = {worker.id: await self._client.log_lines(answer.id, worker.id) for worker in sick[:3]}
        try:
            jobs: Jobs | None = await self._jobs(answer)
        except DoctownError:
            jobs = None  # how it is can be told without
        look = Look(
            there=answer,
            workers=workers,
            releases=await self._client.releases(answer.id),
            queued=None if jobs is None else jobs.queued,
            running=None if jobs is None else jobs.running,
            logs=logs,
            stock={} if endpoint.gpu is None else catalog.stock(endpoint.gpu),
        )
        return Status(endpoint.name, look, diagnosis(look, endpoint))

    async def _idle(self, endpoint: EndpointAnswer, wait_s: float, say: Say) -> Jobs:
        """The jobs there are after at most `wait_s` seconds of waiting for none."""
        waited_s = 0.0
        while (jobs := await self._jobs(endpoint)) and waited_s < wait_s:
            say(f"{endpoint.plain_name}: {jobs}; waiting for them")
            pause_s = min(LOOK_S, wait_s - waited_s)
            await self._sleep(pause_s)
            waited_s += pause_s
        return jobs

    async def _jobs(self, endpoint: EndpointAnswer) -> Jobs:
        client = RunPodClient(endpoint.address, self._settings.runpod_api_key, self._settings.key_hosts)
        try:
            counts = (await client.health()).get("jobs")
        finally:
            await client.aclose()
        if not isinstance(counts, Mapping):
            raise BackendError(f"{endpoint.address} does not say how many jobs it has; give --force to go on.")
        queued, running = (counts.get(key, 0) for key in ("inQueue", "inProgress"))
        return Jobs(*(n if isinstance(n, int) and n > 0 else 0 for n in (queued, running)))


def _with_cost(status: Status, spent_usd: Mapping[str, float] | None) -> Status:
    if status.look is None or spent_usd is None:
        return status
    return replace(status, look=replace(status.look, spent_usd=spent_usd.get(status.look.there.id, 0.0)))


def _has_jobs(endpoint: EndpointAnswer, jobs: Jobs) -> EndpointRefused:
    return EndpointRefused(
        f"{endpoint.plain_name} ({endpoint.id}) has jobs ({jobs}) and is left as it was; wait for them with --wait "
        "SECONDS, or give --force to lose them."
    )
