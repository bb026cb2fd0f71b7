"""The order of work, as Prefect flows. The only folder that knows Prefect's engine."""
