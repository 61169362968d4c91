go.mod
module example.org/old
go 1.16
require example.org/direct v1.2.0
