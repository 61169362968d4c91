package bulkhead.image_hygiene_test

import data.bulkhead.image_hygiene as pack
import data.bulkhead.test as t

test_hyg004_fails_on_a_tag if {
	"HYG004" in t.ids(pack.warn) with input as t.image_with({"reference": "registry.example.com/shop/cart:1.4.2"})
}

test_hyg004_passes_with_a_digest if {
	every reference in [
		"registry.example.com/shop/cart@sha256:aa", "registry.example.com/shop/cart:1.4.2@sha256:aa",
	] {
		not "HYG004" in t.ids(pack.warn) with input as t.image_with({"reference": reference})
	}
}

test_hyg004_passes_for_what_no_registry_serves if {
	local := object.remove(t.image_members, ["registry", "repository", "tag"])
	not "HYG004" in t.ids(pack.warn)
		with input as t.document({"image": object.union(local, {"reference": "oci:out"})})
}

test_hyg005_fails_on_latest if {
	latest := {"reference": "registry.example.com/shop/cart:latest", "tag": "latest"}
	"HYG005" in t.ids(pack.deny) with input as t.image_with(latest)
}

test_hyg005_fails_without_a_tag if {
	untagged := object.union(object.remove(t.image_members, ["tag"]), {"reference": "registry.example.com/shop/cart"})
	"HYG005" in t.ids(pack.deny) with input as t.document({"image": untagged})
}

test_hyg005_passes_with_a_tag_or_digest if {
	not "HYG005" in t.ids(pack.deny) with input as t.image_with({})
	pinned := {"reference": "registry.example.com/shop/cart:latest@sha256:aa", "tag": "latest"}
	not "HYG005" in t.ids(pack.deny) with input as t.image_with(pinned)
}

test_hyg008_fails_on_an_unknown_base if {
	t.messages(pack.deny, "HYG008") == "The base docker.io/somebody/debian is not on the list of trusted bases"
		with input as based_on("somebody/debian:12")
}

test_hyg008_fails_on_names_that_only_look_alike if {
	every name in [
		"docker.io.example.com/library/debian", "gcr.io/distroless2/static", "evil.example/docker.io/library/debian",
		"cgr.dev/chainguard/a/b",
	] {
		"HYG008" in t.ids(pack.deny) with input as based_on(name)
	}
}

test_hyg008_passes_on_trusted_bases if {
	every name in [
		"debian:12", "docker.io/debian:12", "index.docker.io/library/debian:12", "docker.io/library/alpine@sha256:aa",
		"scratch", "gcr.io/distroless/static-debian12:nonroot",
		"registry.access.redhat.com/ubi9/ubi-minimal:9.4",
	] {
		not "HYG008" in t.ids(pack.deny) with input as based_on(name)
	}
}

test_hyg008_passes_on_a_list_of_ones_own if {
	not "HYG008" in t.ids(pack.deny) with input as based_on("localhost:5000/base:1")
		with data.lists.trusted_bases.images as ["localhost:5000/*"]
}

test_hyg009_fails_on_a_claim if {
	every how in ["label", "annotation"] {
		"HYG009" in t.ids(pack.warn) with input as t.image_with({"base": {"name": "debian:12", "how": how}})
	}
}

test_hyg009_passes_on_layers if {
	not "HYG009" in t.ids(pack.warn) with input as based_on("debian:12")
}

test_hyg008_and_hyg009_pass_when_the_layers_prove_the_base if {
	not "HYG008" in t.ids(pack.deny) with input as on_layers(["sha256:b1", "sha256:b2", "sha256:app"])
		with data.lists.trusted_bases.layers as base_layers
	not "HYG009" in t.ids(pack.warn) with input as on_layers(["sha256:b1", "sha256:b2", "sha256:app"])
		with data.lists.trusted_bases.layers as base_layers
}

test_hyg027_fails_on_other_layers if {
	every layers in [["sha256:app"], ["sha256:b1"], ["sha256:b2", "sha256:b1"], ["sha256:app", "sha256:b1", "sha256:b2"], []] {
		"HYG027" in t.ids(pack.deny) with input as on_layers(layers)
			with data.lists.trusted_bases.layers as base_layers
	}
}

test_hyg027_passes_on_the_layers_of_a_base_and_without_a_list if {
	not "HYG027" in t.ids(pack.deny) with input as on_layers(["sha256:b1", "sha256:b2"])
		with data.lists.trusted_bases.layers as base_layers
	not "HYG027" in t.ids(pack.deny) with input as on_layers(["sha256:app"])
}

base_layers := {"registry.example.com/base:1": ["sha256:b1", "sha256:b2"], "none": []}

on_layers(diff_ids) := t.image_with({
	"base": {"name": "somebody/debian:12", "how": "label"},
	"layers": [{"diff_id": diff_id} | some diff_id in diff_ids],
})

test_hyg022_fails_elsewhere if {
	"HYG022" in t.ids(pack.deny) with input as t.image_with({})
		with data.parameters["image-hygiene"].registries as ["registry.example.org/**", "registry.example.com/bank/*"]
}

test_hyg022_passes_on_a_match_and_without_a_list if {
	not "HYG022" in t.ids(pack.deny) with input as t.image_with({})
		with data.parameters["image-hygiene"].registries as ["registry.example.com/shop/*"]
	not "HYG022" in t.ids(pack.deny) with input as t.image_with({})
}

based_on(name) := t.image_with({"base": {"name": name, "digest": "sha256:bb", "how": "layers"}})
