"""Whether a gateway keeps the rules of the wire: the checks, and ``gateway conformance`` that runs them."""
