"""Real gateways on the recipes of deploy/gates, each between a waiting room and a tiny site."""
