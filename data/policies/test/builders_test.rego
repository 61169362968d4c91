# Builders of documents for tests of rules: `t.image({"User": "1000"})` is the document of an image whose config has that
# user and nothing else that any rule of the shipped packs objects to. All of them return plain objects.
package bulkhead.test

now := "2026-06-01T12:00:00Z"

# ids(pack.deny): the rules that spoke.
ids(reasons) := {reason.id | some reason in reasons}

# of(pack.deny, "HYG001"): what one rule said.
of(reasons, id) := {reason | some reason in reasons; reason.id == id}

# messages(pack.deny, "HYG001"): its messages as one text, to look for words.
messages(reasons, id) := concat("\n", sort([reason.message | some reason in reasons; reason.id == id]))

# document({"stage": "admission"}): the smallest document, with members replaced or added.
document(members) := object.union({"stage": "build", "at": now}, members)

image_members := {
	"reference": "registry.example.com/shop/cart:1.4.2",
	"registry": "registry.example.com",
	"repository": "shop/cart",
	"tag": "1.4.2",
	"digest": "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	"platform": "linux/amd64",
	"created": "2026-05-20T08:00:00Z",
}

# image({"User": "1000"}): an image with that config.
image(config) := document({"image": object.union(image_members, {"config": config})})

# image_with({"tag": "latest"}): an image without a config, with members replaced or added.
image_with(members) := document({"image": object.union(image_members, members)})

# history(["RUN make"]): an image built by these steps.
history(steps) := image_with({"history": [{"created_by": step} | some step in steps]})

# package(deb, curl, 7.88, ["MIT"]): one package as a scan reports it.
package_of(type, name, version, licences) := object.union(
	{
		"purl": concat("", ["pkg:", type, "/", name, "@", version]),
		"type": type,
		"name": name,
		"version": version,
		"origin": "installed",
		"locations": [{"path": concat("/", ["opt", name])}],
	},
	{key: value | some key, value in {"licences": licences}; count(value) > 0},
)

deb(name) := package_of("deb", name, "1.0-1", [])

packages(list) := document({"packages": list})

# finding({"severity": "high"}): a vulnerability with a fix, with members replaced or added (deeply).
finding(members) := object.union(
	{
		"kind": "vuln",
		"class_id": "class-1",
		"id": "CVE-2026-0001",
		"severity": "medium",
		"package": "pkg:deb/debian/openssl@3.0.1-1",
		"published": "2026-01-01T00:00:00Z",
		"fix": {"version": "3.0.2-1", "state": "fixed", "available_since": "2026-01-10T00:00:00Z"},
	},
	members,
)

# unfixed({"severity": "high"}): the same without a fix.
unfixed(members) := object.union(
	object.remove(finding({}), ["fix"]),
	object.union({"fix": {"state": "affected"}}, members),
)

findings(list) := document({"findings": list, "scan": scan_members})

scan_members := {
	"at": "2026-06-01T11:00:00Z",
	"scanners": ["packages", "vuln"],
	"complete": true,
	"database": {
		"kind": "feeds",
		"feeds": [{"name": "debian", "records": 1000, "newest": "2026-06-01T06:00:00Z"}],
	},
	"not_judged": [],
}

# scan({"complete": false}): a document about the scan itself.
scan(members) := document({"scan": object.union(scan_members, members)})
