package other

import rego.v1

deny contains "from other" if input.a
