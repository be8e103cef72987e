"""The relational database: engine and sessions, schema and migrations, its own marks, retention."""
