"""Health gates and probes: what is asked, what is made of the answers, and what holds the line."""
