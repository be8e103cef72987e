"""How the client reaches the gateway: REST, and a channel by WebSocket or by long poll."""
