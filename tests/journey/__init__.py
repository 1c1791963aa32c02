"""Whole journeys through a running waiting room."""
