# Who the image runs as.
package bulkhead.image_hygiene

deny contains {"id": "HYG001", "message": "No USER is set, so the image runs as root", "path": "config.User"} if {
	user == ""
	not windows
}

deny contains {"id": "HYG001", "message": message, "path": "config.User"} if {
	root_account
	message := sprintf("The image runs as root: USER is %s", [user])
}

warn contains {"id": "HYG002", "message": message, "path": "config.User"} if {
	account != ""
	not root_account
	not windows
	not regex.match(`^[0-9]+$`, account)
	message := sprintf("USER %s is a name; a number can be checked before the container starts", [account])
}

# A config without the member means the default of the engine, which is root.
user := trim_space(object.get(input.image.config, "User", ""))

account := split(user, ":")[0]

root_account if account in {"root", "ContainerAdministrator"}

root_account if regex.match(`^0+$`, account)

windows if startswith(input.image.platform, "windows/")
