"""How many distorted QR codes each reader reads, and how long a picture takes: ``python -m bench.reader``."""
