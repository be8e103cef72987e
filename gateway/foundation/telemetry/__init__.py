"""What the gateway tells of itself: logs and metrics."""
