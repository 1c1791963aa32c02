"""Speed and size, measured and held against limits. Run it as ``python -m bench``."""
