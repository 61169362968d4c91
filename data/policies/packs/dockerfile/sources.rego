# What the image is made from: its bases, and what COPY, ADD and downloads bring in.
package bulkhead.dockerfile

warn contains reason("DKF004", entry, message) if {
	some entry in those_of.add
	entry.step.value[0]
	not entry.step.heredocs
	every source in sources_of(entry.step) {
		not regex.match(`^([a-z]+://|git@)`, source)
		not regex.match(`\.(tar|tar\.[a-z0-9]+|tgz|tbz2?|txz|tzst)$`, source)
		not contains(source, "$")
	}
	message := sprintf("ADD copies %s", [concat(", ", sources_of(entry.step))])
}

warn contains reason("DKF005", entry, message) if {
	some entry in those_of.add
	some source in sources_of(entry.step)
	regex.match(`^https?://`, source)
	not entry.step.flags.checksum
	message := sprintf("ADD takes %s without --checksum", [without_secrets(source)])
}

deny contains file_reason("DKF014", entry.file, entry.from.line, message) if {
	some entry in bases
	not entry.from.digest
	object.get(entry.from, "tag", "latest") == "latest"
	message := sprintf("The base %s has no version", [entry.from.image])
}

warn contains file_reason("DKF015", entry.file, entry.from.line, message) if {
	some entry in bases
	not entry.from.digest
	message := sprintf(
		"The base %s is not pinned by digest",
		[concat(":", [entry.from.image, object.get(entry.from, "tag", "latest")])],
	)
}

deny contains file_reason("DKF016", entry.file, entry.from.line, message) if {
	some entry in bases
	name := full_name(entry.from.image)
	not trusted_base(name)
	message := sprintf("The base %s is not on the list of trusted bases", [name])
}

deny contains reason("DKF019", entry, message) if {
	some cmd in ["copy", "add"]
	some entry in those_of[cmd]
	some source in sources_of(entry.step)
	secret_file(trim_suffix(source, "/"))
	message := sprintf("%s is copied into the image", [source])
}

warn contains file_reason("DKF027", entry.file, entry.from.line, message) if {
	some entry in bases
	not contains(entry.from.platform, "$")
	message := sprintf("The platform of %s is fixed to %s", [entry.from.image, entry.from.platform])
}

warn contains reason("DKF028", entry, message) if {
	some cmd in ["copy", "add"]
	some entry in those_of[cmd]
	not entry.step.flags.from
	some source in sources_of(entry.step)
	source in {".", "./", "*", "./*"}
	some file in files
	file.path == entry.file
	file.document.dockerignore.present == false
	message := sprintf("%s %s takes everything and there is no .dockerignore", [upper(cmd), source])
}

warn contains reason("DKF030", entry, message) if {
	some entry in those_of.add
	some source in sources_of(entry.step)
	unencrypted(source)
	message := sprintf("ADD takes %s", [without_secrets(source)])
}

warn contains reason("DKF030", call.entry, message) if {
	some call in calls
	call.words[0] in {"curl", "wget", "git", "pip", "pip3", "npm", "gem", "apk", "rpm", "dnf", "yum"}
	some word in call.words
	url := regex.replace(word, `^--?[A-Za-z-]+=`, "")
	unencrypted(url)
	message := sprintf("%s uses %s", [call.words[0], without_secrets(url)])
}

# Bases that somebody else publishes and whose name is known.
bases := [{"file": file, "from": stage.from} |
	some file in files
	some stage in file.document.stages
	not builds_on_stage(stage.from)
	not stage.from.unresolved
	stage.from.image != "scratch"
]

builds_on_stage(from) if from.stage >= 0

sources_of(step) := array.slice(words_of(step), 0, count(words_of(step)) - 1)

unencrypted(url) if {
	regex.match(`^(http|ftp|git)://`, url)
	not regex.match(`^[a-z]+://(localhost|127\.|\[::1\])`, url)
}

without_secrets(url) := regex.replace(regex.replace(url, `[?#].*$`, ""), `://[^/@]*@`, "://")

secret_file(path) if {
	some pattern in data.lists.secret_files.is
	matches_below(pattern, path)
	not harmless(path)
}

harmless(path) if {
	some pattern in data.lists.secret_files.not
	matches_below(pattern, path)
}

matches_below(pattern, path) if glob.match(pattern, ["/"], path)

matches_below(pattern, path) if glob.match(concat("", ["**/", pattern]), ["/"], path)

trusted_base(name) if {
	some pattern in data.lists.trusted_bases.images
	glob.match(pattern, ["/"], name)
}

# Registry and repository: "debian" is docker.io/library/debian.
# So are docker.io/debian and index.docker.io/library/debian.
full_name(image) := image if has_registry(image)

full_name(image) := concat("", ["docker.io/", name]) if {
	name := name_at_hub(image)
	contains(name, "/")
	not has_registry(name)
}

full_name(image) := concat("", ["docker.io/library/", name]) if {
	name := name_at_hub(image)
	not contains(name, "/")
}

name_at_hub(image) := regex.replace(image, hub, "")

hub := `^(index\.)?docker\.io/`

has_registry(image) if {
	regex.match(`^(localhost|[^/]*[.:][^/]*)/`, image)
	not regex.match(hub, image)
}
