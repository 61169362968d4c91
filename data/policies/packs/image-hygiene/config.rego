# What the configuration of the image says: health check, ports, environment, labels, triggers, age and platform.
# Names of variables are told, their values never.
package bulkhead.image_hygiene

warn contains {"id": "HYG012", "message": "The image has no health check", "path": "config.Healthcheck"} if {
	input.image.config
	not health_checked
	not input.object
}

deny contains exposed if {
	some port, _ in input.image.config.ExposedPorts
	some service in data.lists.high_risk_services.services
	some number in service.ports
	in_ports(number, port)
	exposed := {
		"id": "HYG013",
		"message": sprintf("Port %s of a %s is exposed: %s", [port, service.name, service.why]),
		"path": "config.ExposedPorts",
		"severity": service.severity,
	}
}

deny contains {"id": "HYG014", "message": message, "path": "config.Env"} if {
	some entry in input.image.config.Env
	name := split(entry, "=")[0]
	holds_secret(name, substring(entry, count(name) + 1, -1))
	message := sprintf("The environment variable %s is set in the image; its name says that it is secret", [name])
}

warn contains {"id": "HYG018", "message": message, "path": "created"} if {
	created := time.parse_rfc3339_ns(input.image.created)
	created > time.parse_rfc3339_ns("2000-01-01T00:00:00Z") # reproducible builds say 1970 or so
	days := floor((time.parse_rfc3339_ns(input.at) - created) / (86400 * 1000000000))
	days > parameter.max_age_days
	message := sprintf("The image was created %d days ago, on %s", [days, substring(input.image.created, 0, 10)])
}

deny contains {"id": "HYG019", "message": message, "path": "platform"} if {
	count(parameter.platforms) > 0
	not input.image.platform in parameter.platforms
	message := sprintf("The image is for %s, not for %s", [input.image.platform, concat(" or ", parameter.platforms)])
}

warn contains {"id": "HYG023", "message": message, "path": "config.Labels"} if {
	some label in parameter.required_labels
	object.get(labels, label, "") == ""
	message := sprintf("The label %s is missing", [label])
}

warn contains {"id": "HYG024", "message": message, "path": "config.OnBuild"} if {
	number := count(input.image.config.OnBuild)
	number > 0
	message := sprintf("%d ONBUILD steps run in every build on this image", [number])
}

health_checked if {
	test := input.image.config.Healthcheck.Test
	count(test) > 0
	test[0] != "NONE"
}

# "22", "22/tcp" or "20-25/tcp".
in_ports(number, port) if {
	ends := split(split(port, "/")[0], "-")
	number >= to_number(ends[0])
	number <= to_number(ends[count(ends) - 1])
}

labels := object.get(input.image.config, "Labels", {})

holds_secret(name, value) if {
	secret_name(name)
	not lower(value) in {"", "true", "false", "yes", "no", "on", "off", "0", "1", "none", "null"}
}

secret_name(name) if {
	regex.match(data.lists.secret_names.is, upper(name))
	not regex.match(data.lists.secret_names.not, upper(name))
	not name in parameter.allowed_env
}
