#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every disagreement with the peers on one image, packages and findings, grouped by cause with proof.

  bench/run --compare                                          on the reference image
  bench/compare.py IMAGE --peers DIR --databases DIR --db FILE --feeds DIR     on an OCI layout

Packages are compared as (type, name, version) of their package URLs; findings as (vulnerability, name,
version), where all ids that the feeds call aliases of one another are one vulnerability. The proof is
the file that names a package, our finding's proof, or what `bulkhead explain` says to the peer's.
"""
import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import urllib.parse
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
BULKHEAD = ROOT / "build/release/bin/bulkhead"
SHOWN = 5  # members of a group that are named unless --all


def peer_environment(databases):
    """Keeps the peers offline and on the databases made from our feeds."""
    return {"SYFT_CHECK_FOR_APP_UPDATE": "false", "GRYPE_CHECK_FOR_APP_UPDATE": "false",
            "GRYPE_DB_AUTO_UPDATE": "false", "GRYPE_DB_VALIDATE_AGE": "false",
            "GRYPE_DB_CACHE_DIR": str(databases / "grype"), "TRIVY_SKIP_VERSION_CHECK": "true"}


def trivy_command(program, image, databases, *more, cache="memory"):
    return [program, "image", "--input", str(image), "--cache-dir", str(databases / "trivy"),
            "--cache-backend", cache, "--offline-scan", "--skip-db-update",
            "--skip-java-db-update", "--quiet", *more]


def output_of(command, env=None):
    done = subprocess.run([str(word) for word in command], env={**os.environ, **(env or {})},
                          stdout=subprocess.PIPE, check=False)
    if done.returncode not in (0, 2):
        raise SystemExit(f"{command}: exit {done.returncode}")
    return json.loads(done.stdout)


def split_purl(text):
    """(type, name with namespace, version) of a package URL; a distribution's name is no part of it."""
    body, _, qualifiers = text.removeprefix("pkg:").partition("?")
    body = body.partition("#")[0]
    kind, _, path = body.partition("/")
    path, _, version = path.rpartition("@") if "@" in path else (path, "", "")
    name, version = urllib.parse.unquote(path), urllib.parse.unquote(version)
    epoch = dict(urllib.parse.parse_qsl(qualifiers)).get("epoch", "0")
    if kind in ("deb", "apk", "rpm"):
        name = name.rpartition("/")[2]
        if epoch != "0" and ":" not in version:
            version = f"{epoch}:{version}"
    if kind == "pypi":
        name = re.sub(r"[-_.]+", "-", name).lower()
    if kind == "golang":
        version = version.removeprefix("v")
    return kind, name, version


class Side:
    """What one tool says: packages and findings, each with where it is from."""

    def __init__(self, name):
        self.name = name
        self.packages = {}                       # (type, name, version) -> cause, place
        self.findings = collections.defaultdict(set)  # (vulnerability, type, name, version) -> ids

    def package(self, purl, cause, place):
        self.packages.setdefault(split_purl(purl), (cause, place))


def read_ours(report, join):
    side = Side("bulkhead")
    side.proofs = {}
    for package in report["packages"]:
        cause = f"{package['origin']}, {package.get('cataloger', '')}"
        place = package["locations"][0]["path"] if package["locations"] else ""
        if package.get("owner"):
            cause += ", owned by a distribution's package"
        side.package(package["purl"], cause, place)
    for finding in report["findings"]:
        key = (join(finding["id"]), *split_purl(finding["package"]["purl"]))
        side.findings[key].update([finding["id"], *finding.get("aliases", [])])
        side.proofs[key] = finding["proofs"][0]
    return side


def read_syft(report):
    side = Side("syft")
    for artifact in report["artifacts"]:
        if artifact.get("purl"):
            side.package(artifact["purl"], artifact["foundBy"], artifact["locations"][0]["path"])
    return side


def read_trivy(report, join):
    side = Side("trivy")
    for result in report.get("Results", []):
        for package in result.get("Packages", []):
            purl = package.get("Identifier", {}).get("PURL", "")
            if purl:
                side.package(purl, result.get("Type", ""), package.get("FilePath", result["Target"]))
        for finding in result.get("Vulnerabilities", []):
            key = (join(finding["VulnerabilityID"]), *split_purl(finding["PkgIdentifier"]["PURL"]))
            side.findings[key].update([finding["VulnerabilityID"], *finding.get("VendorIDs", [])])
    return side


def read_grype(report, join):
    side = Side("grype")
    for match in report["matches"]:
        artifact, vulnerability = match["artifact"], match["vulnerability"]
        key = (join(vulnerability["id"]), *split_purl(artifact["purl"]))
        related = [one["id"] for one in match.get("relatedVulnerabilities", [])]
        side.findings[key].update([vulnerability["id"], *related])
    return side


def alias_join(feeds):
    """One name for all ids that the feeds' OSV records call the same: a CVE where there is one."""
    parent = {}

    def find(one):
        while parent.setdefault(one, one) != one:
            parent[one] = parent[parent[one]]
            one = parent[one]
        return one
    for path in sorted(feeds.glob("osv/*/all.zip")):
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                record = json.loads(archive.read(name))
                if record.get("withdrawn"):
                    continue
                for alias in record.get("aliases", []):
                    first, second = find(record["id"]), find(alias)
                    if first != second:
                        keep, drop = sorted((first, second), key=lambda id: (id[:4] != "CVE-", id))
                        parent[drop] = keep
    return find


class Explainer:
    """`bulkhead explain` for one image, asked once for each id."""

    def __init__(self, image, db):
        self.command = [BULKHEAD, "explain", "--image", f"oci:{image}:latest", "--db", db, "-f", "json"]
        self.answers = {}

    def ask(self, ids, package):
        """(cause, proof) for one package, by whichever of the ids our database knows."""
        sentences = []
        for id in sorted(ids):
            if id not in self.answers:
                self.answers[id] = output_of([*self.command, id])
            answer = self.answers[id]
            for one in answer["explanations"]:
                if split_purl(one.get("package", "")) == package:
                    rule = one["proof"].get("rule", "")
                    return f"{one['outcome']} {rule}".strip(), one["sentence"]
            sentences.append("known, but no record names this package" if answer["known"]
                             else "no feed knows this id")
        return sentences[0], ""


def print_groups(title, groups, limit):
    print(f"\n### {title}")
    if not groups:
        print("none")
    for cause, members in sorted(groups.items(), key=lambda item: -len(item[1])):
        print(f"\n- {len(members)}: {cause}")
        for member, proof in sorted(members)[:limit]:
            print(f"    - {' '.join(member)}" + (f": {proof}" if proof else ""))
        if limit is not None and len(members) > limit:
            print(f"    - and {len(members) - limit} more")


def compare_packages(ours, peer, limit):
    shared = ours.packages.keys() & peer.packages.keys()
    print(f"\n## Packages: bulkhead {len(ours.packages)}, {peer.name} {len(peer.packages)}, "
          f"both {len(shared)}")
    for one, other in ((ours, peer), (peer, ours)):
        groups = collections.defaultdict(list)
        versions = collections.defaultdict(list)
        for kind, name, version in other.packages:
            versions[kind, name].append(version)
        for key in one.packages.keys() - shared:
            cause, place = one.packages[key]
            there = versions.get(key[:2])
            if there:
                cause += f"; {other.name} has the name in other versions"
                place += f" ({other.name}: {', '.join(sorted(there))})"
            groups[f"{key[0]}, {cause}"].append((key, place))
        print_groups(f"only {one.name}", groups, limit)


def compare_findings(ours, peer, explainer, limit):
    shared = ours.findings.keys() & peer.findings.keys()
    print(f"\n## Findings: bulkhead {len(ours.findings)}, {peer.name} {len(peer.findings)}, "
          f"both {len(shared)}")
    groups = collections.defaultdict(list)
    for key in ours.findings.keys() - shared:
        proof = ours.proofs[key]
        has = "has the package" if key[1:] in peer.packages or not peer.packages else "lacks the package"
        cause = f"{key[1]}, {proof.get('rule', '')} by {proof['source']}; {peer.name} {has}"
        groups[cause].append((key, " ".join(
            proof.get(part, "") for part in ("advisory", "package", "compared", "range"))))
    print_groups("only bulkhead", groups, limit)
    groups = collections.defaultdict(list)
    for key in peer.findings.keys() - shared:
        if key[1:] in ours.packages:
            cause, proof = explainer.ask(peer.findings[key], key[1:])
        else:
            cause, proof = "we have no such package", ""
        groups[f"{key[1]}, {cause}"].append((key, proof))
    print_groups(f"only {peer.name}", groups, limit)


def compare(image, peers, databases, db, feeds, keep=None, limit=SHOWN):
    """Prints everything; `keep` is a folder for the tools' own reports."""
    join = alias_join(feeds)
    env = peer_environment(databases)
    reports = {
        "bulkhead": output_of([BULKHEAD, "scan", f"oci:{image}:latest", "--no-cache", "--db", db,
                               "-f", "json"]),
        "syft": output_of([peers["syft"], "scan", f"oci-dir:{image}", "-o", "json", "-q"], env),
        "trivy": output_of(trivy_command(peers["trivy"], image, databases, "--format", "json",
                                         "--list-all-pkgs", "--scanners", "vuln"), env),
        "grype": output_of([peers["grype"], f"oci-dir:{image}", "-o", "json", "-q"], env),
    }
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        for name, report in reports.items():
            (keep / f"{name}.json").write_text(json.dumps(report, indent=1))
    ours = read_ours(reports["bulkhead"], join)
    trivy, syft = read_trivy(reports["trivy"], join), read_syft(reports["syft"])
    grype = read_grype(reports["grype"], join)
    grype.packages = syft.packages  # Grype catalogs with Syft's library
    explainer = Explainer(image, db)
    print(f"# Disagreements with the peers on {image}")
    for peer in (syft, trivy):
        compare_packages(ours, peer, limit)
    for peer in (grype, trivy):
        compare_findings(ours, peer, explainer, limit)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("image", type=pathlib.Path)
    for name in ("peers", "databases", "db", "feeds"):
        parser.add_argument(f"--{name}", type=pathlib.Path, required=True)
    parser.add_argument("--keep", type=pathlib.Path, help="folder for the tools' own reports")
    parser.add_argument("--all", action="store_true", help="name every member of a group")
    options = parser.parse_args()
    peers = {name: options.peers / name for name in ("trivy", "syft", "grype")}
    compare(options.image, peers, options.databases, options.db, options.feeds, options.keep,
            None if options.all else SHOWN)


if __name__ == "__main__":
    main()
