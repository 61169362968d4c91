# What is in the image: packages that do not belong there, secrets, setuid files, a distribution without maintenance.
# The list of packages is walked twice, whatever the number of rules: once to count, once for the names that matter.
package bulkhead.image_hygiene

deny contains {"id": "HYG003", "message": message, "path": location, "finding": finding.class_id} if {
	some finding in input.findings
	finding.kind == "secret"
	location := object.get(finding, "location", "an unknown place")
	message := sprintf("Secret of kind %s in %s", [finding.id, location])
}

warn contains reason("HYG006", package_found, message) if {
	some package_found in watched
	package_found.name in package_managers
	message := sprintf("The package manager %s %s is in the image", [package_found.name, package_found.version])
}

deny contains object.union(reason("HYG007", package_found, message), {"severity": service.severity}) if {
	some package_found in watched
	some key in keys(package_found)
	some service in services_of[key]
	message := sprintf("%s: %s %s is %s", [service.name, package_found.name, package_found.version, service.why])
}

warn contains {"id": "HYG010", "message": message, "path": "packages"} if {
	number := count([1 | some candidate in input.packages; candidate.type in system_types])
	number > parameter.max_system_packages
	message := sprintf("%d system packages; a minimal image has at most %d", [number, parameter.max_system_packages])
}

deny contains {"id": "HYG011", "message": message, "path": file.path} if {
	some file in input.filesystem.setuid
	not matches_any(parameter.allowed_setuid, file.path)
	message := sprintf("%s has mode %v", [file.path, file.mode])
}

deny contains {"id": "HYG020", "message": message, "path": "distro"} if {
	left := days_left(maintained_until)
	left < 0
	message := sprintf("%s is not maintained since %s", [distribution, maintained_until])
}

warn contains {"id": "HYG021", "message": message, "path": "distro"} if {
	left := days_left(maintained_until)
	left >= 0
	left <= parameter.end_of_life_days
	message := sprintf("%s is maintained until %s, %d days more", [distribution, maintained_until, left])
}

warn contains reason("HYG025", package_found, message) if {
	some package_found in watched
	package_found.name in intrusion_tools
	message := sprintf("%s %s is of use to an intruder", [package_found.name, package_found.version])
}

warn contains reason("HYG026", package_found, message) if {
	some package_found in watched
	package_found.name in build_tools
	message := sprintf("%s %s is for building, not for running", [package_found.name, package_found.version])
}

reason(id, found, message) := {"id": id, "message": message, "subject": found.purl, "path": place(found)}

place(found) := found.locations[0].path

place(found) := "packages" if not found.locations[0].path

# The last day of the support that one has.
maintained_until := input.distro.end_of_extended_life if parameter.extended_support

maintained_until := input.distro.end_of_life if not parameter.extended_support

maintained_until := input.distro.end_of_life if not input.distro.end_of_extended_life

days_left(date) := floor((end - time.parse_rfc3339_ns(input.at)) / (86400 * 1000000000)) if {
	end := time.parse_rfc3339_ns(concat("", [date, "T23:59:59Z"]))
}

distribution := input.distro.name

distribution := concat(" ", [input.distro.id, object.get(input.distro, "version", "")]) if not input.distro.name

system_types := {type | some type in data.lists.package_types.system}

package_managers := {name | some names in data.lists.package_managers; some name in names}

intrusion_tools := {name | some name in data.lists.tools.intrusion}

build_tools := {name | some name in data.lists.tools.build}

# services_of["apk:openssh"], services_of["vsftpd"]: services that such a package brings.
services_of[key] contains service if {
	some service in data.lists.high_risk_services.services
	some key in service.packages
}

keys(found) := {found.name, concat(":", [found.type, found.name])}

watched_keys := ((package_managers | intrusion_tools) | build_tools) | {key | some key, _ in services_of}

watched := [candidate |
	some candidate in input.packages
	candidate.type in system_types
	some key in keys(candidate)
	key in watched_keys
	not candidate.name in parameter.allowed_packages
]
