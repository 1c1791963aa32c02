"""The command line and its processes, run for real."""
