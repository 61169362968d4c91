# Signatures, attestations and the age of the scan. Only what has been verified counts; the facts of an attestation that
# does not verify are not looked at.
#   input.trust.signatures[]    {verified, signer: {identity, issuer} or {key}, reasons[]}
#   input.trust.attestations[]  {predicate_type, verified, signer, reasons[], builder, source}
package bulkhead.supply_chain

deny contains {"id": "SUP001", "message": message, "path": "trust.signatures"} if {
	input.trust.signatures
	number := count(trusted_signers)
	number < parameter.required_signers
	message := sprintf("%d trusted signers of %d; signed by: %s", [number, parameter.required_signers, signed_by])
}

deny contains {"id": "SUP002", "message": message, "path": sprintf("trust.signatures[%d]", [index])} if {
	some index, signature in input.trust.signatures
	signature.verified == false
	message := sprintf("The signature of %s does not verify: %s", [
		name_of(object.get(signature, "signer", {})),
		concat("; ", object.get(signature, "reasons", ["no reason given"])),
	])
}

deny contains {
	"id": "SUP003", "message": "No attestation that verifies lists the parts of the image",
	"path": "trust.attestations",
} if {
	input.trust.attestations
	not attested(`^https://(spdx\.dev/Document|cyclonedx\.org/bom)(/|$)`)
}

deny contains {
	"id": "SUP004", "message": "No attestation that verifies tells how the image was built",
	"path": "trust.attestations",
} if {
	input.trust.attestations
	not attested(provenance)
}

deny contains {"id": "SUP005", "message": message, "path": "trust.attestations"} if {
	count(parameter.builders) > 0
	some statement in statements
	regex.match(provenance, statement.predicate_type)
	builder := object.get(statement, "builder", "a builder that is not named")
	not matches_any(parameter.builders, builder)
	message := sprintf("The image was built by %s", [builder])
}

deny contains {"id": "SUP006", "message": message, "path": "trust.attestations"} if {
	count(parameter.source_repositories) > 0
	some statement in statements
	regex.match(provenance, statement.predicate_type)
	source := object.get(statement, ["source", "repository"], "a repository that is not named")
	not matches_any(parameter.source_repositories, source)
	message := sprintf("The image was built from %s", [source])
}

deny contains {"id": "SUP007", "message": message, "path": "scan.at"} if {
	age := time.parse_rfc3339_ns(input.at) - time.parse_rfc3339_ns(input.scan.at)
	hours := floor(age / (3600 * 1000000000))
	hours > parameter.max_scan_age_hours
	message := sprintf(
		"The image was scanned %d hours ago; at most %d are allowed",
		[hours, parameter.max_scan_age_hours],
	)
}

parameter := data.parameters["supply-chain"]

provenance := `^https://slsa\.dev/provenance/`

statements := [statement | some statement in input.trust.attestations; statement.verified == true]

attested(type) if {
	some statement in statements
	regex.match(type, statement.predicate_type)
}

# Different ones: two signatures of one signer count once.
trusted_signers := {name_of(signer) | some signer in signers; trusted(signer)}

signers := {signature.signer | some signature in input.trust.signatures; signature.verified == true}

signed_by := concat(", ", sort([name_of(signer) | some signer in signers])) if count(signers) > 0

signed_by := "nobody" if count(signers) == 0

trusted(_) if count(parameter.signers) == 0

trusted(signer) if {
	some wanted in parameter.signers
	wanted.key == signer.key
}

trusted(signer) if {
	some wanted in parameter.signers
	wanted.issuer == signer.issuer
	glob.match(wanted.identity, ["/"], signer.identity)
}

name_of(signer) := signer.identity

name_of(signer) := sprintf("key %s", [signer.key]) if not signer.identity

name_of(signer) := "somebody unknown" if {
	not signer.identity
	not signer.key
}

matches_any(patterns, name) if {
	some pattern in patterns
	glob.match(pattern, ["/"], name)
}
