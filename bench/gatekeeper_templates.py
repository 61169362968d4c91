# SPDX-License-Identifier: Apache-2.0
"""About fifty small policies in the style of Gatekeeper's templates, and a Pod: what `make bench`
times. Each is a module of its own with violation as its entry, reads input.review and
input.parameters, and loops over containers as such policies do."""
import json

HELPERS = """
containers contains c if some c in input.review.object.spec.containers
containers contains c if some c in input.review.object.spec.initContainers
containers contains c if some c in input.review.object.spec.ephemeralContainers

exempt(c) if {
	some image in object.get(input.parameters, "exemptImages", [])
	startswith(c.image, trim_suffix(image, "*"))
}

missing(object, field) if not object[field]
missing(object, field) if object[field] == ""
"""


def for_containers(condition, message):
    return HELPERS + f"""
violation contains {{"msg": msg, "details": {{}}}} if {{
	some c in containers
	not exempt(c)
	{condition}
	msg := sprintf("{message}", [c.name])
}}
"""


def field(path):
    """A template that a field of the container's security context must be what is wanted."""
    return for_containers(
        f'value := object.get(c, ["securityContext", "{path}"], "unset")\n\tvalue != input.parameters.want',
        f"container <%v> sets {path} to a value that is not allowed")


def spec_flag(name):
    return f"""
violation contains {{"msg": msg}} if {{
	input.review.object.spec.{name}
	msg := sprintf("%v may not set {name}", [input.review.object.metadata.name])
}}
"""


def pattern(path, expression):
    return for_containers(f"not regex.match(`{expression}`, c.{path})",
                          f"container <%v> has a {path} of another form than is wanted")


def resources(kind, name):
    return HELPERS + f"""
quantity(text) := units.parse_bytes(text)

violation contains {{"msg": msg}} if {{
	some c in containers
	missing(object.get(c, ["resources", "{kind}"], {{}}), "{name}")
	msg := sprintf("container <%v> has no {name} {kind}", [c.name])
}}

violation contains {{"msg": msg}} if {{
	some c in containers
	given := c.resources.{kind}.{name}
	quantity(given) > quantity(input.parameters.max)
	msg := sprintf("container <%v> {name} {kind} <%v> is above <%v>", [c.name, given, input.parameters.max])
}}
"""


def labels():
    return """
violation contains {"msg": msg, "details": {"missing_labels": missing}} if {
	provided := {label | input.review.object.metadata.labels[label]}
	required := {label | some label in input.parameters.labels}
	missing := required - provided
	count(missing) > 0
	msg := sprintf("you must provide labels: %v", [missing])
}
"""


def capabilities():
    return HELPERS + """
added(c) := {upper(cap) | some cap in object.get(c, ["securityContext", "capabilities", "add"], [])}

violation contains {"msg": msg} if {
	some c in containers
	extra := added(c) - {cap | some cap in input.parameters.allowed}
	count(extra) > 0
	msg := sprintf("container <%v> adds capabilities %v", [c.name, extra])
}

violation contains {"msg": msg} if {
	some c in containers
	dropped := {upper(cap) | some cap in object.get(c, ["securityContext", "capabilities", "drop"], [])}
	need := {cap | some cap in input.parameters.required} - dropped
	count(need) > 0
	not "ALL" in dropped
	msg := sprintf("container <%v> does not drop %v", [c.name, need])
}
"""


def volumes():
    return """
violation contains {"msg": msg} if {
	kinds := {kind | some volume in input.review.object.spec.volumes; some kind, _ in volume; kind != "name"}
	bad := kinds - {kind | some kind in input.parameters.volumes}
	count(bad) > 0
	msg := sprintf("volume kinds %v are not allowed", [bad])
}
"""


def host_paths():
    return """
allowed(path) if {
	some entry in input.parameters.paths
	startswith(path, entry)
}

violation contains {"msg": msg} if {
	some volume in input.review.object.spec.volumes
	path := volume.hostPath.path
	not allowed(path)
	msg := sprintf("host path <%v> of volume <%v> is not allowed", [path, volume.name])
}
"""


def templates():
    """Pairs of a name and (module text, parameters)."""
    found = {}
    for name, want in (("privileged", False), ("allowPrivilegeEscalation", False), ("runAsNonRoot", True),
                       ("readOnlyRootFilesystem", True), ("procMount", "Default"), ("runAsUser", 1000),
                       ("runAsGroup", 1000)):
        found[f"security_{name.lower()}"] = (field(name), {"want": want, "exemptImages": ["registry.example/infra/*"]})
    for name in ("hostPID", "hostIPC", "hostNetwork", "shareProcessNamespace", "automountServiceAccountToken",
                 "hostUsers", "setHostnameAsFQDN"):
        found[f"spec_{name.lower()}"] = (spec_flag(name), {})
    for name, expression in (("image", r"^registry\.example/.+$"), ("image", r"^[^@]+@sha256:[0-9a-f]{64}$"),
                             ("name", r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?$"), ("image", r"^.+:[^l][^:]*$"),
                             ("imagePullPolicy", r"^(Always|IfNotPresent)$"),
                             ("terminationMessagePolicy", r"^(File|FallbackToLogsOnError)$")):
        found[f"pattern_{len(found)}"] = (pattern(name, expression), {"exemptImages": ["registry.example/infra/*"]})
    for kind in ("limits", "requests"):
        for name, most in (("memory", "2Gi"), ("cpu", "2"), ("ephemeral_storage", "1Gi")):
            found[f"resources_{kind}_{name}"] = (resources(kind, name), {"max": most})
    for number in range(8):
        found[f"labels_{number}"] = (labels(), {"labels": ["app", "team", f"cost-center-{number}"][: 2 + number % 2]})
    for number in range(4):
        found[f"capabilities_{number}"] = (capabilities(), {"allowed": ["NET_BIND_SERVICE"], "required": ["ALL"]})
    for number in range(4):
        found[f"volumes_{number}"] = (volumes(), {"volumes": ["configMap", "secret", "emptyDir", "projected"]})
    for number in range(4):
        found[f"host_paths_{number}"] = (host_paths(), {"paths": ["/var/log", f"/data/{number}"]})
    for number in range(4):
        found[f"probes_{number}"] = (for_containers(
            'some probe in ["livenessProbe", "readinessProbe"]\n\tnot c[probe]', "container <%v> has no probes"), {})
    return {name: (f"package templates.{name}\n{text}", parameters) for name, (text, parameters) in found.items()}


def pod():
    """A Pod under review, as an API server sends it."""
    def container(name, image):
        return {
            "name": name, "image": image, "imagePullPolicy": "IfNotPresent",
            "ports": [{"containerPort": 8080, "protocol": "TCP"}],
            "env": [{"name": f"SETTING_{i}", "value": f"value {i}"} for i in range(8)],
            "resources": {"limits": {"memory": "512Mi", "cpu": "1"}, "requests": {"memory": "256Mi", "cpu": "250m"}},
            "volumeMounts": [{"name": "config", "mountPath": "/etc/config", "readOnly": True},
                             {"name": "logs", "mountPath": "/var/log"}],
            "livenessProbe": {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 10},
            "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
            "securityContext": {"allowPrivilegeEscalation": False, "runAsNonRoot": True, "runAsUser": 1000,
                                "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}}
    labels = {"app": "shop", "team": "web", "pod-template-hash": "6f7d9c5b8"}
    return {
        "uid": "705ab4f5-6393-11e8-b7cc-42010a800002", "operation": "CREATE",
        "kind": {"group": "", "version": "v1", "kind": "Pod"}, "namespace": "shop",
        "userInfo": {"username": "system:serviceaccount:kube-system:replicaset-controller",
                     "groups": ["system:serviceaccounts", "system:authenticated"]},
        "object": {
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": "shop-6f7d9c5b8-x2x7z", "namespace": "shop", "labels": labels,
                         "annotations": {"checksum/config": "0f" * 32},
                         "ownerReferences": [{"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "shop-6f7d9c5b8"}]},
            "spec": {
                "serviceAccountName": "shop", "restartPolicy": "Always", "nodeSelector": {"pool": "general"},
                "initContainers": [container("migrate", "registry.example/shop/migrate:1.4.2")],
                "containers": [container("web", "registry.example/shop/web:1.4.2"),
                               container("proxy", "registry.example/infra/proxy:3.2"),
                               container("metrics", "quay.example/metrics/exporter:latest")],
                "volumes": [{"name": "config", "configMap": {"name": "shop"}}, {"name": "logs", "emptyDir": {}},
                            {"name": "host", "hostPath": {"path": "/var/run/docker.sock"}}],
                "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}]}}}


def lines():
    """The bench's input: one JSON line with all templates and the Pod."""
    return json.dumps({
        "review": pod(),
        "templates": [{"name": name, "text": text, "parameters": parameters}
                      for name, (text, parameters) in templates().items()]})


if __name__ == "__main__":
    print(lines())
