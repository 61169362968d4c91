# SPDX-License-Identifier: Apache-2.0
"""Calls of builtins for the generated corpus: which arguments each one gets.

Arguments come from pools of values that are worth trying for their kind; what does not fit is part of it, too: both
engines must then leave the rule undefined."""
import json
import re

POOLS = {
    "s": ["", "a", "abc", "a.b.c", "Hello World", "äöü€", "日本語", "  pad  ", "x/y/z", "aaa", "A-B_C", "\t\n", "0", "a,b,,c",
          "😀 smile", "foo%20bar", "'quoted'", 'say "x"', "back\\slash", "line\nline", "ZZZ", "true"],
    "sub": ["", "a", "b", "World", "ö", ".", "/", "aa", ",", "x", " "],
    "i": [0, 1, 2, -1, 3, 7, 10, -7, 255, 1000, 4294967296, -2147483648],
    "small": [0, 1, 2, -1, 3, 5, 8, 60],
    "n": [0, 1, -1, 2, 3, 7, 10, 1.5, -2.5, 0.1, 1e3, 123456789, 2.0, -0.5, 1e15, 9007199254740991],
    "a": [[], [1], [1, 2, 3], ["a", "b"], [1, "a", None, True], [[1], [2, 3]], [3, 1, 2, 1], [{"a": 1}], ["x", "y", "x"],
          [1.5, 1, 2.25]],
    "na": [[], [1, 2, 3], [3, 1, 2], [1.5, 2.5], [-1, 0], [10], [2, 2, 2]],
    "sa": [[], ["a"], ["a", "b", "c"], ["b", "a"], ["", "x"], ["äö", "u"], ["z", "z"]],
    "o": [{}, {"a": 1}, {"a": {"b": {"c": 1}}}, {"a": [1, {"b": 2}], "c": "x"}, {"x": None, "y": False}, {"a": 1, "b": 2, "c": 3},
          {"k": [1, 2]}, {"1": "one", "ä": "ö"}],
    "oa": [[], [{}], [{"a": 1}, {"b": 2}], [{"a": {"x": 1}}, {"a": {"y": 2}}], [{"a": 1}, {"a": 2}, {"a": 3}]],
    "v": [None, True, False, 0, 1, -1.5, "", "text", [], [1, "2"], {}, {"a": [1]}, "1", 1000],
    "keys": [[], ["a"], ["a", "c"], ["zz"], ["a", "b", "c", "d"]],
    "path": ["a", "a/b", "a/b/c", "/a", "", "c", "a/1/b", "x/y"],
    "paths": [[], ["a"], ["a/b"], ["a/b/c", "c"], [["a", "b"]], [["a", 1, "b"]], ["k/0"], ["zz", "a"]],
    "patch": [[], [{"op": "add", "path": "/z", "value": 1}], [{"op": "remove", "path": "/a"}],
              [{"op": "replace", "path": "/a", "value": {"n": 1}}], [{"op": "test", "path": "/a", "value": 1}],
              [{"op": "copy", "from": "/a", "path": "/q"}], [{"op": "move", "from": "/a", "path": "/q"}],
              [{"op": "add", "path": "a/b", "value": 7}]],
    "re": ["a", "^a.c$", "[a-z]+", "(\\w+) (\\w+)", "x*", "\\d{2,}", "(?i)HELLO", "a|b", "", "^$", "[^/]+", "(", "\\p{L}+",
           "(?P<first>[a-z])(?P<second>.)", "\\bWorld\\b", ".*", "[[:alpha:]]+"],
    "common": ["a", "a*", "a+b", "[a-c]+", ".*", ".+x", "[a-z]*[0-9]", "a*b*c", "", "foo\\[1\\]", "[a-z]+\\[[0-9]+\\]", "]", "[", "[c-a]", "*", "a.*b",
               "[]", "b.c", "abc", "x[yz]+", "[-a]", "[a-]", "a\\", ".", "..", "a*a+", "[ab]*b"],
    "text": ["abc", "Hello World", "aaa bbb", "x/y/z", "12 345", "äöü", "", "foo.bar", "line\nline"],
    "repl": ["", "X", "$1", "${2}-$1", "[$0]", "$", "$$x"],
    "glob": ["*", "**", "a*", "*.b.*", "a?c", "[a-c]*", "{foo,bar}", "a.**", "*.com", "[!a]*", "x/*/z", "\\*", "", "*ä*"],
    "delims": [None, [], ["."], ["/"], [".", "/"], [":"]],
    "globtext": ["a", "abc", "a.b.c", "foo", "bar", "x/y/z", "", "*", "example.com", "a.b", "äöü"],
    "cidr": ["10.0.0.0/8", "10.1.0.0/16", "192.168.1.0/24", "192.168.1.128/25", "0.0.0.0/0", "2001:db8::/32", "::/0",
             "10.0.0.1/32", "bad", "10.0.0.0/33", "fe80::/10", "172.16.5.4/12"],
    "small_cidr": ["10.0.0.0/30", "192.168.1.1/32", "10.0.0.7/29", "2001:db8::/126", "bad", "10.1.2.3/31"],
    "ip": ["10.0.0.1", "192.168.1.200", "2001:db8::1", "::1", "256.1.1.1", "10.0.0.0/24", "::ffff:10.0.0.1", ""],
    "cidrs": [[], ["10.0.0.0/8", "10.1.0.0/16"], ["192.168.0.0/24", "192.168.1.0/24"], ["2001:db8::/33", "2001:db8:8000::/33"],
              ["10.0.0.1", "10.0.0.2"], ["10.0.0.0/25", "10.0.0.128/25", "10.0.1.0/24"]],
    "semver": ["1.0.0", "1.2.3", "1.2.3-alpha", "1.2.3-alpha.1", "1.2.3-beta+build.7", "2.0.0-rc.1", "v1.0.0", "1.0", "",
               "1.0.0-0.3.7", "10.0.0", "1.0.0+x"],
    "b64": ["", "aGVsbG8=", "aGVsbG8", "w6TDtg==", "_-8=", "++//", "????", "YQ", "YQ=="],
    "hex": ["", "68656c6c6f", "C3A4", "zz", "0", "00ff"],
    "json": ["{}", "[1, 2.50, \"x\"]", "{\"a\": {\"b\": null}}", "1e2", "nope", "\"text\"", "", "true", "{\"a\":1,\"a\":2}",
             "\"\\u00e4\\ud83d\\ude00\"", "[1,]", " 7 "],
    "yaml": ["a: 1", "- x\n- y: {z: 1}", "text", "a: [1, 'two', null, true]", ": :", "", "{a: b, c: [d]}", "n: 0x1f\no: 1.50",
             "k: |\n  two\n  lines\n", "a: &x {b: 1}\nc: *x", "yes: no", "d: 2020-01-01"],
    "bytes": ["10", "1K", "1KiB", "2.5Mi", "10MB", "1g", "7 GB", "", "x", "1.5.2", "100kb", "1TiB", "\"1\"", "3e", "1.9", "-1.5", "1e3k",
              "1e2147483647", "b", "5B", ".5k", "1.5Ei"],
    "units": ["10", "1k", "1Ki", "2.5M", "100m", "1G", "", "x", "5Ti", "0.5", "1E", "12u", "1e5", "1.5e3Ki",
              "-2.5Mi", ".5Gi", "5.k", "1E+2", "1e-3m", "0.00000000005", "\"10\"M", "10 M", "3b", "e5", "1e2147483647",
              "-0m", "0.00000000004", "99999999999.99999999999", "1Mi", "1mi", "1MI", "1m", "--1", "1..2"],
    "dur": ["1h", "1h30m", "90s", "1.5h", "100ms", "-5m", "1d", "", "3us", "0", "2w1.5d", "1.2.3h", "293y", ".5µs"],
    "ns": [0, 1, 1750000000123456789, -1, 1583070245000000000, 951782400000000000, 1700000000000000000],
    "zone": ["UTC", "", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Nowhere/City", "Local",
             "Australia/Lord_Howe", "Africa/Casablanca", "europe/berlin"],
    "rfc3339": ["2026-06-01T12:00:00Z", "2026-06-01T12:00:00.123456789+02:00", "2026-06-01", "bad", "1969-12-31T23:59:59Z",
                "2026-02-30T00:00:00Z", "2026-06-01t12:00:00z", ""],
    "layout": ["2006-01-02", "2006-01-02T15:04:05Z07:00", "Jan 2 2006", "RFC822", "RFC1123Z", "15:04", "Kitchen", "ANSIC", "02.01.06",
               "2006-01-02 15:04:05.000 MST", "Monday, 02-Jan-06", "Mon Jan __2 002 3:04:05,999 pm Z0700 -07:00:00", "_2 January é_2006"],
    "stamp": ["2026-06-01", "2026-06-01T12:00:00Z", "Jun 1 2026", "02 Jan 26 15:04 MST", "15:04", "01.06.26", "3:04PM",
              "02 jan 26 15:04 GMT+3", " 2 JANUARY é_2006"],
    "url": ["http://a.example/x?y=1", "https://user@h.example:8443/p%20q#f", "a b&c=d", "", "mailto:x@example.org", "//host/p",
            "%zz", "ä/ö?ü=1", "http://[::1]:80/", "relative/path"],
    "query": ["a=1&b=2", "a=1&a=2", "", "a", "a=%C3%A4&b=+", "=x", "a=1;b=2", "%zz=1"],
    "params": [{}, {"a": "1"}, {"a": ["1", "2"], "b": "x y"}, {"ä": "ö&"}, {"n": 1}],
    "graph": [{}, {"a": ["b"], "b": ["c"], "c": []}, {"a": ["b", "c"], "b": ["a"], "c": ["d"]}, {"a": ["a"]}, {"a": 1, "b": ["a"]}],
    "uuid": ["f81d4fae-7dec-11d0-a765-00a0c91e6bf6", "00000000-0000-0000-0000-000000000000", "bad", "",
             "urn:uuid:6ba7b814-9dad-11d1-80b4-00c04fd430c8", "4af3d9b4-0b0c-4c5c-9b3a-8d2a5d0d1c55"],
    "fmt": ["%d", "%s", "%v", "%5d|%-5d|%05d", "%x %X %o %b", "%q", "%.2f", "%e", "%t", "%%", "%s %s", "%5.1f", "%+d", "%c", "%U", "%T",
            "plain", "%08.3f", "%#x", "%v %v", "%[2]v %[1]v", "%*d", "% d", "%-8s|", "%w"],
    "fmtargs": [[], [1], ["x"], [1, 2], [1.5], [True], [None], [[1, "a"]], [{"a": 1}], ["x", "y"], [255], [-7], ["ä\n"], [2.5], [10**20]],
    "base": [2, 8, 10, 16, 3], "type": ["string"], "bits": [0, 1, 5, 255, -1, 1024, 6],
    "token": ["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpc3MiOiJqb2UiLCJhZG1pbiI6dHJ1ZX0.dGVzdA", "a.b.c", "", "x",
              "eyJhbGciOiJub25lIn0.e30."],
}

# name: kinds of its arguments. "S" before a kind gives a set of the elements of that array.
CALLS = {
    "abs": "n", "ceil": "n", "floor": "n", "round": "n", "plus": "n n", "minus": "n n", "mul": "n n", "div": "n n", "rem": "i i",
    "numbers.range": "small small", "numbers.range_step": "small small small", "to_number": "v", "format_int": "n base",
    "bits.and": "bits bits", "bits.or": "bits bits", "bits.xor": "bits bits", "bits.negate": "bits", "bits.lsh": "bits small",
    "bits.rsh": "bits small", "count": "v", "sum": "na", "product": "na", "max": "na", "min": "na", "sort": "a", 
    "array.concat": "a a", "array.slice": "a small small", "array.reverse": "a", "array.flatten": "a",
    "intersection": "Xa", "union": "Xa", "and": "Sa Sa", "or": "Sa Sa",
    "object.get": "o path v", "object.keys": "o", "object.remove": "o keys", "object.filter": "o keys", "object.union": "o o",
    "object.union_n": "oa", "object.subset": "o o", "json.filter": "o paths", "json.remove": "o paths", "json.patch": "o patch",
    "json.marshal": "v", "json.unmarshal": "json", "json.is_valid": "json", "yaml.marshal": "v", "yaml.unmarshal": "yaml",
    "yaml.is_valid": "yaml", "json.marshal_with_options": "v mopts",
    "concat": "sub sa", "contains": "s sub", "startswith": "s sub", "endswith": "s sub", "indexof": "s sub", "indexof_n": "s sub",
    "lower": "s", "upper": "s", "replace": "s sub sub", "split": "s sub", "substring": "s small small", "trim": "s sub",
    "trim_left": "s sub", "trim_right": "s sub", "trim_prefix": "s sub", "trim_suffix": "s sub", "trim_space": "s",
    "strings.reverse": "s", "strings.count": "s sub", "strings.any_prefix_match": "s sa", "strings.any_suffix_match": "s sa",
    "strings.replace_n": "repls s", "sprintf": "fmt fmtargs",
    "regex.match": "re text", "regex.is_valid": "re", "regex.replace": "text re repl", "regex.split": "re text", "regex.find_n":
    "re text small", "regex.find_all_string_submatch_n": "re text small", "regex.template_match": "tmpl text open close",
    "regex.globs_match": "common common",
    "glob.match": "glob delims globtext", "glob.quote_meta": "glob",
    "net.cidr_contains": "cidr ip", "net.cidr_intersects": "cidr cidr", "net.cidr_expand": "small_cidr", "net.cidr_is_valid": "cidr",
    "net.cidr_merge": "cidrs", "net.cidr_contains_matches": "cidrs ip",
    "semver.compare": "semver semver", "semver.is_valid": "semver",
    "base64.encode": "s", "base64.decode": "b64", "base64.is_valid": "b64", "base64url.encode": "s", "base64url.decode": "b64",
    "base64url.encode_no_pad": "s", "hex.encode": "s", "hex.decode": "hex", "urlquery.encode": "url", "urlquery.decode": "query",
    "urlquery.encode_object": "params", "urlquery.decode_object": "query",
    "crypto.md5": "s", "crypto.sha1": "s", "crypto.sha256": "s", "crypto.hmac.sha256": "s s", "crypto.hmac.sha512": "s s",
    "crypto.hmac.md5": "s s", "crypto.hmac.sha1": "s s", "crypto.hmac.equal": "sub sub", "io.jwt.decode": "token",
    "units.parse": "units", "units.parse_bytes": "bytes",
    "time.parse_duration_ns": "dur", "time.parse_rfc3339_ns": "rfc3339", "time.parse_ns": "layout stamp", "time.date": "ns",
    "time.clock": "ns", "time.weekday": "ns", "time.add_date": "ns small small small", "time.diff": "ns ns", "time.format": "ns",
    "graph.reachable": "graph sa", "graph.reachable_paths": "graph sa", "uuid.parse": "uuid",
    "is_array": "v", "is_boolean": "v", "is_null": "v", "is_number": "v", "is_object": "v", "is_set": "v", "is_string": "v",
    "type_name": "v",
    "equal": "v v", "neq": "v v", "lt": "v v", "lte": "v v", "gt": "v v", "gte": "v v",
}
POOLS["mopts"] = [{}, {"pretty": True}, {"pretty": True, "indent": "  ", "prefix": "> "}, {"pretty": False}, {"indent": " "}]
POOLS["repls"] = [{}, {"a": "b"}, {"a": "b", "b": "c"}, {"World": "x", "Hello": "y"}, {"ö": ""}, {"": "-"}, {"aa": "1", "a": "2"}]
POOLS["tmpl"] = ["urn:foo:{.*}", "{[a-z]+}", "x{y", "{\\w+} World", "plain"]
POOLS["number"] = ["12", "+1", "-007", "1.", "-.5", "1_000", "1__0", "_1", "1e3", "12345678901234567890123", " 12", "12 ", "0x10", "0x_1.8p1_0",
                   "1e400", "inf", "", "+", "++1", "0xp1", "1_0.5"]
POOLS["schema"] = [{"type": "string"}, {"type": "text"}, {"type": ["null", "text"]}, {"type": ["null", "null"]}, {"type": 1}, {"properties": 1},
                   {"properties": {"a": {"items": {"type": "list"}}}}, {"anyOf": [{"type": "any"}]}, {"definitions": {"a": {"type": "b"}}}]
POOLS["open"], POOLS["close"] = ["{"], ["}"]
# Calls of another form; a kind in braces is an argument.
FIXED = ["time.date([{ns}, {zone}])", "time.clock([{ns}, {zone}])", "time.weekday([{ns}, {zone}])",
         "time.format([{ns}, {zone}, {layout}])", "time.diff([{ns}, {zone}], [{ns}, {zone}])",
         "time.add_date({ns}, {small}, {small}, {small})", "[at | walk({o}, at)]", "[p | [p, 1] = walk({o})]",
         'object.get({o}, ["a", "b"], {v})', "count({s})", "json.unmarshal(json.marshal({v}))",
         "yaml.unmarshal(yaml.marshal({v}))", "sprintf({fmt}, [{v}])", "concat({sub}, {Ssa})", "{a}[_]", "{o}[{sub}]",
         "[{i}, {n}, {s}] < [{i}, {n}, {s}]", "{Sa} - {Sa}", "{Sa} & {Sa}", "{Sa} | {Sa}", "{n} + {n} * {i}", "{i} % {i}",
         "{n} / {n}", "{v} in {a}", "{v} == {v}", "{v} < {v}", "[max({a}), min({a}), sort({a})]", "substring({s}, {small}, -1)",
         "type_name({v})", "{s} in {sa}", "split({s}, {sub})[0]", "to_number(sprintf(\"%v\", [{n}]))",
         "object.subset({a}, [])", "object.subset({a}, {a})", "object.subset({a}, {Sa})", "object.subset({Sa}, {Sa})",
         "object.subset([], set())", "object.subset({o}, {})", "object.subset({v}, {v})",
         "to_number({number}) + 0", "json.verify_schema({schema})", "json.match_schema({v}, {schema})[0]"]


def arguments_of(rng, kinds, given):
    """Texts of arguments of these kinds; all values are read from input, which no type checker looks into."""
    def read(pool):
        given.append(rng.choice(POOLS[pool]))
        return f"input[{len(given) - 1}]"
    for kind in kinds:
        if kind in POOLS:
            yield read(kind)
        elif kind.startswith("S"):
            yield "{x | some x in " + read(kind[1:]) + "}"
        else:
            yield "{" + ", ".join("{x | some x in " + read(kind[1:]) + "}" for _ in range(rng.randint(1, 3))) + "}"


def case(name, rules, given):
    return {"id": f"builtin/{name}", "modules": [{"path": "t.rego", "text": "package t\n" + "\n".join(rules) + "\n"}],
            "input": json.dumps(given, ensure_ascii=False), "query": "data.t"}


def cases(rng_of, per_builtin=12):
    """One case a builtin: a module whose rules are its calls. rng_of: see corpus_language.py."""
    for name, kinds in sorted(CALLS.items()):
        rng, given = rng_of(f"builtin/{name}"), []
        calls = [f"{name}({', '.join(arguments_of(rng, kinds.split(), given))})" for _ in range(per_builtin)]
        yield case(name, [f"r{number} := {call}" for number, call in enumerate(calls)], given)
    for number, pattern in enumerate(FIXED):
        rng, given = rng_of(f"builtin/expression-{number}"), []
        parts = re.split(r"\{(\w+)\}", pattern)
        rules = []
        for rule in range(per_builtin):
            texts = list(arguments_of(rng, parts[1::2], given))
            call = "".join(text for pair in zip(parts[::2], texts + [""]) for text in pair)
            # What has several values: all of them.
            rules.append(f"r{rule} := {{out | out := {call}}}")
        yield case(f"expression-{number}", rules, given)
