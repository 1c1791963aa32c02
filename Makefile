# Thin on purpose: what a target does stands in scripts/, and CI runs the same scripts.
# Arguments go along as in: make test ARGS="-k sigv4"

.PHONY: help setup run test check bench screenshots lock clean

help:
	@echo "make run     a waiting room with a sample event and a sample shop, on this machine"
	@echo "make test    the tests"
	@echo "make check   lint, formatting and types"
	@echo "make bench   the benchmarks"
	@echo "make screenshots  pictures of every page, into docs/images"
	@echo "make setup   the environment for all of these, in .venv"
	@echo "make lock    the lock files anew, after a change of dependencies"
	@echo "make clean   remove caches and build products"

setup run test check bench screenshots lock:
	@scripts/$@ $(ARGS)

clean:
	rm -rf build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name .venv -prune -o -type d -name __pycache__ -prune -exec rm -rf {} +
