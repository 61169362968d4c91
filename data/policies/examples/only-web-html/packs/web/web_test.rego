package bulkhead.web_test

import data.bulkhead.web

test_web001_fails_without_a_volume if {
	count(web.deny) == 1 with input as {"image": {"config": {}}}
}

test_web001_passes_with_one if {
	count(web.deny) == 0 with input as {"image": {"config": {"Volumes": {"/web/html": {}}}}}
	count(web.deny) == 0 with input as {}
}
