// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/open-policy-agent/opa/v1/util"
)

// One case as OPA's files have it.
type suiteCase struct {
	Note          string            `json:"note"`
	Query         string            `json:"query"`
	Modules       []string          `json:"modules"`
	Data          *any              `json:"data"`
	Input         *any              `json:"input"`
	InputTerm     *string           `json:"input_term"`
	WantDefined   *bool             `json:"want_defined"`
	WantResult    *[]map[string]any `json:"want_result"`
	WantErrorCode *string           `json:"want_error_code"`
	WantError     *string           `json:"want_error"`
	SortBindings  bool              `json:"sort_bindings"`
	StrictError   bool              `json:"strict_error"`
}

func text(value *any) (*string, error) {
	if value == nil {
		return nil, nil
	}
	bytes, err := json.Marshal(*value)
	s := string(bytes)
	return &s, err
}

// The case as a line: the query's value under the names of its bindings, collected in a list.
func (c suiteCase) line(folder string, v0 bool) (policyCase, error) {
	out := policyCase{ID: folder + "/" + c.Note, Query: c.Query, Strict: c.StrictError, Want: &want{
		Sort: c.SortBindings, Defined: c.WantDefined, Rows: []map[string]any{}}}
	var err error
	if out.Data, err = text(c.Data); err != nil {
		return out, err
	}
	if out.Input, err = text(c.Input); err != nil {
		return out, err
	}
	if c.InputTerm != nil {
		out.Query = fmt.Sprintf("%s with input as %s", c.Query, *c.InputTerm)
	}
	for i, m := range c.Modules {
		out.Modules = append(out.Modules, module{Path: fmt.Sprintf("test-%d.rego", i), Text: m, V0: v0})
	}
	if c.WantResult != nil {
		out.Want.Rows = *c.WantResult
	}
	if c.WantErrorCode != nil || c.WantError != nil {
		out.Want.Error = "any"
		if c.WantErrorCode != nil {
			out.Want.Error = *c.WantErrorCode
		}
	}
	return out, nil
}

// writeSuite writes the cases of a folder (of the module's v1/test/cases/testdata).
func writeSuite(folder string, v0 bool, out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	root := os.DirFS(folder)
	return fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		bytes, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		var set struct {
			Cases []suiteCase `json:"cases"`
		}
		if err := util.Unmarshal(bytes, &set); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		for _, c := range set.Cases {
			line, err := c.line(filepath.Dir(path), v0)
			if err != nil {
				return err
			}
			if err := encoder.Encode(line); err != nil {
				return err
			}
		}
		return nil
	})
}
