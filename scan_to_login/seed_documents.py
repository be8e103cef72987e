"""A seed as people edit it: YAML, and the JSON Schema that an editor checks it with."""

from __future__ import annotations

from typing import Any

from scan_to_login.seed import Seed


def seed_schema() -> dict[str, Any]:
    """The JSON Schema of a seed, for files in JSON or YAML."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Seed.model_json_schema(),
        "title": "Seed of a scan-to-login simulation",
    }


def as_yaml(seed: Seed) -> str:
    """The seed as YAML that `load_seed` reads; what has its default is left out."""
    import yaml

    rows = seed.model_dump(mode="json", exclude_defaults=True)
    return str(yaml.safe_dump(rows, allow_unicode=True, sort_keys=False, width=120))
