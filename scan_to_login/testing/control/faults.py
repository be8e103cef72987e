"""Setting faults at the control plane from a test."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Protocol, Self, Unpack

from scan_to_login.testing.control import shapes


class Calls(Protocol):
    """What is used of :class:`scan_to_login.testing.control.Control`."""

    def call(self, method: str, path: str, *, wait: float = 0, query: Any = None, body: Any = None) -> Any:
        """Any call."""


class FaultOfGateway:
    """A fault that was set. As a context manager it removes the fault at the end. Calls raise ControlRefused."""

    def __init__(self, control: Calls, body: dict[str, Any]) -> None:
        self._control = control
        self.fault_id = str(body["fault_id"])

    @property
    def fired(self) -> int:
        """How often it has fired; 0 after it was removed."""
        faults = self._control.call("GET", "/faults")["faults"]
        return next((int(fault["fired"]) for fault in faults if fault["fault_id"] == self.fault_id), 0)

    def remove(self) -> None:
        """Remove it."""
        self._control.call("DELETE", f"/faults/{self.fault_id}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.remove()


class FaultsOfGateway:
    """Sets faults; each method returns the fault that it set.

    ``where`` limits it: ``route`` (``"POST /api/v1/tickets"``), ``event`` or ``state`` of a push, ``ticket`` (its id),
    ``times`` (how often it fires), ``probability`` (0 to 1, with a ``seed``), ``seconds`` of the gateway's clock after
    which it ends. They are those of ``POST /sim/v1/faults``. Every method raises ControlRefused.
    """

    def __init__(self, control: Calls) -> None:
        self._control = control

    def add(self, kind: shapes.FaultKind, **fields: Unpack[shapes.FaultFields]) -> FaultOfGateway:
        """Set any fault by its ``kind``, with all its ``fields``."""
        return FaultOfGateway(self._control, self._control.call("POST", "/faults", body={"kind": kind, **fields}))

    def latency(self, milliseconds: float, **where: Unpack[shapes.Latency]) -> FaultOfGateway:
        """Calls take so many ``milliseconds`` longer; with ``sigma`` in ``where``, log-normally so."""
        return self.add("latency", milliseconds=milliseconds, **where)

    def error(self, status: int = 503, **where: Unpack[shapes.Calls]) -> FaultOfGateway:
        """Calls get this HTTP ``status``, and the gateway does not run them."""
        return self.add("error", status=status, **where)

    def drop_reply(self, **where: Unpack[shapes.Calls]) -> FaultOfGateway:
        """The gateway does the work, and cuts the connection before the answer."""
        return self.add("drop_reply", **where)

    def push_drop(self, **where: Unpack[shapes.Pushes]) -> FaultOfGateway:
        """Pushes are lost."""
        return self.add("push_drop", **where)

    def push_delay(self, milliseconds: float, **where: Unpack[shapes.Delays]) -> FaultOfGateway:
        """Pushes come so many ``milliseconds`` later."""
        return self.add("push_delay", milliseconds=milliseconds, **where)

    def push_duplicate(self, **where: Unpack[shapes.Pushes]) -> FaultOfGateway:
        """Pushes come twice."""
        return self.add("push_duplicate", **where)

    def push_reorder(self, **where: Unpack[shapes.Reorder]) -> FaultOfGateway:
        """Pushes are overtaken by the next one."""
        return self.add("push_reorder", **where)

    def socket_cut(self, **where: Unpack[shapes.Pushes]) -> FaultOfGateway:
        """The socket is cut instead of the push."""
        return self.add("socket_cut", **where)

    def redis_unreachable(self, seconds: float) -> FaultOfGateway:
        """The gateway cannot reach its Redis for ``seconds`` of its clock."""
        return self.add("redis_unreachable", seconds=seconds)

    def clear(self) -> None:
        """Remove all faults."""
        self._control.call("DELETE", "/faults")
