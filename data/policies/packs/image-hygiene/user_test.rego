package bulkhead.image_hygiene_test

import data.bulkhead.image_hygiene as pack
import data.bulkhead.test as t

test_hyg001_fails_without_user if {
	"HYG001" in t.ids(pack.deny) with input as t.image({})
	"HYG001" in t.ids(pack.deny) with input as t.image({"User": ""})
}

test_hyg001_fails_on_each_spelling_of_root if {
	every user in ["root", "0", "0:0", "root:root", "0:1000", "root:staff", "00", " root "] {
		"HYG001" in t.ids(pack.deny) with input as t.image({"User": user})
	}
}

test_hyg001_fails_on_the_administrator_of_windows if {
	windows := object.union(t.image({"User": "ContainerAdministrator"}), {"image": {"platform": "windows/amd64"}})
	"HYG001" in t.ids(pack.deny) with input as windows
}

test_hyg001_passes_with_another_user if {
	every user in ["1000", "10001:10001", "1000:0", "nobody", "app:app", "rooty", "1000:root"] {
		not "HYG001" in t.ids(pack.deny) with input as t.image({"User": user})
	}
}

test_hyg001_passes_on_windows_without_user if {
	windows := object.union(t.image({}), {"image": {"platform": "windows/amd64"}})
	not "HYG001" in t.ids(pack.deny) with input as windows
}

test_hyg002_fails_on_a_name if {
	t.messages(pack.warn, "HYG002") == "USER app is a name; a number can be checked before the container starts"
		with input as t.image({"User": "app:app"})
}

test_hyg002_passes_on_a_number_and_leaves_root_to_hyg001 if {
	every user in ["1000", "1000:app", "root", "0", ""] {
		not "HYG002" in t.ids(pack.warn) with input as t.image({"User": user})
	}
}

test_nothing_is_said_without_facts if {
	pack.deny == set() with input as t.document({})
	pack.warn == set() with input as t.document({})
	pack.deny == set() with input as {}
	pack.warn == set() with input as {}
}
