"""Asking whether the site is well: the checks behind an event's health gates and its probe.

What belongs here: one small file per kind of check, and what runs them (``check.py``) and puts the
answers together per event (``watch.py``). What they mean for the line is in ``core/gates.py``.
What must change with it: ``docs/gates.md``.
"""
