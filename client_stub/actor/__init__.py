"""Clients driven over REST, for tests in any language: ``client-stub serve``."""
