go.mod
// A comment.
module github.com/Example/demo/v2 // another

go 1.21

toolchain go1.22.3

require github.com/BurntSushi/toml v1.3.2

require (
	"golang.org/x/net" v0.10.0 // indirect
	`gopkg.in/yaml.v3` v3.0.1
	example.org/here v1.0.0 // indirect; because
	example.org/forked v1.0.0
	example.org/twice v1.1.0
)

require ()

exclude github.com/BurntSushi/toml v1.0.0

replace (
	example.org/here => ../here
	example.org/forked v1.0.0 => github.com/example/forked v1.0.1-0.20240102030405-0123456789ab
	example.org/forked v0.9.0 => github.com/example/forked v0.9.1
	example.org/twice => example.org/other v2.0.0+incompatible
	example.org/twice v1.1.0 => example.org/exact v1.1.1
)

retract [v1.0.0, v1.9.9] // broken
retract v1.1.0
tool example.org/twice/cmd
godebug default=go1.21
