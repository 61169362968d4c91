package bulkhead.dockerfile_test

import data.bulkhead.dockerfile as pack
import data.bulkhead.test as t

good_apt := [
	["apt-get", "update"],
	["apt-get", "install", "-y", "--no-install-recommends", "curl=7.88.1-10"],
	["rm", "-rf", "/var/lib/apt/lists/*"],
]

test_dkf006_fails_on_recommended_packages if {
	"DKF006" in t.ids(pack.warn) with input as one([run([["apt-get", "install", "-y", "curl"]])])
	"DKF006" in t.ids(pack.warn)
		with input as one([run([["DEBIAN_FRONTEND=noninteractive", "/usr/bin/apt-get", "-y", "install", "curl"]])])
}

test_dkf006_passes_without_them if {
	not "DKF006" in t.ids(pack.warn) with input as one([run(good_apt)])
	not "DKF006" in t.ids(pack.warn)
		with input as one([run([["apt-get", "-o", "APT::Install-Recommends=false", "install", "-y", "curl"]])])
	not "DKF006" in t.ids(pack.warn) with input as one([run([["echo", "apt-get", "install"]])])
}

test_dkf007_fails_when_lists_stay if {
	"DKF007" in t.ids(pack.warn)
		with input as one([run([["apt-get", "update"], ["apt-get", "install", "-y", "curl"]])])
}

test_dkf007_fails_when_something_else_is_cached if {
	mount := "type=cache,target=/var/cache/apt"
	"DKF007" in t.ids(pack.warn)
		with input as one([object.union(run([["apt-get", "update"]]), {"flags": {"mount": [mount]}})])
}

test_dkf007_passes_when_they_go_are_cached_or_in_another_stage if {
	not "DKF007" in t.ids(pack.warn) with input as one([run(good_apt)])
	every target in ["target=/var/lib/apt/lists", "target=/var/lib/apt", "sharing=locked,dst=/var/lib/apt/"] {
		mount := concat(",", ["type=cache", target])
		not "DKF007" in t.ids(pack.warn)
			with input as one([object.union(run([["apt-get", "update"]]), {"flags": {"mount": [mount]}})])
	}
	not "DKF007" in t.ids(pack.warn) with input as stages([
		{"index": 0, "from": debian, "instructions": [run([["apt-get", "update"]])]},
		{"index": 1, "from": debian, "instructions": []},
	])
}

# A trigger's layers belong to another image; what it runs is judged all the same.
test_triggers_leave_nothing_in_this_image if {
	triggered := trigger(run([["apt-get", "update"], ["apt-get", "install", "-y", "openssh-server"]]))
	found := t.ids(pack.warn | pack.deny) with input as one([triggered])
	{"DKF006", "DKF008", "DKF031"} - found == set()
	not "DKF007" in found
}

test_dkf008_fails_without_versions if {
	t.messages(pack.warn, "DKF008") == "apt-get installs curl, git without a version"
		with input as one([run([["apt-get", "install", "-y", "-t", "bookworm", "curl", "git", "make=4.3", "./a.deb"]])])
}

test_dkf008_passes_with_versions if {
	not "DKF008" in t.ids(pack.warn) with input as one([run(good_apt)])
	not "DKF008" in t.ids(pack.warn) with input as one([run([["apt-get", "install", "-y", "$PACKAGES"]])])
}

test_dkf009_fails_on_a_lonely_update if {
	"DKF009" in t.ids(pack.warn) with input as one([run([["apt-get", "update"]])])
}

test_dkf009_passes_with_an_install_in_the_same_step if {
	not "DKF009" in t.ids(pack.warn) with input as one([run(good_apt)])
}

test_dkf010_fails_on_upgrades if {
	every words in [
		["apt-get", "upgrade", "-y"], ["apt-get", "-y", "dist-upgrade"], ["apk", "upgrade"], ["yum", "update", "-y"],
		["dnf", "upgrade"], ["zypper", "up"],
	] {
		"DKF010" in t.ids(pack.warn) with input as one([run([words])])
	}
}

test_dkf010_passes_on_fetching_lists if {
	every words in [["apt-get", "update"], ["apk", "update"], ["make", "upgrade"]] {
		not "DKF010" in t.ids(pack.warn) with input as one([run([words])])
	}
}

test_dkf011_fails_on_a_kept_index if {
	"DKF011" in t.ids(pack.warn) with input as one([run([["apk", "add", "curl"]])])
}

test_dkf011_passes_without_or_when_it_goes if {
	not "DKF011" in t.ids(pack.warn) with input as one([run([["apk", "--no-cache", "add", "curl"]])])
	not "DKF011" in t.ids(pack.warn)
		with input as one([run([["apk", "add", "curl"], ["rm", "-rf", "/var/cache/apk/*"]])])
}

test_dkf012_fails_on_a_kept_cache if {
	every manager in ["yum", "dnf", "microdnf", "zypper"] {
		"DKF012" in t.ids(pack.warn) with input as one([run([[manager, "install", "-y", "curl"]])])
	}
}

test_dkf012_passes_when_it_goes if {
	not "DKF012" in t.ids(pack.warn)
		with input as one([run([["dnf", "install", "-y", "curl"], ["dnf", "clean", "all"]])])
	not "DKF012" in t.ids(pack.warn)
		with input as one([run([["dnf", "install", "-y", "curl"], ["rm", "-rf", "/var/cache/dnf"]])])
}

test_dkf013_fails_on_a_kept_cache if {
	every words in [["pip", "install", "flask==3.0.0"], ["python3", "-m", "pip", "install", "flask==3.0.0"]] {
		"DKF013" in t.ids(pack.warn) with input as one([run([words])])
	}
}

test_dkf013_fails_when_only_another_file_or_stage_switches_it_off if {
	install := run([["pip", "install", "flask==3.0.0"]])
	other := {"stages": [{"index": 0, "from": debian, "instructions": [env("PIP_NO_CACHE_DIR", "1")]}]}
	mine := {"stages": [{"index": 0, "from": debian, "instructions": [install]}]}
	t.messages(pack.warn, "DKF013") == "pip keeps its cache in the layer" with input as t.document({"files": [
		{"path": "a/Dockerfile", "kind": "dockerfile", "document": other},
		{"path": "b/Dockerfile", "kind": "dockerfile", "document": mine},
	]})
	"DKF013" in t.ids(pack.warn) with input as stages([
		{"index": 0, "from": debian, "instructions": [env("PIP_NO_CACHE_DIR", "1")]},
		{"index": 1, "from": debian, "instructions": [install]},
	])
}

test_dkf013_passes_without_one if {
	not "DKF013" in t.ids(pack.warn) with input as one([run([["pip", "install", "--no-cache-dir", "flask==3.0.0"]])])
	not "DKF013" in t.ids(pack.warn)
		with input as one([env("PIP_NO_CACHE_DIR", "1"), run([["pip", "install", "flask==3.0.0"]])])
	not "DKF013" in t.ids(pack.warn) with input as one([run([["pip", "--version"]])])
}

test_dkf031_fails_on_servers if {
	every words in [
		["apt-get", "install", "-y", "openssh-server"], ["apk", "add", "openssh=9.6_p1-r0"],
		["yum", "install", "telnet-server"], ["apt", "install", "vsftpd=3.0"],
	] {
		"DKF031" in t.ids(pack.deny) with input as one([run([words])])
	}
}

test_dkf031_passes_on_clients_and_on_names_of_other_managers if {
	every words in [
		["apt-get", "install", "-y", "openssh-client"], ["dnf", "install", "openssh"],
		["apt-get", "remove", "openssh-server"],
	] {
		not "DKF031" in t.ids(pack.deny) with input as one([run([words])])
	}
	not "DKF031" in t.ids(pack.deny) with input as one([run([["apt-get", "install", "-y", "rpcbind"]])])
		with data.parameters.dockerfile.allowed_packages as ["rpcbind"]
}

test_dkf035_fails_when_a_question_is_asked if {
	"DKF035" in t.ids(pack.warn) with input as one([run([["apt-get", "install", "curl"]])])
}

test_dkf035_passes_when_it_is_answered if {
	every words in [
		["apt-get", "install", "-y", "curl"], ["apt-get", "-yq", "install", "curl"],
		["apt-get", "install", "--yes", "curl"], ["apt-get", "install", "-qq", "curl"],
	] {
		not "DKF035" in t.ids(pack.warn) with input as one([run([words])])
	}
}

test_dkf037_fails_on_current_versions if {
	every words, name in {
		["pip", "install", "--no-cache-dir", "flask"]: "flask", ["pip", "install", "flask>=3"]: "flask>=3",
		["npm", "install", "-g", "@scope/tool"]: "@scope/tool", ["gem", "install", "rails"]: "rails",
		["yarn", "add", "left"]: "left",
	} {
		contains(t.messages(pack.warn, "DKF037"), name) with input as one([run([words])])
	}
}

test_dkf037_passes_with_versions_and_lock_files if {
	every words in [
		["pip", "install", "flask==3.0.0"], ["pip", "install", "-r", "requirements.txt"], ["pip", "install", "."],
		["npm", "install"], ["npm", "ci"],
		["npm", "install", "-g", "tool@1.2.3"], ["gem", "install", "rails", "-v", "7.1.0"],
		["pip", "install", "./dist/a.whl"], ["npm", "install", "./local"],
	] {
		not "DKF037" in t.ids(pack.warn) with input as one([run([words])])
	}
}

test_the_exec_form_is_read_too if {
	exec_form := step("run", {"form": "exec", "value": ["apt-get", "install", "openssh-server"]})
	"DKF031" in t.ids(pack.deny) with input as one([exec_form])
}
