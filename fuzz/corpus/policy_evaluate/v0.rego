 package a

allow { input.a.b[_] == "c" }

names[x] { x := input.a.b[_] }

obj = {"a": 1} { true } else = 2 { input.n }

g(x) = y { y := x }
