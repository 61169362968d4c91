# Whether the scan can be relied on at all.
package bulkhead.vulnerabilities

warn contains {"id": "VUL017", "message": message, "path": "scan.not_judged"} if {
	total := count(input.packages)
	total > 0
	unknown := sum([entry.packages | some entry in input.scan.not_judged])
	percent := floor((unknown * 100) / total)
	percent > parameter.max_not_judged_percent
	message := sprintf("No source speaks about %d of %d packages (%d %%)", [unknown, total, percent])
}

deny contains {"id": "VUL018", "message": message, "path": "scan.database"} if {
	newest := max([nanoseconds(feed.newest) | some feed in input.scan.database.feeds])
	hours := floor((now - newest) / (3600 * 1000000000))
	hours > parameter.max_database_age_hours
	message := sprintf(
		"The newest advisory is %d hours old; at most %d are allowed",
		[hours, parameter.max_database_age_hours],
	)
}

deny contains {"id": "VUL019", "message": "The scan could not read everything", "path": "scan.complete"} if {
	input.scan.complete == false
}

warn contains {
	"id": "VUL020", "message": "Only the built-in starter list of advisories was used", "path": "scan.database",
} if {
	input.scan.database.kind == "starter"
}

deny contains {"id": "VUL021", "message": "The scan did not look for vulnerabilities", "path": "scan.scanners"} if {
	not "vuln" in input.scan.scanners
	input.scan.scanners
}
