"""Routes of the seed: read, look up, search, replace, restore, export."""

import json
from typing import Any

from pydantic import Field

from gateway.control.journal.journal import Journal
from gateway.control.seed.directory import SeedDirectory
from gateway.control.seed.export import SeedExport
from gateway.control.seed.search import FoundInSeed, SeedSearch
from gateway.control.seed.sent_seeds import SentSeeds
from gateway.control.seed.simulation_state import SimulationState
from gateway.http.routes import Call, Raw, Router
from scan_to_login.protocol import Code, SearchMatch
from scan_to_login.request_shapes import Query
from scan_to_login.seed import Seed, SeedAccount, SeedUnit
from scan_to_login.seed_documents import document_of, seed_schema


class SearchQuery(Query):
    """What to look for, and how many of each kind to return."""

    search: str = Field("", max_length=64, description="a name, alias, phone, ID or taxpayer number, or a part of one")
    match: SearchMatch = SearchMatch.PART
    limit: int = Field(50, ge=1, le=500)


def router(
    simulation_state: SimulationState, seeds: SeedExport, journal: Journal, prefix: str, *, body_bytes: int
) -> Router:
    """The room's list of routes."""

    def present() -> Raw:
        return Raw(document_of(simulation_state.seed), "application/json")

    def read_seed(_call: Call) -> Raw:
        """The people and units that the simulation starts with, including numbers and passwords."""
        return present()

    def search_seed(call: Call) -> FoundInSeed:
        """People and units of the seed by a name or number, or a part of one; those that fit exactly come first."""
        query: SearchQuery = call.query
        return search.find(query.search, query.match, query.limit)

    def read_seed_account(call: Call) -> SeedAccount:
        """The person of the seed with this login name, including their numbers and password."""
        return directory.account(call.path["login_name"])

    def read_seed_unit(call: Call) -> SeedUnit:
        """The unit of the seed with this alias or taxpayer number, including its password."""
        return directory.unit(call.path["unit"])

    def replace_seed(_call: Call, body: Seed) -> Raw:
        """Start over with other people and units. Each reset loads them again.

        Its cut-over date counts at once, unless the setting PAIRING_CUT_OVER_DATE names another.
        """
        simulation_state.replace_seed(body)
        journal.note("the seed was replaced", accounts=len(body.accounts), units=len(body.units))
        return present()

    def restore_seed(_call: Call) -> Raw:
        """Start over with the people and units of the gateway's start."""
        simulation_state.replace_seed(None)
        journal.note("the seed was restored")
        return present()

    def export_seed(_call: Call) -> Raw:
        """The present people and units, as a seed."""
        return Raw(seeds.export(simulation_state.seed), "application/json")

    def show_schema(_call: Call) -> Raw:
        """The JSON Schema of a seed, for files in JSON or YAML."""
        return Raw(json.dumps(seed_schema(), ensure_ascii=False).encode(), "application/schema+json")

    search, directory = SeedSearch(simulation_state), SeedDirectory(simulation_state)
    room = Router("seed", prefix)
    room.add("GET", "/seed", read_seed, returns=Seed)
    room.add("GET", "/seed/search", search_seed, query=SearchQuery, returns=FoundInSeed)
    one = (Code.NOT_IN_SEED,)
    room.add("GET", "/seed/accounts/<login_name>", read_seed_account, returns=SeedAccount, codes=one)
    # An alias may be any text, with slashes too.
    room.add("GET", "/seed/units/<path:unit>", read_seed_unit, returns=SeedUnit, codes=one)
    # A seed in a body is read as one in a file is: dates and enumerations come as text.
    large: Any = {"body": Seed, "body_bytes": body_bytes, "validate": SentSeeds().check}
    room.add("PUT", "/seed", replace_seed, returns=Seed, **large)
    room.add("DELETE", "/seed", restore_seed, returns=Seed, status=200)
    room.add("GET", "/seed/export", export_seed, returns=Seed, codes=(Code.UNAVAILABLE,))
    room.add("GET", "/seed/schema", show_schema, returns="application/schema+json")
    return room
