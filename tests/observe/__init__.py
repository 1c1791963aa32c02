"""Metrics, traces and what a failed request leaves in the log."""
