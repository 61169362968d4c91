# Package managers: what they install, in which version, and what they leave in the layer.
package bulkhead.dockerfile

warn contains reason("DKF006", install.call.entry, "apt-get installs recommended packages too") if {
	some install in installs
	install.manager in apt
	not "--no-install-recommends" in install.call.words
	not regex.match(`Install-Recommends=(false|0|no)`, concat(" ", install.call.words))
}

warn contains reason("DKF007", call.entry, "The lists of apt-get update stay in the layer") if {
	some call in calls
	call.words[0] in apt
	"update" in call.words
	call.entry.shipped
	not regex.match(`/var/lib/apt/lists`, text_of(call.entry.step))
	not cached(call.entry.step, `/var/lib(/apt(/lists)?)?`)
}

warn contains reason("DKF008", install.call.entry, message) if {
	some install in installs
	install.manager in apt
	free := [name | some name in install.names; not regex.match(`[=$/*]|\.deb$`, name)]
	count(free) > 0
	message := sprintf("apt-get installs %s without a version", [concat(", ", free)])
}

warn contains reason("DKF009", call.entry, "apt-get update stands alone") if {
	some call in calls
	call.words[0] in apt
	"update" in call.words
	not runs_one_of(call.entry, apt, {"install", "upgrade", "dist-upgrade", "full-upgrade", "build-dep", "satisfy"})
}

warn contains reason("DKF010", call.entry, message) if {
	some call in calls
	call.words[0] in {"apt", "apt-get", "apk", "dnf", "microdnf", "tdnf", "yum", "zypper"}
	some word in ["upgrade", "dist-upgrade", "full-upgrade", "update", "up", "dup"]
	word in call.words
	not only_lists(call.words[0], word)
	message := sprintf("%s %s upgrades the packages of the base", [call.words[0], word])
}

warn contains reason("DKF011", install.call.entry, "apk add keeps the index in the layer") if {
	some install in installs
	install.manager == "apk"
	install.call.entry.shipped
	not "--no-cache" in install.call.words
	not regex.match(`/var/cache/apk|/etc/apk/cache`, text_of(install.call.entry.step))
}

warn contains reason("DKF012", install.call.entry, message) if {
	some install in installs
	install.manager in {"dnf", "microdnf", "tdnf", "yum", "zypper"}
	install.call.entry.shipped
	not runs_one_of(install.call.entry, {install.manager}, {"clean", "cc"})
	not regex.match(`/var/cache/(dnf|yum|libdnf5|zypp|tdnf)`, text_of(install.call.entry.step))
	message := sprintf("%s keeps its cache in the layer", [install.manager])
}

warn contains reason("DKF013", call.entry, "pip keeps its cache in the layer") if {
	some call in pip_installs
	call.entry.shipped
	not "--no-cache-dir" in call.words
	not regex.match(`PIP_NO_CACHE_DIR|/\.cache/pip|type=cache`, text_of(call.entry.step))
	not call.entry.file in pip_cache_is_off
}

deny contains object.union(reason("DKF031", install.call.entry, message), {"severity": service.severity}) if {
	some install in installs
	some written in install.names
	name := split(written, "=")[0]
	not name in parameter.allowed_packages
	some service in services_of[name][install.manager]
	message := sprintf("%s is installed: %s, %s", [name, service.name, service.why])
}

warn contains reason("DKF035", install.call.entry, "apt-get install waits for an answer") if {
	some install in installs
	install.manager in apt
	every word in install.call.words {
		not regex.match(`^(-[a-zA-Z]*y[a-zA-Z]*|--yes|--assume-yes|-[a-zA-Z]*qq[a-zA-Z]*)$|Assume-Yes`, word)
	}
}

warn contains reason("DKF037", call.entry, message) if {
	some call in pip_installs
	not regex.match(
		`(^| )(-r|--requirement|-e|--editable|--require-hashes|-c|--constraint)( |=|$)`,
		concat(" ", call.words),
	)
	free := [name |
		some name in after("install", call.words)
		regex.match(`^[A-Za-z0-9._-]+(\[[^\]]*\])?([<>~!].*)?$`, name)
		name != "."
	]
	count(free) > 0
	message := sprintf("pip installs %s without a version", [concat(", ", free)])
}

warn contains reason("DKF037", call.entry, message) if {
	some call in calls
	call.words[0] in {"npm", "yarn", "pnpm"}
	some verb in ["install", "i", "add"]
	free := [name |
		some name in after(verb, call.words)
		regex.match(`^(@[a-z0-9._~-]+/)?[a-z0-9._~-]+(@latest)?$`, name)
		not startswith(name, ".")
	]
	count(free) > 0
	message := sprintf("%s installs %s without a version", [call.words[0], concat(", ", free)])
}

warn contains reason("DKF037", call.entry, message) if {
	some call in calls
	call.words[0] == "gem"
	not regex.match(`(^| )(-v|--version)`, concat(" ", call.words))
	free := [name | some name in after("install", call.words); regex.match(`^[A-Za-z0-9_-]+$`, name)]
	count(free) > 0
	message := sprintf("gem installs %s without a version", [concat(", ", free)])
}

apt := {"apt", "apt-get"}

# For these the word fetches lists and changes no package.
only_lists(manager, "update") if manager in {"apt", "apt-get", "apk"}

only_lists("apk", "up") := true

text_of(step) := concat(" ", array.concat([step.raw], object.get(step.flags, "mount", [])))

runs_one_of(entry, programs, words) if {
	some word in words
	runs(entry, programs, word)
}

pip_installs := [call |
	some call in calls
	call.words[0] in {"pip", "pip3", "python", "python3"}
	regex.match(`^(pip3?|python3? -m pip) (-\S+ )*install( |$)`, concat(" ", call.words))
]

# Files of which a stage of the image says so.
pip_cache_is_off contains entry.file if {
	some entry in those_of.env
	entry.shipped
	some pair in entry.step.pairs
	pair.key == "PIP_NO_CACHE_DIR"
}

# Arguments behind the first word that says so.
after(verb, words) := arguments(array.slice(words, start + 1, count(words))) if {
	start := min([index | some index, word in words; word == verb])
}

# services_of.openssh.apk: by name of the package and by the manager that installs it.
services_of[name][manager] contains service if {
	some service in data.lists.high_risk_services.services
	some key in service.packages
	parts := split(key, ":")
	name := parts[count(parts) - 1]
	some manager, type in {
		"apt": "deb", "apt-get": "deb", "apk": "apk", "dnf": "rpm", "microdnf": "rpm", "tdnf": "rpm", "yum": "rpm",
		"zypper": "rpm",
	}
	parts[0] in {type, name}
}
