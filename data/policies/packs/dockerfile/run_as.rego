# Who the image runs as, how it is started, and what it announces.
package bulkhead.dockerfile

deny contains file_reason("DKF001", file, last.from.line, message) if {
	some file in files
	last := final_stage(file)
	count(users_of(file)) == 0
	not named_for_another_user(file)
	message := sprintf("The last stage, from %s, sets no USER", [last.from.image])
}

deny contains file_reason("DKF002", file, user.line, message) if {
	some file in files
	users := users_of(file)
	user := users[count(users) - 1]
	name := word_of(user)
	account := split(name, ":")[0]
	regex.match(`^(root|0+|ContainerAdministrator)$`, account)
	message := sprintf("The image runs as %s", [name])
}

deny contains object.union(reason("DKF020", entry, message), {"severity": service.severity}) if {
	some entry in those_of.expose
	some port in words_of(entry.step)
	some service in data.lists.high_risk_services.services
	some number in service.ports
	in_ports(number, port)
	message := sprintf("Port %s of a %s is exposed: %s", [port, service.name, service.why])
}

warn contains reason("DKF021", entry, message) if {
	some entry in those_of.workdir
	path := word_of(entry.step)
	not regex.match(`^(/|\$|[A-Za-z]:|\\)`, path)
	message := sprintf("WORKDIR %s is relative", [path])
}

warn contains file_reason("DKF022", file, line, message) if {
	some file in files
	some stage in file.document.stages
	lines := [step.line | some step in stage.instructions; step.cmd == "cmd"]
	count(lines) > 1
	line := lines[count(lines) - 1]
	message := sprintf("The stage has %d CMD; only this one counts", [count(lines)])
}

warn contains file_reason("DKF023", file, line, message) if {
	some file in files
	some stage in file.document.stages
	lines := [step.line | some step in stage.instructions; step.cmd == "entrypoint"]
	count(lines) > 1
	line := lines[count(lines) - 1]
	message := sprintf("The stage has %d ENTRYPOINT; only this one counts", [count(lines)])
}

warn contains file_reason("DKF024", file, last.from.line, "There is no HEALTHCHECK") if {
	parameter.require_healthcheck
	some file in files
	last := final_stage(file)
	checks := steps_of(file, "healthcheck")
	not is_checked(checks)
}

warn contains reason("DKF025", entry, message) if {
	some cmd in ["cmd", "entrypoint"]
	some entry in those_of[cmd]
	entry.shipped
	entry.step.form == "shell"
	message := sprintf("%s is started through a shell", [upper(cmd)])
}

warn contains reason("DKF036", entry, "MAINTAINER is out of use") if some entry in those_of.maintainer

# "22", "22/tcp" or "20-25/tcp".
in_ports(number, port) if {
	ends := split(split(port, "/")[0], "-")
	number >= to_number(ends[0])
	number <= to_number(ends[count(ends) - 1])
}

final_stage(file) := file.document.stages[count(file.document.stages) - 1]

# USER steps that hold for the image, in the order in which they take effect: base stages come first.
users_of(file) := steps_of(file, "user")

# Steps of one kind in stages that hold for the image.
steps_of(file, cmd) := [step |
	shipped := shipped_stages(file)
	some stage in file.document.stages
	stage.index in shipped
	some step in stage.instructions
	step.cmd == cmd
]

# The image below all stages of the last one says by its name, or its tag, that it does not run as root. A stage's own
# name says nothing.
named_for_another_user(file) if {
	shipped := shipped_stages(file)
	some stage in file.document.stages
	stage.index in shipped
	not builds_on_stage(stage.from)
	name := concat(":", [stage.from.image, object.get(stage.from, "tag", "")])
	regex.match(`nonroot|rootless|unprivileged`, lower(name))
}

# The last one counts; "HEALTHCHECK NONE" takes away what a stage below has set.
is_checked(checks) if checks[count(checks) - 1].value[0] != "NONE"

words_of(step) := object.get(step, "resolved", step.value)

word_of(step) := words_of(step)[0]
