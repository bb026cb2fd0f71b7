"""RunPod endpoints as data: the file that says how they should be, what is there, and what lies between."""
