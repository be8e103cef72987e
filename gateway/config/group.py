"""What the groups of settings have in common: their base, and the spans of time that a setting may hold."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# Moments are milliseconds in Lua, which tells numbers of 14 digits as they are: the year 2999 and a century are below.
CENTURY_SECONDS = 36_525 * 86_400
Span = Annotated[int, Field(le=CENTURY_SECONDS)]
# What a client is told to wait in its own timers: browsers have 31 bits of milliseconds for that, 24 days.
Beat = Annotated[float, Field(le=86_400)]


class Group(BaseModel):
    """Some of the settings; only ``Settings``, which has all of them, is ever read."""

    model_config = ConfigDict(defer_build=True)
