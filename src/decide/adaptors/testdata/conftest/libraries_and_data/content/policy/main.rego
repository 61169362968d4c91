package main

import data.lib.images
import data.services

deny[msg] {
	image := input.services[name].image
	not images.trusted(image)
	msg := sprintf("%s comes from %s", [name, images.registry(image)])
}

deny[msg] {
	port := services.forbidden_ports[_]
	input.services[name].ports[_] == sprintf("%d:%d", [port, port])
	msg := sprintf("%s publishes %d from %s in %s", [name, port, data.conftest.file.name, data.conftest.file.dir])
}
