"""Every metric there is: name, kind, labels, and what it says.

What belongs here: one row per metric. What must change with it: ``docs/monitoring.md``, the rules
and the dashboard in ``deploy/monitoring/`` (tests compare all of them).

Names follow the conventions of Prometheus: base units, ``_total`` for what only grows. A counter
grows for as long as the deployment's supervisor lives, whatever becomes of its workers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True)
class Metric:
    """One metric. ``name`` of a counter is without its ``_total``."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    text: str

    @property
    def exposed(self) -> str:
        """The name that queries use; of a histogram, without ``_bucket`` and the like."""
        return f"{self.name}_total" if self.kind == "counter" else self.name


_EVENT: Final = ("event_id",)

METRICS: Final = (
    # --- counted by every process
    Metric(
        "waitroom_http_requests",
        "counter",
        ("plane", "route", "method", "status"),
        "Requests answered. A path of no route counts as other.",
    ),
    Metric(
        "waitroom_http_request_duration_seconds",
        "histogram",
        ("plane", "route"),
        "Time from a request's arrival in the worker to its answer being ready.",
    ),
    Metric("waitroom_joins", "counter", (), "Places given out."),
    Metric("waitroom_join_batch_size", "histogram", (), "Places given out in one step."),
    Metric("waitroom_tokens", "counter", (), "Visitors admitted: sessions made."),
    Metric(
        "waitroom_store_operation_duration_seconds",
        "histogram",
        ("verb", "outcome"),
        "Time that a step of the store took. Outcome: ok, refused (a visitor's or operator's"
        " mistake, or not yet), unavailable, cancelled (nobody waited any more), error.",
    ),
    Metric(
        "waitroom_inlet_steps",
        "counter",
        ("inlet",),
        "Steps that moved a serving counter, by what made them; hand: an operator.",
    ),
    Metric(
        "waitroom_inlet_places",
        "counter",
        ("inlet",),
        "Positions called by those steps; steps back do not count.",
    ),
    Metric(
        "waitroom_jobs_turn_duration_seconds",
        "histogram",
        ("outcome",),
        "Time of an event's turn of the periodic work: done, or failed (too long, or an error).",
    ),
    Metric("waitroom_log_lines", "counter", ("plane", "level"), "Log lines from warning on."),
    Metric(
        "waitroom_event_loop_lag_seconds",
        "histogram",
        ("plane",),
        "How late a process was for its own appointments, looked at once a second.",
    ),
    Metric("waitroom_process_cpu_seconds", "counter", ("plane",), "CPU time, all processes."),
    Metric(
        "waitroom_process_resident_memory_bytes",
        "gauge",
        ("plane",),
        "Memory of the running processes.",
    ),
    Metric("waitroom_processes", "gauge", ("plane",), "Processes that were heard of lately."),
    Metric("waitroom_build_info", "gauge", ("version", "python"), "Always 1."),
    # --- read from the store by the control plane
    Metric("waitroom_store_up", "gauge", (), "1 if the control plane could read the store."),
    Metric(
        "waitroom_clock_skew_seconds",
        "gauge",
        ("against",),
        "How far another clock is ahead of this one: the store's server (server; may be negative),"
        " or the newest entry of any line (entries; at least 0).",
    ),
    Metric("waitroom_events", "gauge", ("state",), "Events."),
    Metric(
        "waitroom_events_unlisted",
        "gauge",
        (),
        "Events beyond those shown by themselves: the ones with the fewest people in line.",
    ),
    Metric("waitroom_event_state", "gauge", ("event_id", "state"), "1 for the state it is in."),
    Metric("waitroom_event_inlet", "gauge", ("event_id", "inlet"), "1 for the inlet it has."),
    Metric("waitroom_event_queue", "gauge", _EVENT, "Places given out."),
    Metric("waitroom_event_serving", "gauge", _EVENT, "Up to which position people are let in."),
    Metric("waitroom_event_waiting", "gauge", _EVENT, "People in line."),
    Metric("waitroom_event_tokens", "gauge", _EVENT, "Places that were taken up."),
    Metric("waitroom_event_completed", "gauge", _EVENT, "Sessions marked completed."),
    Metric("waitroom_event_abandoned", "gauge", _EVENT, "Sessions marked abandoned."),
    Metric("waitroom_event_expired", "gauge", _EVENT, "Places expired, those given up included."),
    Metric("waitroom_event_given_up", "gauge", _EVENT, "Places given up by their visitors."),
    Metric("waitroom_event_active", "gauge", _EVENT, "Sessions neither expired nor marked."),
    Metric("waitroom_event_held", "gauge", _EVENT, "Visitors who found the site full and wait."),
    Metric("waitroom_event_cap", "gauge", _EVENT, "Most sessions at once; absent: no limit."),
    Metric("waitroom_event_served_per_second", "gauge", _EVENT, "Positions called per second."),
    Metric(
        "waitroom_event_release_per_minute",
        "gauge",
        _EVENT,
        "What the inlet releases per minute at present; absent if it does not say.",
    ),
    Metric(
        "waitroom_event_wait_seconds",
        "gauge",
        ("event_id", "quantile"),
        "Estimated wait of a newcomer; absent while there is nothing to go by.",
    ),
    Metric("waitroom_gate_state", "gauge", ("event_id", "gate", "state"), "1 for its state."),
    Metric("waitroom_gate_holds", "gauge", ("event_id", "gate"), "1 while it holds the line."),
    Metric("waitroom_probe_latency_seconds", "gauge", _EVENT, "The site's latency by the probe."),
    Metric("waitroom_probe_errors_ratio", "gauge", _EVENT, "The site's share of errors, 0 to 1."),
    Metric("waitroom_subscriptions", "gauge", ("kind",), "Subscriptions to what happens."),
    Metric(
        "waitroom_deliveries",
        "counter",
        ("kind", "outcome"),
        "Attempts to tell a subscriber, by this control plane: delivered, failed, or dead.",
    ),
    Metric("waitroom_outbox_facts", "gauge", _EVENT, "Facts kept until all subscribers have them."),
    Metric(
        "waitroom_delivery_lag_seconds",
        "gauge",
        ("event_id", "subscription_id"),
        "Age of the oldest fact that the subscriber has not been told of.",
    ),
    Metric(
        "waitroom_delivery_failures",
        "gauge",
        ("event_id", "subscription_id"),
        "Failures in a row of the fact that is being delivered.",
    ),
    Metric("waitroom_dead_letters", "gauge", _EVENT, "Facts given up on, up to 1,000 counted."),
    Metric(
        "waitroom_audit_unsealed_entries",
        "gauge",
        _EVENT,
        "Entries of the audit log without a seal; the deployment's log has an empty event ID.",
    ),
)

BY_NAME: Final = {metric.name: metric for metric in METRICS}
