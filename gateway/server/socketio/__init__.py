"""Every use of a private name of python-socketio and python-engineio."""
