"""Checks whether a gateway keeps the rules of the wire; ``gateway conformance`` runs them."""
