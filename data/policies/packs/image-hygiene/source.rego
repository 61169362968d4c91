# Where the image and its base come from, and how exactly they are named.
package bulkhead.image_hygiene

parameter := data.parameters["image-hygiene"]

warn contains {"id": "HYG004", "message": message, "path": "reference"} if {
	from_registry
	not pinned
	message := sprintf("%s is not pinned by digest", [input.image.reference])
}

deny contains {"id": "HYG005", "message": message, "path": "reference"} if {
	from_registry
	not pinned
	object.get(input.image, "tag", "latest") == "latest"
	message := sprintf("%s means whatever is newest when it is pulled", [input.image.reference])
}

deny contains {"id": "HYG008", "message": message, "path": "base.name"} if {
	count(proven_bases) == 0
	name := full_name(input.image.base.name)
	not trusted_base(name)
	message := sprintf("The base %s is not on the list of trusted bases", [name])
}

warn contains {"id": "HYG009", "message": message, "path": "base.how"} if {
	count(proven_bases) == 0
	input.image.base.how in {"label", "annotation"}
	message := sprintf(
		"That the base is %s is only claimed, by the %s",
		[input.image.base.name, input.image.base.how],
	)
}

deny contains {"id": "HYG022", "message": message, "path": "reference"} if {
	count(parameter.registries) > 0
	name := concat("/", [input.image.registry, input.image.repository])
	not matches_any(parameter.registries, name)
	message := sprintf("%s is not in an allowed registry", [name])
}

deny contains {"id": "HYG027", "message": message, "path": "layers"} if {
	count(data.lists.trusted_bases.layers) > 0
	count(proven_bases) == 0
	message := "The image does not begin with the layers of a trusted base"
}

# Layers cannot be claimed: an image that begins with all layers of a base was built on it.
proven_bases contains name if {
	some name, chain in data.lists.trusted_bases.layers
	count(chain) > 0
	every i, diff_id in chain {
		input.image.layers[i].diff_id == diff_id
	}
}

from_registry if input.image.registry

pinned if contains(input.image.reference, "@")

trusted_base(name) if matches_any(data.lists.trusted_bases.images, name)

matches_any(patterns, name) if {
	some pattern in patterns
	glob.match(pattern, ["/"], name)
}

# Registry and repository without tag and digest: "debian:12" is docker.io/library/debian.
# So are docker.io/debian and index.docker.io/library/debian.
full_name(reference) := name if {
	name := name_of(reference)
	has_registry(name)
}

full_name(reference) := concat("", ["docker.io/", name]) if {
	name := name_of(reference)
	contains(name, "/")
	not has_registry(name)
}

full_name(reference) := concat("", ["docker.io/library/", name]) if {
	name := name_of(reference)
	name != "scratch"
	not contains(name, "/")
}

full_name(reference) := reference if reference == "scratch"

name_of(reference) := regex.replace(
	regex.replace(split(reference, "@")[0], `:[^/:]+$`, ""),
	`^(index\.)?docker\.io/`,
	"",
)

has_registry(name) if regex.match(`^(localhost|[^/]*[.:][^/]*)/`, name)
