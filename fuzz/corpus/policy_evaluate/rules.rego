package a

default allow := false

allow if {
	some x in input.a.b
	x == "c"
	not denied
}

denied if data.lists.ports[_] == 23

f(x, y) := z if z := x * y

names[k] := v if some k, v in input

text := sprintf("%v %5.2f %s", [input.n, 1.5, $"{input.n}"])

hits := {w | walk(input, [_, w]); is_number(w)}

found := regex.find_n(`\w+`, "a b", -1)

every_one if every y in [1, 2] { y < f(input.n, 2) }
