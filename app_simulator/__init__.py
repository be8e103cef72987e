"""The simulated phone: its class (``phone.Phone``), its command line and its web page."""
