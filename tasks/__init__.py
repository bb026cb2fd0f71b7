"""The steps: plain functions, request in, result out. No Prefect, no RunPod."""
