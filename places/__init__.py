"""Where a step runs: addresses, the local place, the fan-out of batches."""
