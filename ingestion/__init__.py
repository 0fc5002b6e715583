"""The ways from outside into the history: HTTP, files, webhooks and Kafka, all through one door."""
