"""The standard's schema files, which are no part of this repository."""

import json
import os
from pathlib import Path
from typing import Any, Literal

import jsonschema_rs
import pytest

_PLACES = (os.environ.get("MINGTANG_OCDS"), str(Path(__file__).parents[2].parent / "shared/vectors/ocds"))
_BASE = "https://standard.open-contracting.org/schema/1__1__5/"


def schema_folder() -> Path:
    """Where they are; without them the test that asks is skipped, and says what it lacks."""
    for place in filter(None, _PLACES):
        folder = Path(place) / "schema"
        if (folder / "release-schema.json").is_file():
            return folder
    pytest.skip("the OCDS 1.1.5 schema files are not here: MINGTANG_OCDS names the folder that holds schema/")


def faults(folder: Path, package: Any, kind: Literal["release", "record"] = "release") -> list[str]:
    """What the standard's schema has against a package, formats of dates and addresses too."""

    def load(name: str) -> Any:
        return json.loads((folder / name).read_bytes())

    names = ("release-schema.json", "versioned-release-validation-schema.json")
    registry = jsonschema_rs.Registry([(_BASE + name, load(name)) for name in names], draft=jsonschema_rs.Draft4)
    schema = load(f"{kind}-package-schema.json")
    validator = jsonschema_rs.Draft4Validator(schema, registry=registry, validate_formats=True)
    return [f"{fault.instance_path}: {fault.message}" for fault in validator.iter_errors(package)]
