"""Phones driven over REST, for tests in any language: ``app-simulator serve``."""
