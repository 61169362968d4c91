package main

import rego.v1

deny contains msg if {
	some service in input
	service.contents.kind == "Service"
	not has_deployment(service.contents.spec.selector.app)
	msg := sprintf("%s: nothing is called %s", [service.path, service.contents.spec.selector.app])
}

has_deployment(app) if {
	some file in input
	file.contents.kind == "Deployment"
	file.contents.metadata.name == app
}
