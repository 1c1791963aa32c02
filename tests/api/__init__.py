"""The HTTP contract, on real servers."""
