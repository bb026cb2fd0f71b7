"""A bill, as `places.bills.bill_of` gives it, written down by hand."""


def bill(worker="w", address="https://api.runpod.ai/v2/x", **more):
    """Of one worker that did one batch, in two jobs, and one that came and took none."""
    parts = {"start_s": 10.0, "execution_s": 4.5, "idle_s": 5.0, "billed_s": 20, "usd": 0.0032}
    spare = {
        "worker": None,
        "jobs": 0,
        "start_s": 10.0,
        "execution_s": 0.0,
        "idle_s": 5.0,
        "billed_s": 15,
        "usd": 0.0024,
    }
    place = {
        "address": address,
        "machine": "AMPERE_16",
        "usd_per_s": 0.00016,
        "usd": 0.0056,
        "billed_seconds": 35,
        "seconds": {"queue": 10.0, "start": 20.0, "execution": 4.5, "idle": 10.0},
        "jobs": {"COMPLETED": 1, "FAILED": 1},
        "jobs_of_other_runs": 0,
        "tokens_per_s": 1000.0,
        "workers": [{"worker": worker, "jobs": 2} | parts, spare],
    }
    row = {"step": "embed", "batch": "b", "address": address, "worker": worker, "usd": 0.0016}
    return {
        "usd": 0.0056,
        "billed_seconds": 35,
        "seconds": place["seconds"],
        "places": [place],
        "batches": [row, row],
        "lost_attempts": {"WorkerLost": {"attempts": 1, "seconds": 61.2}},
        "perhaps_paid_twice": 1,
        "prices": {"as_of": "2026-08-20", "out_of_date": None},
        "always_on": {
            "usd_per_month": {"least": 30, "most": 50},
            "usd_while_it_ran": {"least": 0.001, "most": 0.002},
            "runs_a_month_of_equal_cost": {"least": 5357, "most": 8929},
        },
    } | more
