// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
)

// What bench/gatekeeper_templates.py prints.
type benchInput struct {
	Review    any `json:"review"`
	Templates []struct {
		Name       string `json:"name"`
		Text       string `json:"text"`
		Parameters any    `json:"parameters"`
	} `json:"templates"`
}

// One template as a server keeps it: its query prepared, its input already a value of the engine.
type prepared struct {
	query rego.PreparedEvalQuery
	input ast.Value
}

func prepare(in benchInput) ([]prepared, error) {
	modules := map[string]string{}
	for _, t := range in.Templates {
		modules[t.Name] = t.Text
	}
	compiler, err := ast.CompileModules(modules)
	if err != nil {
		return nil, err
	}
	out := make([]prepared, 0, len(in.Templates))
	for _, t := range in.Templates {
		query, err := rego.New(rego.Query("data.templates."+t.Name+".violation"),
			rego.Compiler(compiler)).PrepareForEval(context.Background())
		if err != nil {
			return nil, err
		}
		input, err := ast.InterfaceToValue(map[string]any{"review": in.Review, "parameters": t.Parameters})
		if err != nil {
			return nil, err
		}
		out = append(out, prepared{query, input})
	}
	return out, nil
}

// rounds times `count` rounds over every step-th template; violating is how many of them had results.
func rounds(templates []prepared, step, count int) (times []int64, violating int, err error) {
	for range count {
		violating = 0
		start := time.Now()
		for i := 0; i < len(templates); i += step {
			results, err := templates[i].query.Eval(context.Background(), rego.EvalParsedInput(templates[i].input))
			if err != nil {
				return nil, 0, err
			}
			if len(results) > 0 && len(results[0].Expressions[0].Value.([]any)) > 0 {
				violating++
			}
		}
		times = append(times, time.Since(start).Nanoseconds())
	}
	return times, violating, nil
}

// writeTimes is bench/policy_bench.cc for OPA: the same input, the same line of JSON.
func writeTimes(count int, in io.Reader, out io.Writer) error {
	var input benchInput
	if err := json.NewDecoder(in).Decode(&input); err != nil {
		return fmt.Errorf("the templates: %w", err)
	}
	start := time.Now()
	templates, err := prepare(input)
	if err != nil {
		return err
	}
	compiling := time.Since(start).Nanoseconds()
	if _, _, err := rounds(templates, 1, 20); err != nil { // warm
		return err
	}
	all, violating, err := rounds(templates, 1, count)
	if err != nil {
		return err
	}
	matched, _, err := rounds(templates, 3, count)
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(map[string]any{
		"compile_ns": compiling, "violating": violating, "all_ns": all, "matched_ns": matched})
}
