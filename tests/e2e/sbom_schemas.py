#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Validates what the SBOM writers write with python3-jsonschema and the official schemas, which lie
in the corpus folder and not here. Skipped where either is absent, unless CI=true."""
import json
import os
import pathlib
import subprocess
import sys

# In continuous integration what was not tried must not pass for what worked.
SKIP = 1 if os.environ.get("CI") == "true" else 77


def main():
    program, source = sys.argv[1], pathlib.Path(sys.argv[2])
    cases = pathlib.Path(os.environ.get("BULKHEAD_CASES") or source.parent / "shared" / "cases")
    cyclonedx = cases / "purl" / "cyclonedx" / "schema"
    spdx = cases / "purl" / "spdx" / "spdx-schema.json"
    try:
        import jsonschema
    except ImportError:
        print("python3-jsonschema is not installed")
        return SKIP
    if not cyclonedx.is_dir() or not spdx.is_file():
        print("no schemas in", cases)
        return SKIP

    store = {}
    for path in cyclonedx.glob("*.schema.json"):
        schema = json.loads(path.read_text())
        store[schema["$id"]] = schema
    bom = json.loads((cyclonedx / "bom-1.6.schema.json").read_text())
    failures = 0
    for kind, schema in (("cyclonedx", bom), ("spdx", json.loads(spdx.read_text()))):
        text = subprocess.run([program, kind], capture_output=True, check=True).stdout
        resolver = jsonschema.RefResolver.from_schema(schema, store=store)
        validator = jsonschema.Draft7Validator(
            schema, resolver=resolver, format_checker=jsonschema.FormatChecker())
        errors = list(validator.iter_errors(json.loads(text)))
        for error in errors[:20]:
            print(kind, "/".join(map(str, error.absolute_path)), error.message[:300])
        print(kind, len(text), "bytes", len(errors), "errors")
        failures += len(errors)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
