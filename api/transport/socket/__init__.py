"""GraphQL over WebSocket on bare connections: callbacks instead of tasks, so that an idle socket costs little."""
