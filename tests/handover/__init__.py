"""From the waiting room to the site: hand-over, one-time codes, /enter."""
