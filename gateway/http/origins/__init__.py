"""The gateway's own address as its callers see it, and the pages of other origins."""
