"""Events told to others: from the facts in the store's outbox to webhooks, streams and buses."""
