package bulkhead.image_hygiene_test

import data.bulkhead.image_hygiene as pack
import data.bulkhead.test as t

test_hyg012_fails_without_a_health_check if {
	"HYG012" in t.ids(pack.warn) with input as t.image({})
	"HYG012" in t.ids(pack.warn) with input as t.image({"Healthcheck": {"Test": ["NONE"]}})
}

test_hyg012_passes_with_one_and_under_an_orchestrator if {
	not "HYG012" in t.ids(pack.warn) with input as t.image({"Healthcheck": {"Test": ["CMD", "/healthy"]}})
	not "HYG012" in t.ids(pack.warn) with input as object.union(t.image({}), {"object": {"kind": "Pod"}})
}

test_hyg013_fails_on_a_port_for_logging_in if {
	found := t.of(pack.deny, "HYG013")
		with input as t.image({"ExposedPorts": {"22/tcp": {}, "23": {}, "8080/tcp": {}}})
	{reason.severity | some reason in found} == {"high", "critical"}
	"HYG013" in t.ids(pack.deny) with input as t.image({"ExposedPorts": {"20-25/tcp": {}}})
}

test_hyg013_passes_on_other_ports if {
	not "HYG013" in t.ids(pack.deny)
		with input as t.image({"ExposedPorts": {"443/tcp": {}, "8022": {}, "8000-8010/tcp": {}}})
}

test_hyg014_fails_on_names_of_secrets_and_hides_the_value if {
	every name in [
		"DB_PASSWORD", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "github_token", "ApiKey", "REDIS_PASS",
		"MYSQL_ROOT_PASSWORD", "SIGNING_KEY",
	] {
		found := t.messages(pack.deny, "HYG014") with input as t.image({"Env": [concat("=", [name, "hunter2=x"])]})
		contains(found, name)
		not contains(found, "hunter2")
	}
}

test_hyg014_passes_on_names_that_are_none if {
	every entry in [
		"PATH=/usr/bin", "PWD=/app", "OLDPWD=/", "DB_PASSWORD_FILE=/run/secrets/db", "TOKEN_URL=https://example.com",
		"PASSWORD=",
		"GPG_KEY=A035C8C19219BA821ECEA86B64E628F8D684696D", "TOKENIZERS_PARALLELISM=false", "PASSWORD_REQUIRED=true",
		"KEYBOARD=de", "BYPASS=1",
		"SSH_PUBLIC_KEY_PATH=/x", "NOVALUE", "USE_TOKEN=true", "COMPASS_HOME=/opt",
	] {
		not "HYG014" in t.ids(pack.deny) with input as t.image({"Env": [entry]})
	}
}

test_hyg014_passes_on_an_allowed_name if {
	not "HYG014" in t.ids(pack.deny) with input as t.image({"Env": ["DEMO_TOKEN=x"]})
		with data.parameters["image-hygiene"].allowed_env as ["DEMO_TOKEN"]
}

test_hyg018_fails_on_an_old_image if {
	t.messages(pack.warn, "HYG018") == "The image was created 151 days ago, on 2026-01-01"
		with input as t.image_with({"created": "2026-01-01T00:00:00Z"})
}

test_hyg018_passes_on_a_young_one_and_on_a_date_that_is_none if {
	every created in [
		"2026-05-20T08:00:00Z", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "yesterday", "2027-01-01T00:00:00Z",
	] {
		not "HYG018" in t.ids(pack.warn) with input as t.image_with({"created": created})
	}
}

test_hyg019_fails_on_another_platform if {
	"HYG019" in t.ids(pack.deny) with input as t.image_with({"platform": "linux/386"})
		with data.parameters["image-hygiene"].platforms as ["linux/amd64", "linux/arm64"]
}

test_hyg019_passes_on_a_listed_one_and_without_a_list if {
	not "HYG019" in t.ids(pack.deny) with input as t.image_with({})
		with data.parameters["image-hygiene"].platforms as ["linux/amd64"]
	not "HYG019" in t.ids(pack.deny) with input as t.image_with({"platform": "linux/386"})
}

test_hyg023_fails_on_each_missing_label if {
	count(t.of(pack.warn, "HYG023")) == 2 with input as t.image({})
	only_source := {"Labels": {"org.opencontainers.image.source": "https://git.example.com/shop/cart"}}
	t.messages(pack.warn, "HYG023") == "The label org.opencontainers.image.revision is missing"
		with input as t.image(only_source)
}

test_hyg023_passes_with_the_labels if {
	both := {
		"org.opencontainers.image.source": "https://git.example.com/shop/cart",
		"org.opencontainers.image.revision": "abc",
	}
	not "HYG023" in t.ids(pack.warn) with input as t.image({"Labels": both})
}

test_hyg024_fails_on_triggers if {
	"HYG024" in t.ids(pack.warn) with input as t.image({"OnBuild": ["COPY . /app"]})
}

test_hyg024_passes_without if {
	not "HYG024" in t.ids(pack.warn) with input as t.image({"OnBuild": []})
	not "HYG024" in t.ids(pack.warn) with input as t.image({})
}
