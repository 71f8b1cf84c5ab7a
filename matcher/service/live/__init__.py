"""What the service answers from: a snapshot of the workspace in memory, renewed as it changes."""
