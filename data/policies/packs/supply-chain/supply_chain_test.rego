package bulkhead.supply_chain_test

import data.bulkhead.supply_chain as pack
import data.bulkhead.test as t

pipeline := {
	"identity": "https://ci.example.com/shop/cart/build.yaml@refs/heads/main", "issuer": "https://ci.example.com",
}

ours := [{"identity": "https://ci.example.com/shop/**", "issuer": "https://ci.example.com"}, {"key": "k1"}]

signature(signer) := {"verified": true, "signer": signer}

attestation(type) := {
	"predicate_type": type,
	"verified": true,
	"signer": pipeline,
	"builder": "https://ci.example.com/builders/v1",
	"source": {"repository": "https://git.example.com/shop/cart", "commit": "abc"},
}

provenance := attestation("https://slsa.dev/provenance/v1")

signed(signatures) := t.document({"trust": {"signatures": signatures}})

attested(attestations) := t.document({"trust": {"attestations": attestations}})

test_sup001_fails_without_a_signature if {
	t.messages(pack.deny, "SUP001") == "0 trusted signers of 1; signed by: nobody" with input as signed([])
}

test_sup001_fails_on_another_signer if {
	every signer in [
		{"identity": "https://ci.example.com/evil/x", "issuer": "https://ci.example.com"},
		{"identity": pipeline.identity, "issuer": "https://evil.example"}, {"key": "k2"},
	] {
		"SUP001" in t.ids(pack.deny) with input as signed([signature(signer)])
			with data.parameters["supply-chain"].signers as ours
	}
}

test_sup001_fails_when_one_signs_twice_and_two_must if {
	"SUP001" in t.ids(pack.deny)
		with input as signed([signature({"key": "k1"}), object.union(signature({"key": "k1"}), {"reasons": ["again"]})])
		with data.parameters["supply-chain"].required_signers as 2
}

test_sup001_passes_with_the_signers_that_must if {
	every signer in [pipeline, {"key": "k1"}] {
		not "SUP001" in t.ids(pack.deny) with input as signed([signature(signer)])
			with data.parameters["supply-chain"].signers as ours
	}
	not "SUP001" in t.ids(pack.deny) with input as signed([signature({"key": "k1"}), signature(pipeline)])
		with data.parameters["supply-chain"].required_signers as 2
}

test_sup002_fails_on_a_bad_signature if {
	bad := {"verified": false, "signer": {"key": "k1"}, "reasons": ["digest differs"]}
	t.messages(pack.deny, "SUP002") == "The signature of key k1 does not verify: digest differs"
		with input as signed([bad])
	"SUP001" in t.ids(pack.deny) with input as signed([bad])
	"SUP002" in t.ids(pack.deny) with input as signed([{"verified": false}])
}

test_sup002_passes_on_good_ones if {
	not "SUP002" in t.ids(pack.deny) with input as signed([signature(pipeline)])
}

test_sup003_fails_without_an_sbom if {
	"SUP003" in t.ids(pack.deny) with input as attested([provenance])
	"SUP003" in t.ids(pack.deny)
		with input as attested([object.union(attestation("https://spdx.dev/Document"), {"verified": false})])
}

test_sup003_passes_with_any_kind_of_sbom if {
	every type in [
		"https://spdx.dev/Document", "https://spdx.dev/Document/v2.3", "https://cyclonedx.org/bom",
		"https://cyclonedx.org/bom/v1.6",
	] {
		not "SUP003" in t.ids(pack.deny) with input as attested([attestation(type)])
	}
}

test_sup004_fails_without_provenance if {
	"SUP004" in t.ids(pack.deny) with input as attested([])
	"SUP004" in t.ids(pack.deny) with input as attested([object.union(provenance, {"verified": false})])
}

test_sup004_passes_with_provenance if {
	not "SUP004" in t.ids(pack.deny) with input as attested([provenance])
}

test_sup005_fails_on_another_builder if {
	t.messages(pack.deny, "SUP005") == "The image was built by https://ci.example.com/builders/v1"
		with input as attested([provenance])
		with data.parameters["supply-chain"].builders as ["https://ci.example.com/trusted/*"]
	"SUP005" in t.ids(pack.deny) with input as attested([object.remove(provenance, ["builder"])])
		with data.parameters["supply-chain"].builders as ["https://ci.example.com/**"]
}

test_sup005_passes_on_a_listed_one_and_without_a_list if {
	not "SUP005" in t.ids(pack.deny) with input as attested([provenance])
		with data.parameters["supply-chain"].builders as ["https://ci.example.com/builders/*"]
	not "SUP005" in t.ids(pack.deny) with input as attested([provenance])
}

test_sup006_fails_on_another_source if {
	"SUP006" in t.ids(pack.deny) with input as attested([provenance])
		with data.parameters["supply-chain"].source_repositories as ["https://git.example.com/bank/*"]
}

test_sup006_passes_on_a_listed_one_and_without_a_list if {
	not "SUP006" in t.ids(pack.deny) with input as attested([provenance])
		with data.parameters["supply-chain"].source_repositories as ["https://git.example.com/shop/*"]
	not "SUP006" in t.ids(pack.deny) with input as attested([provenance])
}

test_sup007_fails_on_an_old_scan if {
	t.messages(pack.deny, "SUP007") == "The image was scanned 180 hours ago; at most 168 are allowed"
		with input as t.scan({"at": "2026-05-25T00:00:00Z"})
}

test_sup007_passes_on_a_recent_one if {
	not "SUP007" in t.ids(pack.deny) with input as t.scan({})
}

test_nothing_is_said_without_facts if {
	pack.deny == set() with input as t.document({})
	pack.deny == set() with input as {}
}
