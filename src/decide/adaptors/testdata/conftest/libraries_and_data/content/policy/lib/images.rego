package lib.images

trusted(image) {
	startswith(image, data.services.registries[_])
}

registry(image) = parts[0] {
	parts := split(image, "/")
	count(parts) > 1
}

registry(image) = "docker.io" {
	not contains(image, "/")
}
