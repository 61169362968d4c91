package bulkhead.web

deny contains {"id": "WEB001", "message": message, "path": "config.Volumes"} if {
	input.image.config
	pages := data.parameters.web.pages
	not input.image.config.Volumes[pages]
	message := sprintf("%s is no volume of the image", [pages])
}
