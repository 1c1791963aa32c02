// Gates and a probe to begin with: each kind with the fields that have to be given, as docs/gates.md
// names them.

export const EXAMPLES = Object.freeze({
  http: { kind: "http", url: "http://shop.internal:8000/health", latency: 1.5 },
  prometheus: {
    kind: "prometheus",
    url: "http://prometheus.internal:9090",
    query: "histogram_quantile(0.95, sum by (le) (rate(checkout_seconds_bucket[1m])))",
    threshold: 2,
    alarm_if: ">",
  },
  alertmanager: { kind: "alertmanager", alertname: "CheckoutSlow" },
  cloudwatch: { kind: "cloudwatch", alarm: "checkout-slow", region: "eu-central-1" },
  probe: { kind: "http", url: "http://shop.internal:8000/health" },
});
