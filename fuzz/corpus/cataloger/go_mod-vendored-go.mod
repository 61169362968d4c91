go.mod
module example.org/app

go 1.20

require example.org/a v1.0.0
