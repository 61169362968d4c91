package bulkhead.house

deny contains {"id": "HSE001", "message": "not signed"} if count(input.trust.signatures) == 0

deny contains {"id": "HSE002", "message": found.id} if some found in input.findings
