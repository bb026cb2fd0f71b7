"""The flow `reap-remote-jobs`: what runs that are over left at endpoints is cancelled; and the same for one run alone.

It is made to be scheduled every few minutes. Prefect says which runs are over; what is then done about their jobs is
left to `places.reaping`. `cancel_what_is_left` is the hook of a run that was cancelled or crashed: Prefect calls it in
a new process where the run's own is gone.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import asdict
from typing import Any
from uuid import UUID

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.client.schemas.objects import FlowRun, State

from flows.door import the_door
from flows.markdown import plain
from places.reaping import Reaped, reap

_log = logging.getLogger(__name__)

HOOK_S = 25.0
"""Prefect gives a cancelled run 30 seconds."""
AT_ONCE = 100
"""Runs asked for in one request: Prefect answers with at most 200."""


@flow(name="reap-remote-jobs", flow_run_name="reap remote jobs", persist_result=False)
async def reap_remote_jobs() -> dict[str, int]:
    """Cancel the jobs at RunPod that belong to runs which are over and that no other run waits for.

    Results that are there to be fetched are left: they cost nothing, and the run may be repeated.

    Returns:
        How many jobs were cancelled, forgotten (the endpoint knows them no more), left, and failed to be cancelled.

    Raises:
        StoreUnavailable: the records cannot be read.
    """
    reaped = await reap(the_door().settings, runs_that_are_over)
    await _publish(reaped)
    return dict(Counter(one.done for one in reaped))


async def runs_that_are_over(owners: AbstractSet[str]) -> set[str]:
    """Those of `owners` that are runs of this Prefect server and have come to their end; of others it knows nothing."""
    ids = {owner: found for owner in owners if (found := _uuid_of(owner)) is not None}
    over: set[UUID] = set()
    async with get_client() as client:
        wanted = sorted(ids.values())
        for start in range(0, len(wanted), AT_ONCE):
            among = FlowRunFilter(id=FlowRunFilterId(any_=wanted[start : start + AT_ONCE]))
            for run in await client.read_flow_runs(flow_run_filter=among):
                if run.state is not None and run.state.is_final():
                    over.add(run.id)
    return {owner for owner, found in ids.items() if found in over}


async def cancel_what_is_left(flow: Any, flow_run: FlowRun, state: State[Any]) -> None:
    """Cancel the jobs that the run could not cancel itself. What fails is told; the flow above tries again."""
    mine = str(flow_run.id)

    async def over(owners: AbstractSet[str]) -> AbstractSet[str]:
        return owners & {mine}

    try:
        async with asyncio.timeout(HOOK_S):
            reaped = await reap(the_door().settings, over, only_owners={mine})
    except Exception as error:  # a hook that raises would only hide how the run ended
        _log.warning("What run %s left at endpoints could not be looked for: %s", mine, error)
        return
    for done, times in sorted(Counter(one.done for one in reaped).items()):
        _log.info("Of the jobs of run %s, %d: %s", mine, times, done)


async def _publish(reaped: Sequence[Reaped]) -> None:
    from prefect.artifacts import acreate_table_artifact

    if not reaped:
        return
    rows = [{name: plain(value, 300) for name, value in asdict(one).items()} for one in reaped]
    try:
        await acreate_table_artifact(rows, key="reaped-remote-jobs", description="What was done about jobs left behind")
    except Exception as error:
        _log.warning("What was reaped could not be shown in Prefect: %s", error)


def _uuid_of(owner: str) -> UUID | None:
    try:
        return UUID(owner)
    except ValueError:
        return None
