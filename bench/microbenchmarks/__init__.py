"""Each optimization of docs/performance.md alone: the same work with it and without it, in one patched process."""
