package main

import rego.v1

# METADATA
# title: Replicas are declared
# description: One replica means downtime at every roll-out.
# custom:
#   severity: low
deny_replicas contains msg if {
	input.kind == "Deployment"
	not input.spec.replicas
	msg := sprintf("%s does not say how many replicas", [input.metadata.name])
}

violation_labels contains {"msg": msg, "missing": missing, "severity": "HIGH"} if {
	required := {"app", "owner"}
	missing := required - object.keys(object.get(input.metadata, "labels", {}))
	count(missing) > 0
	msg := sprintf("labels are missing: %s", [concat(", ", sort(missing))])
}
