"""What libcoveocds and ocdskit say of packages. Run by the environment that has them: `.venv/ocds/bin/python` and this.

    ocds_checkers.py SCHEMAS EXTENSION ADDRESS < packages, one a line > answers, one a line

SCHEMAS: the folder of the standard's schema files; EXTENSION: that of ours, found under ADDRESS. A line is
`{"kind": "release" | "record", "package": …}`, or `{"kind": "compile", "releases": […]}`, whose answer has the compiled
release of each process. Nothing is asked of any network: those two folders answer, and everything else is not there.
"""

import json
import sys
from io import BytesIO
from pathlib import Path
from typing import Any

import requests
from libcoveocds.api import ocds_json_output  # type: ignore[import-not-found]  # in the other environment
from libcoveocds.config import LibCoveOCDSConfig  # type: ignore[import-not-found]
from ocdskit.combine import merge  # type: ignore[import-not-found]
from urllib3 import HTTPResponse

STANDARD = "https://standard.open-contracting.org/schema/1__1__5/"


PLACES: dict[str, Path] = {}
"""Address to the folder that answers for it."""


def answered(adapter: requests.adapters.HTTPAdapter, request: requests.PreparedRequest, **_: Any) -> requests.Response:
    """In the place of the network."""
    url = str(request.url)
    file = next(
        (folder / url.removeprefix(address) for address, folder in PLACES.items() if url.startswith(address)), None
    )
    if file is None or not file.is_file():
        raise requests.ConnectionError(f"not asked of the network: {url}")
    body = HTTPResponse(BytesIO(file.read_bytes()), status=200, preload_content=False)
    return adapter.build_response(request, body)


def checked(schemas: Path, kind: str, package: Any) -> dict[str, Any]:
    """What is wrong with a package; empty lists and objects where nothing is."""
    config = LibCoveOCDSConfig()
    config.config["standard_zip"] = (schemas.parent / "standard-1__1__5.zip").as_uri()
    config.config["context"] = "api"
    found = ocds_json_output(
        "", None, None, json_data=package, lib_cove_ocds_config=config, record_pkg=kind == "record"
    )
    wanted = ("validation_errors", "additional_closed_codelist_values", "deprecated_fields", "additional_fields")
    answer = {name: found.get(name) for name in (*wanted, "additional_checks", "json_deref_error")}
    return answer | {"invalid_extension": found.get("extensions", {}).get("invalid_extension")}


def main() -> None:
    schemas, extension, address = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
    PLACES.update({STANDARD: schemas, address: extension})
    requests.adapters.HTTPAdapter.send = answered  # type: ignore[assignment,method-assign]  # whatever session asks
    for line in sys.stdin:
        asked = json.loads(line)
        if asked["kind"] == "compile":
            package = {"uri": "", "publishedDate": "", "publisher": {}, "version": "1.1", "releases": asked["releases"]}
            schema = json.loads((schemas / "dereferenced-release-schema.json").read_bytes())
            answer = {one["ocid"]: one for one in merge([package], schema=schema)}
        else:
            answer = checked(schemas, asked["kind"], asked["package"])
        sys.stdout.write(json.dumps(answer, default=str) + "\n")


if __name__ == "__main__":
    main()
