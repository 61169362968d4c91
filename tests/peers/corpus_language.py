# SPDX-License-Identifier: Apache-2.0
"""Small modules for the generated corpus, each around one feature of the language with parts that are drawn."""
import json

NAMES = ["a", "b", "c", "web", "db", "x-y", "ä", "0"]
VALUES = [0, 1, 2, 3, 5, -1, 1.5, "a", "b", "web", "", True, False, None, [], [1, 2], ["a", "b"], {"a": 1}, {"k": [1, {"z": "q"}]}]


def document(rng):
    """An input with members that the modules below read."""
    return {
        "items": [{"name": rng.choice(NAMES), "n": rng.randint(-2, 9), "tags": rng.sample(NAMES, rng.randint(0, 3)),
                   **({"on": rng.choice([True, False, None])} if rng.random() < 0.6 else {})} for _ in range(rng.randint(0, 6))],
        "map": {name: rng.choice(VALUES) for name in rng.sample(NAMES, rng.randint(0, 5))},
        "tree": {"l": {"l": rng.randint(0, 3), "r": rng.choice(VALUES)}, "r": [rng.choice(VALUES) for _ in range(rng.randint(0, 3))]},
        "v": rng.choice(VALUES), "w": rng.choice(VALUES), "n": rng.randint(-3, 12), "m": rng.randint(1, 5),
        "grid": [[rng.randint(0, 3) for _ in range(rng.randint(0, 3))] for _ in range(rng.randint(0, 3))],
    }


def value(rng):
    return json.dumps(rng.choice(VALUES), ensure_ascii=False)


def number(rng):
    return str(rng.choice(["input.n", "input.m", "2", "3", "0", "10", "count(input.items)", "1.5", "-1"]))


def arithmetic(rng):
    out = number(rng)
    for _ in range(rng.randint(1, 4)):
        out = f"({out} {rng.choice('+-*/')} {number(rng)})" if rng.random() < 0.7 else f"{out} {rng.choice('+-*')} {number(rng)}"
    return out if rng.random() < 0.8 else f"-input.n % {rng.randint(1, 5)} - {out}"


def condition(rng, item="x"):
    """Something about one item of input.items."""
    return rng.choice([
        f"{item}.n > {number(rng)}", f"{item}.n % 2 == {rng.randint(0, 1)}", f"{item}.on", f"not {item}.on",
        f'"{rng.choice(NAMES)}" in {item}.tags', f'{item}.name != "{rng.choice(NAMES)}"', f"count({item}.tags) {rng.choice(['<', '>=', '=='])} 2",
        f"input.map[{item}.name]", f"not input.map[{item}.name]", f"{item}.tags[_] == {item}.name",
        f"some tag in {item}.tags; startswith(tag, \"{rng.choice(['a', 'w', ''])}\")", f"every tag in {item}.tags {{ tag != \"{rng.choice(NAMES)}\" }}",
        f"{item}.n == max([y.n | some y in input.items])", f"{item}.name == input.items[_].name",
        f"is_boolean({item}.on)", f"{item}.n < {item}.n + input.m",
    ])


def body(rng, count=None):
    return "\n\t".join(condition(rng) for _ in range(count or rng.randint(1, 3)))


def complete(rng):
    return f"""default r := {value(rng)}
r := {arithmetic(rng)} if input.n > {rng.randint(-2, 8)}
else := {value(rng)} if {{
	some x in input.items
	{body(rng)}
}} else := "last" if input.v == {value(rng)}
s if {{ some x in input.items; {condition(rng)} }}
t := {{"r": r, "n": [{arithmetic(rng)}]}} if not s
u := x if x := input.map["{rng.choice(NAMES)}"]
"""


def partial(rng):
    return f"""r contains x.name if {{
	some x in input.items
	{body(rng)}
}}
r contains "{rng.choice(NAMES)}" if input.n > {rng.randint(0, 6)}
o[k] := v if {{
	some k, v in input.map
	v {rng.choice(['!=', '==', '<', '>='])} {value(rng)}
}}
g[x.name] contains x.n if some x in input.items
p.q[k].z := k if some k, _ in input.map
p.s := count(r)
both := r & {{k | some k, _ in input.map}}
without := r - {{"a"}} | {{"z"}}
has := "{rng.choice(NAMES)}" in r
"""


def functions(rng):
    name = rng.choice(NAMES)
    return f"""f(x) := x.n * 2 if {{ {condition(rng)} }}
else := -1 if x.n < {rng.randint(0, 5)}
f(x) := "text" if not is_object(x)
g("{name}", _) := 1
g(name, [first, _]) := first if name != "{name}"
h({{"name": name, "n": n}}) := sprintf("%s=%d", [name, n])
k(x) if x > {rng.randint(0, 5)}
default d(_) := "none"
d(x) := "big" if x > 3
r := [f(x) | some x in input.items]
s := [[name, y] | some x in input.items; name := x.name; y := g(name, [x.n, 0])]
t := [h(object.filter(x, ["name", "n"])) | some x in input.items]
u := [x.n | some x in input.items; k(x.n)]
w := [d(x.n) | some x in input.items]
v := f(input.v)
"""


def comprehensions(rng):
    return f"""r := [y | some x in input.items; {condition(rng)}; y := x.n + {number(rng)}]
s := {{[x.name, tag] | some x in input.items; some tag in x.tags}}
t := {{k: [x.n | some x in input.items; x.name == k] | some k in {{x.name | some x in input.items}}}}
u := [[i, j] | some i, row in input.grid; some j, cell in row; cell == {rng.randint(0, 2)}]
v := sum([count(row) | some row in input.grid])
w := {{x | x := input.grid[_][_]}}
n := [p | walk(input.tree, [p, v]); is_number(v)]
m := {{v | walk(input, [_, v]); is_string(v)}}
q := [x | x := numbers.range(0, input.m)[_]; x % 2 == {rng.randint(0, 1)}]
z := count({{i | input.items[i].n > {rng.randint(0, 4)}}})
"""


def quantifiers(rng):
    return f"""r if every x in input.items {{ {condition(rng)} }}
s if every k, v in input.map {{ k != "{rng.choice(NAMES)}"; v != {value(rng)} }}
t if {{ some i, x in input.items; i > 0; input.items[i - 1].n <= x.n }}
u if not t
v if {{
	some x, y in input.map
	some z in input.items
	z.name == x
}}
w := {{i | some i; input.items[i]; not input.items[i].on}}
e if every row in input.grid {{ every cell in row {{ cell < {rng.randint(1, 4)} }} }}
n if not input.items[0].on
m := 1 if {value(rng)} in input.tree.r
k if "{rng.choice(NAMES)}", 1 in input.map
"""


def unification(rng):
    return f"""r := [a, b] if [a, [b, {rng.randint(0, 3)}]] = [input.n, [input.m, {rng.randint(0, 3)}]]
s := z if {{"l": {{"l": z}}, "r": _}} = input.tree
t contains x if {{ [x, "{rng.choice(NAMES)}"] = [input.items[i].n, input.items[i].name] }}
u := {{x: y | {{"name": x, "tags": [y | _]}} = {{"name": "q", "tags": [1]}}}}
v contains [x, y] if {{ x = input.map[y]; y != "{rng.choice(NAMES)}" }}
w := x if {{ x = y; y = input.v }}
[p, q] := [input.v, input.w]
k := y if {{ some i; input.grid[i] = [_, y] }}
""".replace('u := {x: y | {"name": x, "tags": [y | _]} = {"name": "q", "tags": [1]}}\n', "").replace("[p, q] := [input.v, input.w]\n", "")


def object_patterns(rng):
    """Patterns fit objects that have their members and no others."""
    key = rng.choice(["l", "r", "name", "n"])
    return f"""r := z if {{"l": {{"l": z}}, "r": _}} = input.tree
s := z if {{"l": {{"l": z, "r": _}}, "r": [_, _]}} = input.tree
t contains n if some {{"name": n, "n": _, "tags": []}} in input.items
u contains [i, n] if some i, {{"name": n, "n": {rng.randint(0, 3)}, "tags": _}} in input.items
v contains x if {{ some x in input.items; {{"name": _, "n": _, "tags": _}} = x }}
w := [z, key] if {{ key := "{key}"; {{key: z, "r": _}} = input.tree }}
f({{"name": n, "n": x, "tags": _}}) := sprintf("%v %v", [n, x]) if x > {rng.randint(0, 5)}
else := n if n != "web"
else := "none"
f({{"name": _, "n": _, "tags": _, "on": on}}) := on
f({{"{key}": y}}) := y
g(_, {{"l": {{"l": x}}, "r": x}})
g({{}}, _) := 2
results := [y | some x in input.items; y := f(x)]
one := f({{"{key}": 1}})
two := [g(1, {{"l": {{"l": 1}}, "r": 1}}), g(input.map, 1), g(1, input.tree)]
sets := {{x | some x in input.items}}
a contains n if sets[{{"name": n, "n": _, "tags": _}}]
b contains x if {{ walk(input, [_, {{"l": x, "r": _}}]) }}
c contains x if {{ y := input.items[_]; y = {{"name": x, "n": _, "tags": [_]}} }}
d := y if {{ x := input.n; y = {{"k": {{"n": x}}}} }}
e if {{ y := input.tree; not g(1, y); {{"l": _, "r": _}} = y }}
h := [x, y] if [{{"l": x}}, y] = [input.tree.l, input.n]
k := x if {{"l": x, "r": _}} := input.tree.l
m := x if {{"l": {{"l": x, "r": _}}, "r": _}} = input.tree with input.n as 1
o := [x | some {{"name": x, "n": n, "tags": _}} in input.items; n > 2]
p := {{x: y | some {{"name": x, "tags": [y]}} in input.items}}
q if every x in input.items {{ {{"name": _, "n": _, "tags": _}} := x }}
"""


def logic(rng):
    first, second, third = (condition(rng) for _ in range(3))
    return f"""import future.keywords
r contains x.name if {{ some x in input.items; {{ {first} }} or {{ {second} }} }}
s contains x.name if {{ some x in input.items; {{ {first} }} and {{ {second} }} or {{ {third} }} }}
t if input.n > {rng.randint(0, 8)} or input.m == {rng.randint(1, 5)} and input.n < {rng.randint(0, 8)}
u := [x.n | some x in input.items; (x.n > 2 or x.on) and x.name != "{rng.choice(NAMES)}"]
v if not (input.n > 3 or input.m > 3)
w if not {{ some x in input.items; x.n > 4 and x.on }}
said := "yes" if input.v == {value(rng)} or input.w == {value(rng)}
else := "no"
z if every x in input.items {{ x.n > 1 or not x.on }}
k if input.n == 1 and input.m == 2 with input.n as 1 with input.m as {rng.randint(1, 3)}
m if (input.n == 1 with input.n as 1) and input.m
	or input.v == true
o := {{x | some x in [1, 2, 3]; {{ some y in input.items; y.n == x }} or x == {rng.randint(1, 3)}}}
"""


def annotations(rng):
    """Packages with annotations, and rules that read them."""
    title = rng.choice(["Plain", '"1.5"', "yes", "0x10", "'it''s'", "ä ö"])
    limit = rng.randint(0, 5)
    author = rng.choice(["Jane Doe <jane@example.com>", "{name: X, email: y@z}", "Someone", "<only@mail>"])
    one = f"""# METADATA
# title: {title}
# scope: {rng.choice(["package", "subpackages"])}
# authors:
# - {author}
# custom:
#   list: [1, 2.5, true, null, text]
#   nested: {{a: {{b: "c"}}}}
package t

# METADATA
# description: of the document
# scope: document
# related_resources:
# - https://example.com/a?b=c#d
# - {{ref: https://example.com, description: more}}
# organizations: [One, Two]
r := rego.metadata.rule() if input.n > {limit}

# METADATA
# title: second
# schemas:
#   - input: schema.x.y
#   - input.a["b c"]: {{type: object}}
r := rego.metadata.chain() if input.n <= {limit}
else := rego.metadata.rule()

# not one of them
s contains x if some x in rego.metadata.chain()

# METADATA
# title: of the first
# labels: {{severity: high, n: {rng.randint(0, 9)}}}
# entrypoint: true
a.b["c-d"] := [x.path | some x in rego.metadata.chain()]
f(_) := object.get(rego.metadata.rule(), "title", "none")
g := f(1)
"""
    two = f"""package t.inner

# METADATA
# title: inner
k := rego.metadata.chain()
l := x if x := rego.metadata.rule()
"""
    return [("z.rego", one), ("a.rego", two)]


def withs(rng):
    return f"""n := input.n
f(x) := x + input.m
items contains x.name if {{ some x in input.items; {condition(rng)} }}
conf := data.conf.limit
r := out if out := n with input.n as {value(rng)}
s := out if out := items with input.items as [{{"name": "w", "n": {rng.randint(0, 9)}, "tags": ["a"], "on": true}}]
t := out if out := [n, items] with input as {{"n": 1, "items": []}}
u := out if out := conf with data.conf.limit as {value(rng)}
v := out if out := f(1) with f as 7
w := out if out := f(2) with input.m as 100 with data.conf as {{}}
counted := out if out := count([1]) with count as {rng.randint(0, 9)}
added := out if out := semver.compare("1.0.0", "2.0.0") with semver.compare as {rng.randint(2, 9)}
hashed := out if out := crypto.sha256("a") with crypto.sha256 as by_rule
by_rule(text) := concat("", [text, crypto.md5(text)])
swapped := out if out := [crypto.sha256("a"), crypto.md5("a")] with crypto.sha256 as crypto.md5
kept := out if out := {{k | some k in items}} with input.map as {{}}
z if not items with input.items as []
q := [n, m] if {{ m := n with input.n as 2; n != m }}
"""


def negations(rng):
    """Operands of what is negated are evaluated before it; those without a value end the body."""
    missing = rng.choice(["input.nope", "input.map.nope", "input.items[99].name", "data.conf.nope", "input.tree.l.l.l"])
    given = rng.choice(["input.v", "input.map", "input.items[0].name", "some_rule", "data.conf.a", "input.tree.r[0]"])
    operands = [missing, given, "input.w"]
    a, b, c = (rng.choice(operands) for _ in range(3))
    bodies = [
        f"not yes({a})", f"not pair({a}, {b})", f"not is_string({a})", f"not count({a}) > {rng.randint(0, 2)}", f"not count({a})",
        f"not startswith(lower({a}), {b})", f"not sprintf(\"%v\", [{a}]) == {b}", f"not {a} == {b}",
        f"not {a} != {b}", f"not {a} < {b}", f"not {a} = {b}", f"not [{a}, {b}] == [{c}, 1]", f"not yes([{a}])",
        f'not yes({{"a": {a}}})', f"not yes({{{a}, {b}}})", f"not names[{a}]", f"not input.map[{a}]", f"not input.map[concat(\"\", [{a}])]",
        f"not names[{a}].x", f"not {{{b}, 1}}[{a}]", f"not [0, 1][{a}]", f"not {{\"a\": 1}}[{a}]", f"not {a} in names", f"not {a}, {b} in input.map",
        f"not 1 in {a}", f"not -input.n == {a}", f"not input.n - 1 == {a}", f"not {b} == count({a})", f"not data.conf[{a}]",
        f"not some_rule with input.v as {a}", f"not yes(input.v) with input.v as {a}", f"not yes({a}) with input.v as {b}",
        f"not yes(input.v) with yes as by_rule with input.v as lower({a})", f"not yes({b}) with data.conf.a as {a}",
        f"some x in input.items; not yes(x.on)", f"some x in input.items; not names[x.name]; not x.n == count({a})",
        "x := input.items[i]; not startswith(input.items[i + 1].name, x.name)", "x := input.items[i].n; not input.items[i + 1].n > x",
        f"every x in input.items {{ not startswith(x.name, {a}) }}", f"every x in input.items {{ not yes(x.on); not {b} == x.n }}",
        f"count([x | some x in input.items; not pair(x.on, {a})]) == {rng.randint(0, 2)}",
        f"not count([x |\n\t\tsome x in input.items\n\t\tnot yes({a})\n\t]) == {rng.randint(0, 2)}",
        f"not yes(\n\t\t{a},\n\t)", f"not count({{x | x := input.items[_].n; not x == {b}}}) in {{1, 2}}", f"not yes(json.unmarshal({a}).b)",
        f"not json.unmarshal(json.marshal({a})).b", f"not yes({a} == {b})", f"not names | {{{a}}} == names", "not yes(input)", "not none",
        f"not yes(none)", f"not is_null({a})", f"not object.get({a}, \"a\", {b}) == 1", f"not to_number({a}) > 1", f"not (input.n + {rng.randint(1, 3)}) * 2 > 9",
    ]
    rules = "\n".join(f"r{i} if {{\n\t{text}\n}}" for i, text in enumerate(rng.sample(bodies, 16)))
    more = "\n".join(f"s{i} if {text}" for i, text in enumerate(b for b in rng.sample(bodies, 12) if ";" not in b and "\n" not in b and "every" not in b))
    return f"""yes(x) if x
pair(x, y) := x == y
by_rule(x) if x == "{rng.choice(NAMES)}"
none if input.nope
some_rule := input.v
names contains x.name if some x in input.items
{rules}
{more}
t := 1 if not yes({a})
else := 2 if not names[{b}]
else := 3
u := [x.name | some x in input.items; not yes(x.on)]
v := {{x.name: x.n | some x in input.items; not names[x.missing]}}
w := {{x | some x in input.items; not x.on; not x.n == count({a})}}
"""


def declarations(rng):
    """`some` behind other statements of a body."""
    return f"""r0 contains [x.name, t] if {{ x := input.items[_]; some i; t := x.tags[i]; t != "{rng.choice(NAMES)}" }}
r1 contains i if {{
	row := input.grid[_]
	some i, j
	row[i] == row[j]
	i != j
}}
r2 := [i | row := input.grid[_]; some i; row[i] == {rng.randint(0, 3)}]
r3 contains j if {{ some i; row := input.grid[i]; some j; row[j] > {rng.randint(0, 2)}; some k; input.items[k].n == j }}
r4 contains n if {{ walk(input.tree, [_, v]); is_array(v); some i; n := v[i] }}
r5 contains [k, i] if {{ some k, _ in input.map; some i; input.items[i].name == k }}
r6 if {{ every x in input.items {{ input.n > -9; some i; x.tags[i] != "{rng.choice(NAMES)}" }} }}
r7 contains x.name if {{ x := input.items[_]; y := [i | some i; x.tags[i]]; some i; x.tags[i] == "{rng.choice(NAMES)}"; count(y) > 1 }}
f(x) if {{ input.n > -9; y := x[_]; some i; y[i] == {rng.randint(0, 3)} }}
r8 := [row | some row in input.grid; f([row])]
r9 contains x if {{
	x := input.items[_].name; some
	i
	not input.grid[i] == x; some j; input.grid[i][j]
}}
r10 if {{ "web" in {{"web"}}; x := input.items[_]; some i; x.tags[i] == "web" }}
"""


def heads_with_else(rng):
    """Values of heads that need the variables of their bodies."""
    key = json.dumps(rng.choice(NAMES), ensure_ascii=False)
    return f"""m := {{"a": 1, "b": 2, "web": [3]}}
r0 := m[k] if {{ k := {key} }} else := 3
r1 := [m[k]] if k := {key} else := [input.map[k],
	1] if {{ k := {key}; k != "a" }} else := 4
r2 := input.items[i].name if {{
	i := {rng.randint(0, 5)} # the item
	not input.items[i].on
}} else := input.map[k] if {{
	some k in ["{rng.choice(NAMES)}"]
}} else := {value(rng)}
f(v) := [m[k], count(v) + 1] if {{ k := v }} else := {{x | x := input.items[_].n; x > count(v)}} if {{ count(v) == 1 }} else := lower(v)
r3 := [f(x) | some x in ["a", "web", "x-Y", "b"]]
r4 := [y | y := k] if {{ k := input.map[{key}] }} else := $"none of {{input.n}}" if input.n > {rng.randint(0, 9)} else := 5
"""


def order(rng):
    """Negations before what binds their variables, and imports behind rules."""
    return f"""n := 1
import data.conf as imported
r0 if {{ not input.map[w]; w = "{rng.choice(NAMES)}" }}
r1 if {{ some w; not input.items[w].on; w = {rng.randint(0, 5)} }}
r2 contains i if {{ not data.nope[i]; not input.items[i].n == {rng.randint(0, 5)}; input.items[i].name }}
r3 := [x | not input.map[x]; {{"name": x}} = {{"name": input.items[_].name}}]
r4 contains v if {{ not v == {rng.randint(0, 3)}; walk(input.tree, [_, v]); is_number(v) }}
r5 if {{ not count([x | not input.map[x]; input.items[_].name = x]) == y; y = {rng.randint(0, 4)} }}
r6 := imported.limit
r7 if {{ r8 == 5 with n as 4 }}
r8 := n + 1
r10 if {{ every i, k in input.items {{ not input.map[k.name][i]; not input.map[i] == k }} }}
r11 if {{ every k in input.tree.r {{ not input.map[k] }} }}
r9 := out if {{ out := set with set as {{input.n}} }}
set contains n
"""


def text(rng):
    name = rng.choice(NAMES)
    return f"""r := sprintf("%v|%s|%d", [input.v, "{name}", input.n])
s := `raw \\n {name}`
t := "esc\\t\\u00e4\\"{name}\\\\"
u := concat(",", sort([x.name | some x in input.items]))
v := {{upper(x.name) | some x in input.items}}
w := [split(x.name, "-") | some x in input.items]
y := contains("{name}{name}", input.items[0].name)
z := trim(sprintf("%v", [input.w]), "{rng.choice(['x', '[]', '{}', 'e'])}")
q := format_int(input.n, {rng.choice([2, 8, 10, 16])})
k := {{x.name: substring(x.name, 0, 1) | some x in input.items; x.name == "{name}"}}
"""


def comparisons(rng):
    parts = [f"c{i} if {value(rng)} {rng.choice(['==', '!=', '<', '<=', '>', '>='])} {rng.choice(['input.v', 'input.w'])}"
             for i in range(6)]
    return "\n".join(parts) + f"""
r := sort([input.v, input.w, {value(rng)}, {value(rng)}, input.n])
s := {{input.v, input.w, {value(rng)}, 1, 1.0, "1"}}
t := {arithmetic(rng)}
u := [{arithmetic(rng)}, {arithmetic(rng)}]
v := -input.n
w := max([input.n, input.m, {number(rng)}]) - min([input.n, {number(rng)}])
o := {{{value(rng)}: 1, input.n: 2, "s": {{input.v}}}}
"""


def several(rng):
    """Packages of several modules and packages inside of packages, read whole."""
    own = f"""a := b + {rng.randint(0, 3)}
z contains a if c
"""
    more = f"""b := d * 2
c if b > {rng.randint(0, 20)}
d := count(data.p.q.r.k) + {rng.randint(0, 3)}
default e := "none"
e := input.v if c
f.g.h := b
f.g[k] := v if some k, v in input.map
h(x) := x + b
"""
    inner = f"""k contains m if some m in n
n := [x.name | some x in input.items; {condition(rng)}]
"""
    reader = f"""whole := data.p
keys := {{k | data.p[k]}}
some_of := [data.p[k] | some k in ["a", "b", "{rng.choice(['c', 'e', 'q'])}"]]
inner := data.p.q
any_k := {{x | x := data.p[_].r.n[_]}}
called := data.p.h(1)
same if data.p.a == data.p[concat("", ["a"])]
replaced := out if out := data.p.b with data.p.d as {rng.randint(0, 9)}
replaced_whole := out if out := data.p with data.p.d as {rng.randint(0, 9)}
other := out if out := {{k | data.p[k]}} with input as {{"map": {{}}, "items": [], "v": 1}}
"""
    aliased = "import data.p\nimport data.p.q.r as deep\nx := p.a\ny := deep.k\nz := p\nw := {k | deep[k]}\n"
    modules = [("z.rego", "package p\n" + own), ("a.rego", "package p\n" + more), ("q.rego", "package p.q.r\n" + inner),
               ("t.rego", "package t\n" + reader), ("u.rego", "package t.alias\n" + aliased)]
    rng.shuffle(modules)
    return modules


def templates(rng):
    return f"""r := [$"{{x.name}} has {{x.n}}" | some x in input.items]
s := $"v is {{input.v}}, {{input.missing}} {{count(input.items) + 1}}"
t := $`raw {{input.n}} \\n`
"""


def rules_as_data(rng):
    return f"""limits := {{"a": 1, "web": {rng.randint(1, 9)}, "b": {value(rng)}}}
over contains x.name if {{ some x in input.items; x.n > limits[x.name] }}
first := input.items[0].tags[0]
last := input.items[count(input.items) - 1].name
deep contains x if x := input.tree.l.r[_]
paths contains p if {{ [p, v] := walk(input.tree); v == {value(rng)} }}
got := object.get(input.map, "{rng.choice(NAMES)}", "default")
nested := object.get(input, ["tree", "l", "l"], 9)
union := object.union(input.map, limits)
index := {{x.name: i | some i, x in input.items; not dup(i)}}
dup(i) if {{ some j; j < i; input.items[j].name == input.items[i].name }}
conf := data.conf
d contains x if x := data.conf.list[_]
missing := data.nothing.here
e := data.conf[input.map["{rng.choice(NAMES)}"]]
"""


SHAPES = [complete, partial, functions, comprehensions, quantifiers, unification, object_patterns, logic, annotations, withs, negations, declarations, heads_with_else, order, text, comparisons, templates, rules_as_data]
DATA = {"conf": {"limit": 5, "list": [1, "two", {"three": 3}], "a": "A", "web": {"port": 80}}}


def cases(rng_of, per_shape=24):
    """rng_of(name) gives the random numbers of one case, so that cases do not shift each other."""
    for shape in SHAPES + [several]:
        for round_number in range(per_shape):
            name = f"language/{shape.__name__}-{round_number}"
            rng = rng_of(name)
            given = document(rng)
            parts = shape(rng)
            modules = parts if isinstance(parts, list) else [("t.rego", "package t\n" + parts)]
            yield {"id": name, "modules": [{"path": path, "text": text} for path, text in modules],
                   "data": json.dumps(DATA), "input": json.dumps(given, ensure_ascii=False), "query": "data.t"}
