"""The control plane of the simulation, and what it loads."""

from pydantic import Field, SecretStr

from gateway.config.group import Group


class SimulationSettings(Group):
    """The switch of the simulation, who may use it, and its seed."""

    sim: bool = Field(False, description="Turns the control plane `/sim/v1` on (clock, outbox, faults, seed, reset).")
    sim_token: SecretStr = Field(
        SecretStr(""),
        description="Bearer token that the control plane requires. Without it, only this machine may use the control "
        "plane.",
    )
    sim_open: bool = Field(False, description="Lets every address use the control plane, for a demo in a LAN.")
    allow_sim_database: bool = Field(
        False,
        description="Lets a gateway without the simulation use a simulation's database, although its people have "
        "published passwords.",
    )
    sim_captcha: str = Field(
        "",
        pattern="^[0-9A-Za-z]{0,8}$",
        description="Text of every captcha of the simulation; empty: a new text for each.",
    )
    seed_bytes: int = Field(
        16_777_216,
        ge=1024,
        description="Largest seed that `PUT /sim/v1/seed` accepts, in bytes; 20,000 people take 6 MB.",
    )
    seed: str = Field("", description="People and units to load at the start: `demo`, or a YAML or JSON file.")
