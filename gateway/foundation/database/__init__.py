"""The relational database: engine and sessions, schema and migrations, what it says of itself, retention."""
