"""The phones and clients of one gateway, in a process of their own that the gateway starts."""
