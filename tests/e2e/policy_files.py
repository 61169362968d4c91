# SPDX-License-Identifier: Apache-2.0
"""Small policies and images that tests of policies share."""
import pathlib

import support
from support import Layout, tar_of

OBSERVING = """version: 1
name: acme
packs:
  - {id: image-hygiene, mode: observe}
"""
ENFORCING = OBSERVING.replace("observe", "enforce")
# Denies everything.
RULE = """package bulkhead.house

deny contains {"id": "H1", "message": "never"} if {
	true
}
"""
# signed_policy/policy is signed by OPA (`opa sign -b . --claims-file`: key "ops", scope "release"); ops.pem is its key.
SIGNED = pathlib.Path(__file__).resolve().parent / "signed_policy"


def image(folder, user):
    return "oci:" + str(Layout(folder).layer(tar_of(dict(support.BASE))).finish(user=user))
