"""GraphQL over HTTP, WebSocket and Server-Sent Events: bytes in, bytes out, no knowledge of the product."""
