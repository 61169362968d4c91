package namespace.exceptions

exception[ns] {
	input.metadata.name == "trusted"
	ns := data.namespaces[_]
	startswith(ns, "user.kubernetes")
}
