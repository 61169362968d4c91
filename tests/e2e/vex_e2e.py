# SPDX-License-Identifier: Apache-2.0
"""VEX in and out: statements in three formats close what they are about and nothing else, what is
written is taken by the next scan and fits the schemas that are at hand, waivers are added to files
that people keep."""
import importlib.util
import json
import os
import pathlib

import support
from support import APP, BASE, Layout, Workspace, ids, tar_of

EXPECTED = ["CVE-2026-10001", "CVE-2026-10002", "CVE-2026-10003"]
LEFT_SHIFT = "pkg:npm/left-shift@1.9.0"


def image(w, name="image"):
    layout = Layout(w.path / name)
    layout.layer(tar_of(BASE)).layer(tar_of(APP))
    return layout.finish()


def scan(w, *flags, code=0, at="2026-02-01"):
    done = w.run("scan", f"oci:{w.path}/image", "--db", w.path / "advisories.db", "-f", "json",
                 "--at", at, *flags)
    assert done.code == code, f"exit {done.code}, expected {code}\n{done.err}"
    return done.json()


def digest(w):
    return scan(w)["artifact"]["digest"]


def openvex(author, *statements):
    return {"@context": "https://openvex.dev/ns/v0.2.0", "@id": f"https://{author}.example/vex",
            "author": author, "timestamp": "2026-01-10T00:00:00Z", "version": 1,
            "statements": list(statements)}


def statement(cve, status, product, *parts, **more):
    entry = {"@id": product}
    if parts:
        entry["subcomponents"] = [{"@id": part} for part in parts]
    return {"vulnerability": {"name": cve}, "products": [entry], "status": status, **more}


def csaf(cve, product, part):
    product_names = [
        {"name": "Web", "product_id": "WEB", "product_identification_helper": {"purl": product}},
        {"name": "Part", "product_id": "PART", "product_identification_helper": {"purl": part}}]
    return {
        "document": {
            "category": "csaf_vex", "csaf_version": "2.0", "title": "made up",
            "publisher": {"category": "vendor", "name": "vendor", "namespace": "https://v.example"},
            "tracking": {"id": "V-1", "version": "1", "status": "final",
                         "current_release_date": "2026-01-10T00:00:00Z",
                         "initial_release_date": "2026-01-10T00:00:00Z",
                         "revision_history": [{"date": "2026-01-10T00:00:00Z", "number": "1",
                                               "summary": "first"}]}},
        "product_tree": {
            "full_product_names": product_names,
            "relationships": [{
                "category": "default_component_of", "product_reference": "PART",
                "relates_to_product_reference": "WEB",
                "full_product_name": {"name": "Part in Web", "product_id": "WEB:PART"}}]},
        "vulnerabilities": [{
            "cve": cve, "notes": [{"category": "summary", "text": "made up"}],
            "flags": [{"label": "component_not_present", "product_ids": ["WEB:PART"]}],
            "product_status": {"known_not_affected": ["WEB:PART"]}}]}


def cyclonedx(cve, product, part):
    return {"bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
            "metadata": {"component": {"type": "container", "name": "web", "purl": product}},
            "vulnerabilities": [{
                "id": cve, "analysis": {"state": "not_affected", "justification": "code_not_reachable"},
                "affects": [{"ref": part}]}]}


def write(w, name, document):
    (w.path / name).write_text(json.dumps(document))
    return w.path / name


def test_every_format_closes_the_same_finding():
    with Workspace() as w:
        w.database()
        image(w)
        product = "pkg:oci/web@" + digest(w)
        documents = {
            "openvex": openvex("vendor", statement(EXPECTED[0], "not_affected", product, LEFT_SHIFT,
                                                   justification="component_not_present")),
            "csaf-vex": csaf(EXPECTED[0], product, LEFT_SHIFT),
            "cyclonedx-vex": cyclonedx(EXPECTED[0], product, LEFT_SHIFT),
        }
        for kind, document in documents.items():
            report = scan(w, "--vex", write(w, "vex.json", document))
            assert ids(report) == EXPECTED[1:], kind
            [ignored] = report["ignored"]
            assert ignored["by"] == "vex" and ignored["id"] == EXPECTED[0], ignored
            assert ignored["vex"]["scope"] == "the image's digest", ignored
            [use] = report["vex"]
            assert (use["format"], use["used"]) == (kind, 1), use
            other = json.loads(json.dumps(document).replace(product, "pkg:oci/other"))
            report = scan(w, "--vex", write(w, "other.json", other))
            assert ids(report) == EXPECTED and report["vex"][0]["used"] == 0, kind
            assert "none of its products" in report["vex"][0]["unused"][0]["reason"], kind


def test_gates_and_formats_know_what_is_closed():
    with Workspace() as w:
        w.database()
        image(w)
        closing = [statement(cve, "fixed", "pkg:oci/web@" + digest(w)) for cve in EXPECTED]
        path = write(w, "vex.json", openvex("vendor", *closing))
        scan(w, "--fail-on", "any", code=2)
        scan(w, "--vex", path, "--fail-on", "any")
        done = w.run("scan", f"oci:{w.path}/image", "--db", w.path / "advisories.db", "--vex", path,
                     "-o", "sarif=a.sarif", "-o", "cyclonedx=a.cdx", "-o", "junit=a.xml", "-o", "-")
        assert done.code == 0, done.err
        assert "VEX: vendor says fixed" in done.out, done.out
        results = json.loads((w.path / "a.sarif").read_text())["runs"][0]["results"]
        assert len(results) == 3 and all(r["suppressions"] for r in results), results
        found = json.loads((w.path / "a.cdx").read_text())["vulnerabilities"]
        assert [v["analysis"]["state"] for v in found] == ["resolved"] * 3, found
        assert 'failures="0"' in (w.path / "a.xml").read_text()


# An archive, a layout or a directory has the name that it is given; a source tree is not yet that image.
def test_a_name_that_is_given_counts():
    with Workspace() as w:
        database = w.database()
        image(w)
        support.unpack(w.path / "root", BASE, APP)
        product = "pkg:oci/web?repository_url=registry.example/shop/web&tag=1.4"
        for name, stated in (("purl", product), ("reference", "registry.example/shop/web:1.4")):
            path = write(w, "vex.json", openvex("vendor", statement(EXPECTED[0], "fixed", stated)))
            for target in (f"oci:{w.path}/image", f"dir:{w.path}/root"):
                flags = ("scan", target, "--db", database, "--vex", path, "-f", "json", "--at", "2026-02-01")
                assert EXPECTED[0] in ids(w.run(*flags).json()), (name, target)
                assert EXPECTED[0] in ids(w.run(*flags, "--reference", "registry.example/shop/web:1.5").json())
                named = w.run(*flags, "--reference", "registry.example/shop/web:1.4").json()
                assert EXPECTED[0] not in ids(named), (name, target)
                # It is no tag that the image carries.
                assert "1.4" not in json.dumps(named["artifact"]), named["artifact"]
        tree = w.run("scan", f"repo:{w.path}/root", "--db", database, "--vex", path, "-f", "json", "--at",
                     "2026-02-01", "--reference", "registry.example/shop/web:1.4").json()
        assert all(not i.get("vex") for i in tree["ignored"]), tree["ignored"]


def test_conflicts_stay_open_unless_one_is_trusted():
    with Workspace() as w:
        w.database()
        image(w)
        vendor = write(w, "vendor.json", openvex("vendor", statement(EXPECTED[0], "fixed", LEFT_SHIFT)))
        team = write(w, "team.json", openvex("team", statement(
            EXPECTED[0], "affected", LEFT_SHIFT, action_statement="Update.")))
        report = scan(w, "--vex", vendor, "--vex", team)
        assert ids(report) == EXPECTED
        assert [f["id"] for f in report["findings"] if f.get("vexConflict")] == EXPECTED[:1]
        shown = w.run("scan", f"oci:{w.path}/image", "--db", w.path / "advisories.db", "--vex", vendor,
                      "--vex", team).out
        assert "conflict: vendor says fixed; team says affected: Update." in " ".join(shown.split()), shown
        assert ids(scan(w, "--vex", vendor, "--vex", team, "--vex-trust", "vendor")) == EXPECTED[1:]
        assert ids(scan(w, "--vex", vendor, "--vex", team, "--vex-trust", "team.json")) == EXPECTED


def test_wrong_documents_end_the_scan_with_the_place():
    with Workspace() as w:
        w.database()
        image(w)
        wrong = write(w, "vex.json", openvex("v", statement(EXPECTED[0], "unaffected", LEFT_SHIFT)))
        done = w.run("scan", f"oci:{w.path}/image", "--db", w.path / "advisories.db", "--vex", wrong)
        assert done.code == 1 and done.out == "", done.out
        assert 'vex.json: OpenVEX: statements[0].status has the unknown word "unaffected"' in done.err
        done = w.run("scan", f"oci:{w.path}/image", "--db", w.path / "advisories.db", "--vex", "none.json")
        assert done.code == 1 and "VEX document" in done.err, done.err


def written(w, *flags):
    done = w.run("scan", f"oci:{w.path}/image", "--db", w.path / "advisories.db", "--at", "2026-02-01",
                 "-o", "openvex=out.openvex.json", "-o", "csaf-vex=out.csaf.json",
                 "-o", "cyclonedx-vex=out.cdx.json", *flags)
    assert done.code == 0, done.err
    return {kind: (w.path / f"out.{kind}.json").read_bytes() for kind in ("openvex", "csaf", "cdx")}


def test_what_is_written_is_taken_by_the_next_scan():
    with Workspace() as w:
        w.database()
        image(w)
        (w.path / "waivers.yaml").write_text("# ours\n")
        waive(w, EXPECTED[0], "--justification", "vulnerable_code_not_in_execute_path")
        waive(w, EXPECTED[1])
        flags = ("--ignore-file", "waivers.yaml", "--vex-author", "Team Web <https://web.example>")
        out = written(w, *flags)
        assert written(w, *flags) == out, "the same input gives the same bytes"
        states = {s["vulnerability"]["name"]: s for s in json.loads(out["openvex"])["statements"]}
        assert states[EXPECTED[0]]["status"] == "not_affected", states
        assert states[EXPECTED[0]]["impact_statement"] == "made up", states
        assert states[EXPECTED[1]]["status"] == "affected", "an accepted risk is still there"
        assert "Accepted by team-web until 2030-01-01" in states[EXPECTED[1]]["action_statement"]
        assert states[EXPECTED[2]]["action_statement"] == "Upgrade libfoo to 1.2-3+deb12u1.", states
        for kind in out:
            report = scan(w, "--vex", f"out.{kind}.json")
            assert ids(report) == EXPECTED[1:], kind
            assert report["vex"][0]["used"] == 3, (kind, report["vex"])
            assert report["vex"][0]["author"] == "Team Web", kind
        check_by_schemas(out)


def check_by_schemas(out):
    """By the official schemas where they lie in the corpus folder, CSAF's by a package's copy."""
    try:
        import jsonschema
    except ImportError:
        print("     (python3-jsonschema is not installed: schemas not tried)")
        return
    source = pathlib.Path(os.environ["BULKHEAD_SOURCE_DIR"])
    cases = pathlib.Path(os.environ.get("BULKHEAD_CASES") or source.parent / "shared" / "cases")
    openvex_schema = cases / "purl" / "openvex" / "openvex_json_schema.json"
    if openvex_schema.is_file():
        schema = json.loads(openvex_schema.read_text())
        errors = list(jsonschema.Draft202012Validator(schema).iter_errors(json.loads(out["openvex"])))
        assert not errors, errors[:3]
    else:
        print("     (no OpenVEX schema in", cases, ")")
    package = importlib.util.find_spec("csaf_vex")
    if package is None:
        print("     (the Python package csaf-vex is not installed: CSAF's schema not tried)")
        return
    folder = pathlib.Path(package.origin).parent / "verification" / "schemas"
    schema = json.loads((folder / "csaf_2_0.json").read_text())
    store = {}
    for path in folder.glob("cvss*.json"):
        text = json.loads(path.read_text())
        store[text.get("$id") or text.get("id")] = text
        store["https://www.first.org/cvss/" + path.name.replace("_", "-", 1)] = text
    resolver = jsonschema.RefResolver.from_schema(schema, store=store)
    validator = jsonschema.Draft202012Validator(schema, resolver=resolver)
    errors = list(validator.iter_errors(json.loads(out["csaf"])))
    assert not errors, errors[:3]


def waive(w, finding, *flags, code=0, file="waivers.yaml"):
    done = w.run("policy", "waive", finding, "--reason", "made up", "--owner", "team-web", "--expires",
                 "2030-01-01", "--at", "2026-02-01", "--file", file, *flags)
    assert done.code == code, done.err
    return done


def test_waivers_are_added_to_the_files_that_scans_read():
    with Workspace() as w:
        w.database()
        image(w)
        (w.path / "waivers.yaml").write_text("# ours\nignore:\n  # the old one\n  - id: CVE-2019-1\n")
        told = waive(w, EXPECTED[0], "--purl", "pkg:npm/left-shift", "--path", "opt/**", "--id", "W-7").out
        assert told == f"waivers.yaml: W-7 waives {EXPECTED[0]} until 2030-01-01\n", told
        text = (w.path / "waivers.yaml").read_text()
        assert text.startswith("# ours\nignore:\n  # the old one\n  - id: CVE-2019-1\n"), text
        report = scan(w, "--ignore-file", "waivers.yaml")
        assert ids(report) == EXPECTED[1:], report
        [ignored] = report["ignored"]
        assert (ignored["by"], ignored["waiver"], ignored["owner"]) == ("waiver", "W-7", "team-web")
        [class_id] = [f["classId"] for f in report["findings"] if f["id"] == EXPECTED[1]]
        waive(w, class_id)
        left = scan(w, "--ignore-file", "waivers.yaml")
        assert ids(left) == EXPECTED[2:], (class_id, left["findings"], left["ignored"])
        assert "is waived there already" in waive(w, class_id, code=1).err
        late = scan(w, "--ignore-file", "waivers.yaml", at="2031-01-01")
        assert ids(late) == EXPECTED
        notes = [d["message"] for d in late["diagnostics"] if d["kind"] == "waiver-expired"]
        assert any("the rule of team-web expired on 2030-01-01" in n for n in notes), notes


def test_a_waiver_says_why_whose_and_how_long():
    with Workspace() as w:
        for flags in (["--owner", "a", "--expires", "2030-01-01"], ["--reason", "a", "--expires", "2030-01-01"],
                      ["--reason", "a", "--owner", "b"],
                      ["--reason", "a", "--owner", "b", "--expires", "2020-01-01"],
                      ["--reason", "a", "--owner", "b", "--expires", "soon"],
                      ["--reason", "a", "--owner", "b", "--expires", "2030-01-01", "--purl", "lodash"]):
            done = w.run("policy", "waive", "CVE-2026-1", *flags)
            assert done.code == 64 and not (w.path / "waivers.yaml").exists(), (flags, done.err)


support.main(globals())
