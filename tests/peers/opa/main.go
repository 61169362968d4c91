// SPDX-License-Identifier: Apache-2.0

// The peer of tests/peers/policy_probe.cc: the same lines of JSON, evaluated by OPA.
//
//	opa-peer eval                cases on stdin, answers on stdout
//	opa-peer suite FOLDER [v0]   the cases of OPA's suite in a folder as such lines, with what is wanted
//	opa-peer policies FOLDER     modules and data of a folder of policies (data/policies), as one line
//	opa-peer times ROUNDS        the templates of bench/gatekeeper_templates.py on stdin, timed
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strconv"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/util"
)

type module struct {
	Path string `json:"path"`
	Text string `json:"text"`
	V0   bool   `json:"v0"`
}

type policyCase struct {
	ID      string   `json:"id"`
	Modules []module `json:"modules"`
	Data    *string  `json:"data,omitempty"`
	Input   *string  `json:"input,omitempty"`
	Query   string   `json:"query"`
	Strict  bool     `json:"strict,omitempty"`
	Want    *want    `json:"want,omitempty"`
}

// What OPA's suite says about a case: the rows of bindings, or an error.
type want struct {
	Rows    []map[string]any `json:"rows"`
	Sort    bool             `json:"sort,omitempty"`
	Defined *bool            `json:"defined,omitempty"`
	Error   string           `json:"error,omitempty"`
}

type answer struct {
	ID    string `json:"id"`
	Value *any   `json:"value,omitempty"`
	Error string `json:"error,omitempty"`
}

func evaluate(c policyCase) answer {
	out := answer{ID: c.ID}
	fail := func(err error) answer {
		out.Error = err.Error()
		return out
	}
	options := []func(*rego.Rego){
		rego.Query("x = " + c.Query),
		rego.StrictBuiltinErrors(c.Strict),
		rego.Time(time.Unix(0, 1750000000123456789)),
	}
	for _, m := range c.Modules {
		version := ast.RegoV1
		if m.V0 {
			version = ast.RegoV0
		}
		parsed, err := ast.ParseModuleWithOpts(m.Path, m.Text, ast.ParserOptions{RegoVersion: version})
		if err != nil {
			return fail(err)
		}
		options = append(options, rego.ParsedModule(parsed))
	}
	if c.Data != nil {
		var data map[string]any
		if err := util.UnmarshalJSON([]byte(*c.Data), &data); err != nil {
			return fail(err)
		}
		options = append(options, rego.Store(inmem.NewFromObject(data)))
	}
	if c.Input != nil {
		var input any
		if err := util.UnmarshalJSON([]byte(*c.Input), &input); err != nil {
			return fail(err)
		}
		options = append(options, rego.Input(input))
	}
	results, err := rego.New(options...).Eval(context.Background())
	if err != nil {
		return fail(err)
	}
	if len(results) > 0 {
		value := results[0].Bindings["x"]
		out.Value = &value
	}
	return out
}

func evaluateAll(in io.Reader, out io.Writer) error {
	reader := bufio.NewReaderSize(in, 1<<20)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	decoder := json.NewDecoder(reader)
	for {
		var c policyCase
		if err := decoder.Decode(&c); err == io.EOF {
			return nil
		} else if err != nil {
			return err
		}
		if err := encoder.Encode(evaluate(c)); err != nil {
			return err
		}
	}
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: opa-peer eval | suite FOLDER [v0] | policies FOLDER | times ROUNDS")
		os.Exit(64)
	}
	var err error
	switch {
	case os.Args[1] == "eval":
		err = evaluateAll(os.Stdin, os.Stdout)
	case os.Args[1] == "suite" && len(os.Args) >= 3:
		err = writeSuite(os.Args[2], len(os.Args) > 3 && os.Args[3] == "v0", os.Stdout)
	case os.Args[1] == "policies" && len(os.Args) == 3:
		err = writePolicies(os.Args[2], os.Stdout)
	case os.Args[1] == "times" && len(os.Args) == 3:
		var count int
		if count, err = strconv.Atoi(os.Args[2]); err == nil {
			err = writeTimes(count, os.Stdin, os.Stdout)
		}
	default:
		err = fmt.Errorf("unknown arguments %v", os.Args[1:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "opa-peer:", err)
		os.Exit(1)
	}
}
