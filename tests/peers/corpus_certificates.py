# SPDX-License-Identifier: Apache-2.0
"""Calls of crypto.x509.* on the certificates of certificates/, which were made for this with openssl and hold from 2020 to 2100."""
import base64
import json
import pathlib

FOLDER = pathlib.Path(__file__).with_name("certificates")
TIME = 1_750_000_000_123_456_789


def cases():
    pem = {path.stem: path.read_text() for path in sorted(FOLDER.glob("*.pem"))}
    given = {**pem, "both": pem["root"] + pem["leaf"], "b64": base64.b64encode(pem["leaf"].encode()).decode(),
             "der": "".join(pem["leaf"].splitlines()[1:-1]), "chain": pem["root"] + pem["inter"] + pem["leaf"],
             "signer": pem["root"] + pem["inter"] + pem["signing"], "backwards": pem["leaf"] + pem["inter"] + pem["root"],
             "text": "nothing", "cut": pem["leaf"][:400]}
    rules = [f"p_{name} := crypto.x509.parse_certificates(input.{name})" for name in given]
    rules += [f"r_{name} := crypto.x509.parse_certificate_request(input.{name})" for name in ("request", "leaf", "text")]
    rules += [f"v_{name} := crypto.x509.parse_and_verify_certificates(input.{name})" for name in given]
    options = [{"CurrentTime": TIME}, {"CurrentTime": TIME, "DNSName": "a.example"}, {"CurrentTime": TIME, "DNSName": "x.b.example"},
               {"CurrentTime": TIME, "DNSName": "other.example"}, {"CurrentTime": TIME, "DNSName": "10.0.0.1"},
               {"CurrentTime": 0}, {"CurrentTime": TIME, "KeyUsages": ["KeyUsageCodeSigning"]},
               {"CurrentTime": TIME, "KeyUsages": ["KeyUsageAny"]}, {"KeyUsages": ["Nonsense"]}, {"Other": 1},
               {"CurrentTime": TIME, "KeyUsages": ["KeyUsageClientAuth", "KeyUsageCodeSigning"]}]
    for number, option in enumerate(options):
        for name in ("chain", "signer"):
            rules.append(f"o_{name}_{number} := crypto.x509.parse_and_verify_certificates_with_options(input.{name}, {json.dumps(option)})")
    return [{"id": f"certificates/{rule.split()[0]}", "modules": [{"path": "t.rego", "text": f"package t\n{rule}\n"}],
             "input": json.dumps(given), "query": "data.t"} for rule in rules]
