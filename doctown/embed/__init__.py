"""What is known about embedding without running a model: batches, vectors, the BERT graph."""
