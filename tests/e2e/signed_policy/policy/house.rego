package bulkhead.house

deny contains {"id": "HSE001", "message": "Nobody owns this image"} if not input.image.labels.owner
