"""Socket.IO: every private name of python-socketio and python-engineio is used in ``internals`` alone."""
