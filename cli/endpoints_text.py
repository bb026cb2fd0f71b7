"""How plans and states of endpoints look: lines for a person, plain data for `--json`. Secret values are in neither."""

from typing import Any

from doctown.endpoints.diagnosis import SPENT_DAYS, STATES, Look
from doctown.endpoints.difference import AccountPlan, Change, EndpointPlan, shown
from places.provisioning import Made, Status

_SIGNS = {"make": "+", "change": "~", "nothing": "="}


def plan_text(plan: AccountPlan) -> list[str]:
    """A line an endpoint, below it what would change; then what is refused and what else there is to know."""
    lines = [line for one in plan.endpoints for line in _endpoint_lines(one)]
    lines += [f"refused: {sentence}" for sentence in plan.all_refusals]
    lines += [f"note: {note}" for note in plan.notes]
    todo = [one.todo for one in plan.endpoints]
    if not plan.in_order:
        return [*lines, "Nothing to change."]
    told = [f"{todo.count(kind)} to {kind}" for kind in ("make", "change") if kind in todo]
    return [*lines, f"{', '.join(told)}, {todo.count('nothing')} as they should be."]


def plan_json(plan: AccountPlan) -> dict[str, Any]:
    """The same as data."""
    return {
        "nothing_to_change": not plan.in_order,
        "endpoints": [
            {
                "name": one.name,
                "id": None if one.there is None else one.there.id,
                "todo": one.todo,
                "changes": [_change_json(change) for change in one.changes],
                "refusals": list(one.refusals),
            }
            for one in plan.endpoints
        ],
        "refusals": list(plan.refusals),
        "notes": list(plan.notes),
    }


def made_text(made: list[Made]) -> list[str]:
    """One line an endpoint: its name, id and URL."""
    return [f"{one.name} {one.id} {one.address}" for one in made]


def made_json(made: list[Made]) -> dict[str, Any]:
    """The same as data, with what was done."""
    return {
        "endpoints": [
            {
                "name": one.name,
                "id": one.id,
                "address": one.address,
                "done": one.done,
                "not_taken": list(one.not_taken),
            }
            for one in made
        ]
    }


def status_text(statuses: list[Status]) -> list[str]:
    """What is wrong in a sentence, then workers, jobs, the last release, and the last lines of sick workers."""
    return [line for status in statuses for line in _status_lines(status)]


def status_json(statuses: list[Status]) -> dict[str, Any]:
    """The same as data."""
    return {"endpoints": [_status_json(status) for status in statuses]}


def _endpoint_lines(one: EndpointPlan) -> list[str]:
    where = "to be made" if one.there is None else one.there.id
    lines = [f"{_SIGNS[one.todo]} {one.name} ({where})"]
    if one.there is None:
        return lines + [
            f"    {_new_setting(change)}" for change in one.changes if change.wanted not in (None, "", frozenset())
        ]
    return lines + [f"    {change}" for change in one.changes]


def _new_setting(change: Change) -> str:
    return f"{change.name}: {'(not shown)' if change.is_private else shown(change.wanted)}"


def _change_json(change: Change) -> dict[str, Any]:
    if change.is_private:
        return {"setting": change.name, "private": True}
    return {"setting": change.name, "there": _data(change.there), "wanted": _data(change.wanted)}


def _data(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return [{"flavour": flavour, "vcpus": vcpus} for flavour, vcpus in value]
    return {value[0]: value[1]} if isinstance(value, tuple) and value else value


def _status_lines(status: Status) -> list[str]:
    look = status.look
    if look is None:
        return [f"{status.name}: {status.sentence}"]
    counts = ", ".join(f"{look.counts[state]} {state.lower()}" for state in STATES if look.counts[state]) or "none"
    jobs = "unknown" if look.queued is None else f"{look.queued} waiting, {look.running} running"
    lines = [
        f"{status.name} ({look.there.id}): {status.sentence}",
        f"    workers: {counts}; at most {look.there.workers.max}",
        f"    jobs: {jobs}",
        f"    last release: {_release(look)}",
    ]
    if look.spent_usd is not None:
        lines.append(f"    cost: ${look.spent_usd:.2f} in the last {SPENT_DAYS} days")
    for worker, found in look.logs.items():
        lines.append(
            f"    worker {worker}, {_state(look, worker)}: {'its last lines' if found else 'it wrote nothing'}"
        )
        lines += [f"      {line.ts} {line.source} | {line.line:.400}" for line in found]
    return lines


def _status_json(status: Status) -> dict[str, Any]:
    look = status.look
    if look is None:
        return {"name": status.name, "id": None, "sentence": status.sentence}
    newest = look.releases[0] if look.releases else None
    return {
        "name": status.name,
        "id": look.there.id,
        "address": look.there.address,
        "sentence": status.sentence,
        "workers": {state.lower(): look.counts[state] for state in STATES} | {"max": look.there.workers.max},
        "jobs": None if look.queued is None else {"waiting": look.queued, "running": look.running},
        "cost": None if look.spent_usd is None else {"usd": look.spent_usd, "days": SPENT_DAYS},
        "last_release": newest
        and {"version": newest.version, "created_at": newest.created_at, "changed": list(newest.fields)},
        "logs": {
            worker: [{"at": line.ts, "source": line.source, "line": line.line} for line in found]
            for worker, found in look.logs.items()
        },
    }


def _release(look: Look) -> str:
    if not look.releases:
        return "none"
    newest = look.releases[0]
    changed = ", ".join(name for name in newest.fields if name)
    return (
        f"{newest.version or '?'} of {newest.created_at or 'unknown time'}{f', changed {changed}' if changed else ''}"
    )


def _state(look: Look, worker_id: str) -> str:
    return next(worker.status.lower() for worker in look.workers if worker.id == worker_id)
