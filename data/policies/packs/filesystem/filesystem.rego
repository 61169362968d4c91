# One declaration, parameters.filesystem.writable_paths, against what each stage knows: the volumes and the build steps of
# the image, the mounts of a pod under review, and what the agent has seen written.
package bulkhead.filesystem

deny contains {"id": "FS001", "message": message, "subject": container.name, "path": path} if {
	some path, container in containers
	not container.securityContext.readOnlyRootFilesystem == true
	message := sprintf("The root file system of container %s is writable", [container.name])
}

deny contains {"id": "FS002", "message": message, "subject": container.name, "path": path, "severity": severity} if {
	some place, container in containers
	some index, mount in container.volumeMounts
	not mount.readOnly == true
	not read_only_volume(mount.name)
	not declared(mount.mountPath)
	path := sprintf("%s.volumeMounts[%d]", [place, index])
	severity := volume_severity(mount.name)
	message := sprintf("Container %s may write to %s on volume %s", [container.name, mount.mountPath, mount.name])
}

deny contains {"id": "FS003", "message": message, "path": "config.Volumes"} if {
	parameter.image_volumes
	some path, _ in input.image.config.Volumes
	not declared(path)
	message := sprintf("VOLUME %s may be written and is not declared", [path])
}

deny contains {"id": "FS004", "message": message, "path": entry.path} if {
	some entry in input.runtime.drift
	not declared(entry.path)
	message := sprintf("%s was written%s", [entry.path, by(entry)])
}

deny contains {"id": "FS005", "message": message, "path": entry.path} if {
	some entry in input.runtime.drift
	entry.executed == true
	message := sprintf("%s is not part of the image and was run%s", [entry.path, by(entry)])
}

warn contains {"id": "FS006", "message": message, "path": sprintf("history[%d]", [index])} if {
	some index, step in input.image.history
	some path in opened(step.created_by)
	not declared(path)
	message := sprintf("A step of the build opens %s for writing", [path])
}

deny contains {"id": "FS007", "message": message, "path": "parameters.filesystem.writable_paths"} if {
	input.image.config
	some path in parameter.writable_paths
	clean(path) in {
		"", "/bin", "/boot", "/dev", "/etc", "/lib", "/lib64", "/proc", "/root", "/sbin", "/sys", "/usr", "/usr/bin",
		"/usr/lib", "/usr/lib64", "/usr/local", "/usr/local/bin", "/usr/local/lib", "/usr/sbin", "/var",
	}
	message := sprintf("%s is declared as writable", [path])
}

parameter := data.parameters.filesystem

directories := {clean(path) | some path in parameter.writable_paths}

# Itself declared or below a directory that is. A path that climbs is none.
declared(path) if {
	not regex.match(`(^|/)\.\.(/|$)`, path)
	some directory in directories
	startswith(concat("", [clean(path), "/"]), concat("", [directory, "/"]))
}

# Without "//" and the last slash; "/" is "".
clean(path) := trim_suffix(regex.replace(concat("/", ["", path]), `/+`, "/"), "/")

# Containers of a pod, or of what makes pods, by the path at which they stand.
containers[path] := container if {
	some prefix, spec in pod_specs
	some kind in ["containers", "initContainers", "ephemeralContainers"]
	some index, container in spec[kind]
	some pattern in parameter.containers
	glob.match(pattern, [], container.name)
	path := sprintf("%s.%s[%d]", [prefix, kind, index])
}

pod_specs.spec := input.object.spec if not input.object.spec.template

pod_specs["spec.template.spec"] := input.object.spec.template.spec

pod_specs["spec.jobTemplate.spec.template.spec"] := input.object.spec.jobTemplate.spec.template.spec

volumes[name] contains volume if {
	some spec in pod_specs
	some volume in spec.volumes
	name := volume.name
}

# The kubelet mounts these read-only whatever the mount says.
read_only_volume(name) if {
	some volume in volumes[name]
	some kind in ["configMap", "secret", "projected", "downwardAPI", "image"]
	volume[kind]
}

# A claim, or a share, that is given read-only as a whole.
read_only_volume(name) if {
	some volume in volumes[name]
	some source in volume
	source.readOnly == true
}

volume_severity(name) := "critical" if on_host(name)

volume_severity(name) := "high" if not on_host(name)

on_host(name) if {
	some volume in volumes[name]
	volume.hostPath
}

by(entry) := sprintf(" by %s", [entry.process])

by(entry) := "" if not entry.process

# Absolute paths that a step gives to somebody else, or lets others write.
opened(text) := (((given(text) | unlocked(text)) | copied(text)) | laid_open(text)) | installed(text)

given(text) := {path |
	some found in regex.find_all_string_submatch_n(`\bchown +(?:-\S+ +)*([^\s-]\S*) +([^;&|]+)`, text, -1)
	not regex.match(`^(root|0)?(:|$)`, found[1])
	some path in absolute(found[2])
}

unlocked(text) := {path |
	some found in regex.find_all_string_submatch_n(write_for_others, text, -1)
	some path in absolute(found[1])
}

copied(text) := {path |
	some found in regex.find_all_string_submatch_n(`^(?:COPY|ADD) +(?:--\S+ +)*--chown=(\S+) +([^#]+)`, text, 1)
	not regex.match(`^(root|0)?(:|$)`, found[1])
	some path in absolute(last_word(found[2]))
}

write_for_others := concat("", [`\bchmod +(?:-\S+ +)*`, mode_for_others, ` +([^;&|]+)`])

# A number, or clauses of which one gives "w" to more than the owner: "a=rwx", "u+x,o+w", "g-x+w".
mode_for_others := concat("", [
	`(?:[0-7]{1,2}(?:[2367][0-7]|[0-7][2367])|(?:[ugoa]*(?:[-+=][rwxXstugo]*)+,)*`,
	`(?:[ugo]*[goa][ugoa]*(?:[-+=][rwxXst]*)*)?[+=][rxXst]*w[-+=,rwxXstugoa]*)`,
])

absolute(text) := {word | some word in regex.split(` +`, trim_space(text)); startswith(word, "/")}

laid_open(text) := {path |
	pattern := concat("", [`^(?:COPY|ADD) +(?:--\S+ +)*--chmod=`, mode_for_others, ` +([^#]+)`])
	some found in regex.find_all_string_submatch_n(pattern, text, 1)
	some path in absolute(last_word(found[1]))
}

# install gives with -o, and opens with -m; with -d all its words are directories, else the last one is the target.
installed(text) := {path |
	some found in regex.find_all_string_submatch_n(`(?:^|-c|[;&|(])\s*(?:/usr/bin/)?install +([^;&|#]+)`, text, -1)
	installs_open(found[1])
	some path in targets(found[1])
}

installs_open(text) if {
	some found in regex.find_all_string_submatch_n(`(?:^|\s)(?:-[a-zA-Z]*o *|--owner[= ])([^\s-]\S*)`, text, -1)
	not regex.match(`^(root|0)$`, found[1])
}

installs_open(text) if regex.match(concat("", [`(?:^|\s)(?:-[a-zA-Z]*m *|--mode[= ])`, mode_for_others, `(?:\s|$)`]), text)

targets(text) := absolute(text) if regex.match(makes_directories, text)

targets(text) := absolute(last_word(text)) if not regex.match(makes_directories, text)

makes_directories := `(?:^|\s)(?:-[a-zA-Z]*d[a-zA-Z]*|--directory)(?:\s|$)`

last_word(text) := words[count(words) - 1] if words := regex.split(` +`, trim_space(text))
