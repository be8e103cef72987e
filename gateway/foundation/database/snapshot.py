"""Long reads: row by row in batches, and all rows as they were at one moment."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Connection, Executable, Row

from gateway.foundation.errors import Refusal
from gateway.foundation.telemetry.tally import DATABASE_TIME
from scan_to_login.protocol import Code

BATCH_ROWS: Final = 200
# A transaction that stays open keeps SQLite's log and PostgreSQL's dead rows from being cleared away.
LONGEST_SECONDS: Final = 600.0


class Snapshot:
    """A transaction that only reads; writers do not wait for it, and it does not see what they write."""

    def __init__(self, connection: Connection) -> None:
        if connection.dialect.name == "sqlite":
            # The driver itself begins before the first write. In WAL mode all reads of a transaction see one state.
            self._connection = connection
            connection.exec_driver_sql("BEGIN")
        else:
            self._connection = connection.execution_options(isolation_level="REPEATABLE READ")
        self._ends_at = time.monotonic() + LONGEST_SECONDS

    def batches(self, query: Executable) -> Iterator[Sequence[Row[Any]]]:
        """The rows of ``query``, at most ``BATCH_ROWS`` in memory at once.

        The caller may do other things between two batches, for ``LONGEST_SECONDS`` in all: then it is refused with
        ``unavailable``. A query whose order an index has makes nobody wait while rows are sorted.
        """
        began = time.perf_counter()
        with self._connection.execution_options(yield_per=BATCH_ROWS).execute(query) as result:
            for batch in result.partitions():
                DATABASE_TIME.add(time.perf_counter() - began)
                yield batch
                if time.monotonic() > self._ends_at:
                    raise Refusal(Code.UNAVAILABLE, "What was read was not taken in ten minutes.", retry_after=1)
                began = time.perf_counter()
