"""Queue-it's connectors and their tokens; the connector in these tests is the published one."""
