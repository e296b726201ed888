"""GraphQL over HTTP, WebSocket and SSE: translates, never decides."""
