"""The waiting desktop client (扣缴客户端): shows a QR, waits for the phone, claims its session, verifies its unit.

The class is ``client_stub.client.Client``. This file imports nothing, so that the command line starts quickly.
"""
