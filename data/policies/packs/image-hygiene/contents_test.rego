package bulkhead.image_hygiene_test

import data.bulkhead.image_hygiene as pack
import data.bulkhead.test as t

secret := {
	"kind": "secret", "class_id": "s1", "id": "aws-access-key", "severity": "critical", "location": "app/.env",
	"title": "AKIASECRETVALUE",
}

test_hyg003_fails_on_a_secret_without_repeating_it if {
	found := t.of(pack.deny, "HYG003") with input as t.findings([secret])
	found == {
		{"id": "HYG003", "message": "Secret of kind aws-access-key in app/.env", "path": "app/.env", "finding": "s1"},
	}
}

test_hyg003_passes_on_other_findings if {
	not "HYG003" in t.ids(pack.deny) with input as t.findings([t.finding({})])
}

test_hyg006_fails_on_a_package_manager if {
	found := t.of(pack.warn, "HYG006") with input as t.packages([t.deb("apt"), t.deb("base-files")])
	{reason.subject | some reason in found} == {"pkg:deb/apt@1.0-1"}
}

test_hyg006_passes_without_one if {
	not "HYG006" in t.ids(pack.warn)
		with input as t.packages([t.deb("base-files"), t.package_of("npm", "apt", "1.0", [])])
}

test_hyg006_passes_when_it_is_allowed if {
	not "HYG006" in t.ids(pack.warn) with input as t.packages([t.deb("apt")])
		with data.parameters["image-hygiene"].allowed_packages as ["apt"]
}

test_hyg007_fails_on_servers if {
	found := t.of(pack.deny, "HYG007")
		with input as t.packages([t.deb("openssh-server"), t.deb("telnetd"), t.deb("openssh-client")])
	{[reason.subject, reason.severity] | some reason in found} == {
		["pkg:deb/openssh-server@1.0-1", "high"], ["pkg:deb/telnetd@1.0-1", "critical"],
	}
}

test_hyg007_fails_on_a_name_that_means_the_server_on_one_distribution if {
	"HYG007" in t.ids(pack.deny) with input as t.packages([t.package_of("apk", "openssh", "9.6_p1-r0", [])])
	not "HYG007" in t.ids(pack.deny) with input as t.packages([t.package_of("rpm", "openssh", "9.6p1-1", [])])
}

test_hyg007_passes_on_clients_and_libraries if {
	every name in ["openssh-client", "libssh2-1", "ftp", "rsync", "samba-libs"] {
		not "HYG007" in t.ids(pack.deny) with input as t.packages([t.deb(name)])
	}
}

test_hyg010_fails_on_many_packages if {
	many := [t.deb(sprintf("package%d", [number])) | some number in numbers.range(1, 121)]
	t.messages(pack.warn, "HYG010") == "121 system packages; a minimal image has at most 120"
		with input as t.packages(many)
}

test_hyg010_passes_on_few_packages if {
	not "HYG010" in t.ids(pack.warn) with input as t.packages([t.deb("base-files")])
	many := [t.package_of("npm", sprintf("package%d", [number]), "1.0.0", []) | some number in numbers.range(1, 200)]
	not "HYG010" in t.ids(pack.warn) with input as t.packages(many)
}

test_hyg011_fails_on_a_setuid_file if {
	t.messages(pack.deny, "HYG011") == "usr/bin/su has mode 4755" with input as setuid
}

test_hyg011_passes_when_there_is_none_or_it_is_allowed if {
	not "HYG011" in t.ids(pack.deny) with input as t.document({"filesystem": {"setuid": []}})
	not "HYG011" in t.ids(pack.deny)
		with input as setuid
		with data.parameters["image-hygiene"].allowed_setuid as ["usr/bin/*"]
}

test_hyg020_fails_on_an_ended_distribution if {
	t.messages(pack.deny, "HYG020") == "Debian GNU/Linux 10 (buster) is not maintained since 2022-09-10"
		with input as distro("2022-09-10")
}

test_hyg020_passes_on_a_maintained_one if {
	not "HYG020" in t.ids(pack.deny) with input as distro("2028-06-30")
}

test_hyg020_passes_with_extended_support_while_it_lasts if {
	extended := object.union(distro("2022-09-10"), {"distro": {"end_of_extended_life": "2027-06-30"}})
	"HYG020" in t.ids(pack.deny) with input as extended
	not "HYG020" in t.ids(pack.deny)
		with input as extended
		with data.parameters["image-hygiene"].extended_support as true
	"HYG020" in t.ids(pack.deny) with input as distro("2022-09-10")
		with data.parameters["image-hygiene"].extended_support as true
}

test_hyg021_fails_shortly_before_the_end if {
	t.messages(pack.warn, "HYG021") == "Debian GNU/Linux 10 (buster) is maintained until 2026-07-11, 40 days more"
		with input as distro("2026-07-11")
}

test_hyg021_passes_long_before_and_after if {
	not "HYG021" in t.ids(pack.warn) with input as distro("2028-06-30")
	not "HYG021" in t.ids(pack.warn) with input as distro("2022-09-10")
	not "HYG021" in t.ids(pack.warn) with input as t.document({"distro": {"id": "arch", "name": "Arch Linux"}})
}

test_hyg025_fails_on_a_scanner if {
	"HYG025" in t.ids(pack.warn) with input as t.packages([t.deb("nmap")])
}

test_hyg025_passes_without_tools if {
	not "HYG025" in t.ids(pack.warn)
		with input as t.packages([t.deb("base-files"), t.package_of("npm", "nmap", "1.0.0", [])])
}

test_hyg026_fails_on_a_compiler if {
	"HYG026" in t.ids(pack.warn) with input as t.packages([t.package_of("rpm", "gcc-c++", "11.4.1-3.el9", [])])
}

test_hyg026_passes_on_its_libraries if {
	not "HYG026" in t.ids(pack.warn) with input as t.packages([t.deb("libgcc-s1"), t.deb("gcc-12-base")])
}

setuid := t.document({"filesystem": {"setuid": [{"path": "usr/bin/su", "mode": "4755", "layer": "sha256:cc"}]}})

distro(end) := t.document({"distro": {
	"id": "debian",
	"version": "10",
	"name": "Debian GNU/Linux 10 (buster)",
	"end_of_life": end,
}})
