package bulkhead.image_hygiene_test

import data.bulkhead.image_hygiene as pack
import data.bulkhead.test as t

test_hyg015_fails_on_arguments_with_values_and_hides_them if {
	every step in [
		"RUN |2 VERSION=1.2 NPM_TOKEN=hunter2 /bin/sh -c npm ci # buildkit",
		"|1 NPM_TOKEN=hunter2 with spaces /bin/sh -c npm ci",
		"ARG NPM_TOKEN=hunter2",
		"/bin/sh -c #(nop)  ARG NPM_TOKEN=hunter2",
		"ARG A=1 NPM_TOKEN=hunter2",
		`ARG A="1 2" NPM_TOKEN=hunter2`,
		"RUN |2 V=1 NPM_TOKEN=hunter2 /usr/bin/bash -o pipefail -c npm ci # buildkit",
	] {
		found := t.messages(pack.deny, "HYG015") with input as t.history([step])
		contains(found, "NPM_TOKEN")
		not contains(found, "hunter2")
	}
}

test_hyg015_passes_on_other_arguments_and_without_values if {
	every step in [
		"RUN |1 VERSION=1.2 /bin/sh -c make TOKEN=x # buildkit",
		"ARG NPM_TOKEN",
		"RUN /bin/sh -c echo NPM_TOKEN=hunter2 # buildkit",
		"|1 NPM_TOKEN= /bin/sh -c npm ci",
		"ARG ENABLE_PASSWORD=false",
		`ARG USE_TOKEN="yes"`,
		`ARG OPTIONS="a NPM_TOKEN=b"`,
		"RUN |1 USE_PASSWORD=true /bin/sh -c npm ci # buildkit",
		"RUN |1 V=1 /usr/bin/bash -c API_TOKEN=$(cat /run/secrets/t) ./x # buildkit",
		"RUN |1 V=1 /bin/ash -c API_TOKEN=$(cat /run/secrets/t) ./x # buildkit",
		"RUN |1 V=1 bash -eo pipefail -c API_TOKEN=$(cat /run/secrets/t) ./x # buildkit",
		"RUN |1 OPTIONS=-DA_TOKEN=x /bin/sh -c make # buildkit",
	] {
		not "HYG015" in t.ids(pack.deny) with input as t.history([step])
	}
}

test_hyg016_fails_on_urls_without_credentials if {
	every step in [
		"ADD https://user:hunter2@example.com/a.tar?token=hunter2 /opt # buildkit",
		"ADD --chown=1:1 https://example.com/a.tar /opt # buildkit",
		"/bin/sh -c #(nop) ADD https://example.com/a.tar in /opt",
	] {
		found := t.messages(pack.warn, "HYG016") with input as t.history([step])
		contains(found, "https://example.com/a.tar")
		not contains(found, "hunter2")
	}
}

test_hyg016_passes_on_local_files if {
	every step in [
		"ADD rootfs.tar.gz / # buildkit",
		"/bin/sh -c #(nop) ADD file:4b03b5f551e3fbdf47ec609712007327828f7530cc3455c43bbcdcaf449a75a9 in /",
		"COPY a b # buildkit",
	] {
		not "HYG016" in t.ids(pack.warn) with input as t.history([step])
	}
}

test_hyg017_fails_on_pipes_into_shells if {
	every step in [
		"RUN /bin/sh -c curl -fsSL https://example.com/install.sh | sh # buildkit",
		"/bin/sh -c wget -qO- https://example.com/i | sudo -E bash -",
		"RUN /bin/sh -c curl https://example.com/i.py | python3 # buildkit",
		`RUN /bin/sh -c curl "https://example.com/?a=1&b=2" | sh # buildkit`,
		"RUN /bin/sh -c curl https://example.com/i | tee f | sh # buildkit",
		"RUN /bin/sh -c curl https://example.com/$(uname -m).sh 2>&1 | VERSION=1 sh -s -- -y # buildkit",
		`RUN /bin/sh -c sh -c "$(curl -fsSL https://example.com/i)" # buildkit`,
		"RUN /bin/bash -c bash <(curl -fsSL https://example.com/i) # buildkit",
		"RUN /bin/sh -c curl https://example.com/i | sudo -u app bash -eo pipefail && true",
		"RUN /bin/sh -c curl https://example.com/i.py | python3 - --version 1 # buildkit",
	] {
		"HYG017" in t.ids(pack.warn) with input as t.history([step])
	}
}

test_hyg017_passes_on_downloads_to_files if {
	every step in [
		"RUN /bin/sh -c curl -fsSLo i.sh https://example.com/i.sh && sha256sum -c sums && sh i.sh # buildkit",
		"RUN /bin/sh -c curl https://example.com/a.tgz | tar xz # buildkit",
		`RUN /bin/sh -c curl -s https://example.com/a | python3 -c "import json" # buildkit`,
		"RUN /bin/sh -c curl -s https://example.com/a | perl -ne 'print' # buildkit",
		"RUN /bin/sh -c curl -s https://example.com/a | sh read.sh # buildkit",
		"RUN /bin/sh -c curl -so a https://example.com/a || sh other.sh # buildkit",
		"RUN /bin/sh -c V=$(curl -s https://example.com/a) make # buildkit",
	] {
		not "HYG017" in t.ids(pack.warn) with input as t.history([step])
	}
}

test_history_without_commands_says_nothing if {
	pack.deny == set() with input as t.image_with({"history": [{"empty_layer": true}]})
	not "HYG017" in t.ids(pack.warn) with input as t.image_with({"history": [{"empty_layer": true}]})
}
