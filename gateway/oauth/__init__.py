"""OAuth 2.0 and OpenID Connect on the same tickets: foreign client libraries log in by a scan."""
