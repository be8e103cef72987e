"""Redis: addresses, connections and Lua scripts."""
