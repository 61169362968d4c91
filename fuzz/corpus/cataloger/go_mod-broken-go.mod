go.mod
module example.org/x
require example.org/a
what is this
require (
	example.org/b v1.0.0
