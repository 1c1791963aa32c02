"""What operators see from outside: metrics of all processes, traces, and which request failed.

What belongs here: counting, adding the processes up, and the formats of Prometheus and
OpenTelemetry. What must change with it: ``docs/monitoring.md`` (a test compares metrics and page),
``deploy/monitoring/``.

The way of a number: a process counts in its ``Meter`` (``meter.py``; store operations come from
``stores.py``) and writes it to a file once a second (``shared.py``). Whoever is scraped adds the
files up, reads the events from the store (``events.py``) and renders it all (``exposition.py``):
the control plane at ``/metrics`` (``control/metrics.py``), and the listener of ``metrics_bind``
(``door.py``).
"""
