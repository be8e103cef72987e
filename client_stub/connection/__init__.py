"""The client's connections to the gateway: REST, and a channel by WebSocket or by long poll."""
