"""What `python -m bench` measures, part by part; each answers its tables, its goals and its plots."""
