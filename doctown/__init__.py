"""What is true: the pure heart of the project. No I/O, clock, randomness, environment, network, Prefect or RunPod."""
