"""RunPod on this machine: a queue and its states, the HTTP both sides speak, real worker processes of the real SDK."""
