"""A database's record of its own identity."""

from __future__ import annotations

import threading
from pathlib import Path

from gateway.foundation.database.engine import Database
from gateway.foundation.database.installation import Installation
from gateway.foundation.database.schema import bring_up_to_date


def test_of_several_processes_that_settle_a_value_one_wins(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    bring_up_to_date(database)
    installation = Installation(database)
    told: list[str] = []
    threads = [
        threading.Thread(target=lambda word=str(number): told.append(installation.settle("database_id", word)))
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told == [installation.value("database_id")] * 8
    database.close()


def test_a_value_can_be_replaced_and_there_may_be_none(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'a.sqlite3'}")
    bring_up_to_date(database)
    installation = Installation(database)
    assert installation.value("key") is None
    installation.replace("key", "one")
    installation.replace("key", "two")
    assert (installation.value("key"), installation.settle("key", "three")) == ("two", "two")
    database.close()
