"""Imports the modules named as arguments as the gateway does: what a gateway's libraries cost without the gateway."""

import contextlib
import gc
import importlib
import os
import sys
import warnings

from gateway.__main__ import UNUSED, left_out

gc.disable()
warnings.simplefilter("ignore")
os.environ["EVENTLET_NO_GREENDNS"] = "yes"
with left_out(UNUSED):
    for name in sys.argv[1:]:
        with contextlib.suppress(ImportError):  # optional ones, and those that the gateway leaves out
            importlib.import_module(name)
os._exit(0)
