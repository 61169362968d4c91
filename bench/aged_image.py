# SPDX-License-Identifier: Apache-2.0
"""An image of old packages, for comparing findings where the reference image has hardly any.

The reference image's distribution is up to date, so its findings say little about matching. Here every
package that the feeds name stands twice, in versions that their records name: bounds of ranges, where
matchers differ. Only what a cataloger reads is there: dpkg's status, `package.json`, `METADATA`, and
the programs given, for the modules that Go wrote into them.
"""
import json
import pathlib
import zipfile

import support


def named_versions(feeds, ecosystem):
    """package -> the versions that the records' ranges name, in the order of the records."""
    out = {}
    with zipfile.ZipFile(feeds / "osv" / ecosystem / "all.zip") as archive:
        for name in sorted(archive.namelist()):
            record = json.loads(archive.read(name))
            if record.get("withdrawn"):
                continue
            for affected in record["affected"]:
                if affected["package"]["ecosystem"] != ecosystem:
                    continue
                versions = out.setdefault(affected["package"]["name"], [])
                for one in affected.get("ranges", []):
                    if one["type"] != "GIT":
                        versions += [version for event in one["events"] for version in event.values()
                                     if version != "0"]
    return {name: versions for name, versions in out.items() if versions}


def two_of(versions):
    """The middle one and the last one, once if they are the same."""
    return sorted({versions[len(versions) // 2], versions[-1]})


def dpkg_status(feeds):
    """Each source package as a package of its name, and as a library that names its source."""
    stanza = "Package: {}\nStatus: install ok installed\nArchitecture: amd64\n{}Version: {}\nDescription: x\n"
    stanzas = []
    for source, vulnerabilities in sorted(json.loads((feeds / "debian/tracker.json").read_text()).items()):
        fixes = [facts["releases"]["bookworm"].get("fixed_version", "0")
                 for _, facts in sorted(vulnerabilities.items()) if "bookworm" in facts["releases"]]
        fixes = [version for version in fixes if version != "0"]
        if fixes:
            own, other = fixes[len(fixes) // 2], fixes[-1]
            stanzas.append(stanza.format(source, "", own))
            stanzas.append(stanza.format(f"lib{source}99", f"Source: {source} ({other})\n", f"{other}+b1"))
    return "\n".join(stanzas)


def make(folder, feeds, programs):
    """An OCI layout, tag "latest"; made anew each time, for the feeds and programs change."""
    files = {"etc/os-release": support.OS_RELEASE, "var/lib/dpkg/status": dpkg_status(feeds)}
    for name, versions in named_versions(feeds, "npm").items():
        for number, version in enumerate(two_of(versions)):
            files[f"opt/npm{number}/node_modules/{name}/package.json"] = json.dumps(
                {"name": name, "version": version})
    for name, versions in named_versions(feeds, "PyPI").items():
        for number, version in enumerate(two_of(versions)):
            files[f"opt/py{number}/{name}-{version}.dist-info/METADATA"] = (
                f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n\ntext\n")
    for program in programs:
        files[f"usr/bin/{pathlib.Path(program).name}"] = pathlib.Path(program).read_bytes()
    return support.Layout(folder).layer(support.tar_of(files), compression="none").finish()
