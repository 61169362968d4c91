package bulkhead.filesystem_test

import data.bulkhead.filesystem as pack
import data.bulkhead.test as t

# The declaration of most tests: nothing but /web/html may be written.
web := ["/web/html"]

container(members) := object.union({"name": "web", "image": "registry.example.com/shop/web:1"}, members)

locked := {"securityContext": {"readOnlyRootFilesystem": true}}

pod(container_members, volumes) := t.document({
	"stage": "admission",
	"object": {"kind": "Pod", "spec": {"containers": [container(container_members)], "volumes": volumes}},
})

mounting(path, volume) := pod(
	object.union(locked, {"volumeMounts": [{"name": "data", "mountPath": path}]}),
	[object.union({"name": "data"}, volume)],
)

drift(entry) := t.document({"stage": "runtime", "runtime": {"drift": [entry]}})

test_fs001_fails_on_a_writable_root if {
	found := t.of(pack.deny, "FS001") with input as pod({}, [])
	found == {{
		"id": "FS001",
		"message": "The root file system of container web is writable",
		"subject": "web",
		"path": "spec.containers[0]",
	}}
	"FS001" in t.ids(pack.deny) with input as pod({"securityContext": {"readOnlyRootFilesystem": false}}, [])
}

test_fs001_fails_inside_what_makes_pods if {
	spec := {"initContainers": [container({})], "containers": [container(locked)]}
	every object in [
		{"kind": "Deployment", "spec": {"template": {"spec": spec}}},
		{"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": {"spec": spec}}}}},
	] {
		count(t.of(pack.deny, "FS001")) == 1 with input as t.document({"object": object})
	}
}

test_fs001_passes_on_a_read_only_root_and_other_containers if {
	not "FS001" in t.ids(pack.deny) with input as pod(locked, [])
	not "FS001" in t.ids(pack.deny) with input as pod({}, []) with data.parameters.filesystem.containers as ["api-*"]
}

test_fs002_fails_on_a_writable_mount_elsewhere if {
	found := t.of(pack.deny, "FS002") with input as mounting("/web/logs", {"emptyDir": {}})
		with data.parameters.filesystem.writable_paths as web
	{[reason.message, reason.severity] | some reason in found} == {
		["Container web may write to /web/logs on volume data", "high"],
	}
}

test_fs002_fails_on_names_that_only_look_alike if {
	every path in ["/web/html2", "/web", "/", "/web/html/../logs", "/web/htm"] {
		"FS002" in t.ids(pack.deny) with input as mounting(path, {"emptyDir": {}})
			with data.parameters.filesystem.writable_paths as web
	}
}

test_fs002_says_when_it_is_the_host if {
	found := t.of(pack.deny, "FS002") with input as mounting("/host", {"hostPath": {"path": "/"}})
	{reason.severity | some reason in found} == {"critical"}
}

test_fs002_passes_on_declared_paths_and_read_only_mounts if {
	every path in ["/web/html", "/web/html/", "/web//html/cache"] {
		not "FS002" in t.ids(pack.deny) with input as mounting(path, {"emptyDir": {}})
			with data.parameters.filesystem.writable_paths as web
	}
	every kind in ["configMap", "secret", "projected", "downwardAPI"] {
		not "FS002" in t.ids(pack.deny) with input as mounting("/etc/web", {kind: {}})
	}
	every source in [{"persistentVolumeClaim": {"claimName": "x", "readOnly": true}}, {"nfs": {"readOnly": true}}] {
		not "FS002" in t.ids(pack.deny) with input as mounting("/data", source)
	}
	writable := {"persistentVolumeClaim": {"claimName": "x", "readOnly": false}}
	"FS002" in t.ids(pack.deny) with input as mounting("/data", writable)
	read_only := pod(
		object.union(locked, {"volumeMounts": [{"name": "data", "mountPath": "/data", "readOnly": true}]}),
		[],
	)
	not "FS002" in t.ids(pack.deny) with input as read_only
}

test_fs002_two_volumes_of_one_name_are_no_error if {
	twice := pod(
		{"volumeMounts": [{"name": "data", "mountPath": "/data"}]},
		[{"name": "data", "emptyDir": {}}, {"name": "data", "hostPath": {"path": "/"}}],
	)
	"FS002" in t.ids(pack.deny) with input as twice
}

test_fs003_fails_on_a_volume_elsewhere if {
	t.messages(pack.deny, "FS003") == "VOLUME /var/lib/data may be written and is not declared"
		with input as t.image({"Volumes": {"/var/lib/data": {}, "/web/html": {}}})
		with data.parameters.filesystem.writable_paths as web
}

test_fs003_passes_on_declared_volumes if {
	not "FS003" in t.ids(pack.deny) with input as t.image({"Volumes": {"/web/html/cache": {}}})
		with data.parameters.filesystem.writable_paths as web
	not "FS003" in t.ids(pack.deny)
		with input as t.image({"Volumes": {"/x": {}}})
		with data.parameters.filesystem.image_volumes as false
}

test_fs004_fails_on_a_write_elsewhere if {
	t.messages(pack.deny, "FS004") == "/etc/passwd was written by nginx"
		with input as drift({"path": "/etc/passwd", "process": "nginx"})
		with data.parameters.filesystem.writable_paths as web
}

test_fs004_passes_on_a_write_below_a_declared_path if {
	not "FS004" in t.ids(pack.deny) with input as drift({"path": "/web/html/index.html"})
		with data.parameters.filesystem.writable_paths as web
}

test_fs005_fails_on_a_new_program_anywhere if {
	"FS005" in t.ids(pack.deny) with input as drift({"path": "/web/html/x", "executed": true})
		with data.parameters.filesystem.writable_paths as web
}

test_fs005_passes_on_a_file_that_was_only_written if {
	not "FS005" in t.ids(pack.deny) with input as drift({"path": "/web/html/x", "executed": false})
	not "FS005" in t.ids(pack.deny) with input as drift({"path": "/web/html/x"})
}

test_fs006_fails_on_steps_that_open_other_paths if {
	every step, path in {
		"RUN /bin/sh -c chown -R app:app /app && make # buildkit": "/app",
		"RUN /bin/sh -c chmod -R 777 /var/www # buildkit": "/var/www",
		"/bin/sh -c chmod g+w /srv": "/srv",
		"RUN /bin/sh -c chmod 0666 /etc/app.conf # buildkit": "/etc/app.conf",
		"COPY --chown=app:app . /app # buildkit": "/app",
		"RUN /bin/sh -c chmod a=rwx /a # buildkit": "/a",
		"RUN /bin/sh -c chmod u+x,o+w /a # buildkit": "/a",
		"RUN /bin/sh -c chmod u+x,g-x+w /a # buildkit": "/a",
		"COPY --chmod=777 x /app # buildkit": "/app",
		"COPY --chmod=a+rwx --link x /app # buildkit": "/app",
		"RUN /bin/sh -c make && install -d -o app /data # buildkit": "/data",
		"RUN /bin/sh -c install -dm 0777 /data # buildkit": "/data",
		"RUN /bin/sh -c install --owner=app /src/x /opt/x; make # buildkit": "/opt/x",
	} {
		t.messages(pack.warn, "FS006") == sprintf("A step of the build opens %s for writing", [path])
			with input as t.history([step])
			with data.parameters.filesystem.writable_paths as web
	}
}

test_fs006_passes_on_declared_paths_and_harmless_steps if {
	every step in [
		"RUN /bin/sh -c chown -R app:app /web/html # buildkit",
		"RUN /bin/sh -c chown root:root /app && chown 0 /b && chown :root /c # buildkit",
		"RUN /bin/sh -c chmod 755 /app/run && chmod u+w /x && chmod +x /y && chmod 0644 /z # buildkit",
		"COPY --chown=root:root . /app # buildkit",
		"COPY . /app # buildkit",
		"RUN /bin/sh -c chown app relative # buildkit",
		"RUN /bin/sh -c chmod u+w,g-w /a && chmod u=rwx,go=rx /b && chmod a-w /c # buildkit",
		"COPY --chmod=755 x /app # buildkit",
		"RUN /bin/sh -c install -d -o root -m 755 /data && install -o 0 /x /y && install -d /z # buildkit",
		"RUN /bin/sh -c apt-get install -o Debug::a=1 /tmp/x.deb # buildkit",
		"RUN /bin/sh -c install -d -o app /web/html/cache # buildkit",
	] {
		not "FS006" in t.ids(pack.warn) with input as t.history([step])
			with data.parameters.filesystem.writable_paths as web
	}
}

test_fs007_fails_on_directories_of_the_system if {
	every path in ["/", "/etc", "/usr/", "//usr/bin"] {
		"FS007" in t.ids(pack.deny) with input as t.image({}) with data.parameters.filesystem.writable_paths as [path]
	}
}

test_fs007_passes_on_others if {
	not "FS007" in t.ids(pack.deny)
		with input as t.image({})
		with data.parameters.filesystem.writable_paths as ["/web/html", "/var/cache/web", "/tmp"]
}

test_nothing_is_said_without_facts if {
	pack.deny == set() with input as {}
	pack.warn == set() with input as {}
	pack.deny == set() with input as t.document({"object": {"kind": "Namespace"}})
}
