"""Door: RunPod calls a step. Each folder here is one image."""
