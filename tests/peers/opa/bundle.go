// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"github.com/open-policy-agent/opa/v1/util"
)

// The parts of a folder of policies (data/policies) that rules can see: modules, data.lists.<name>
// of lists/, and the default parameters that each pack.yaml gives.
type policyFolder struct {
	Modules []module `json:"modules"`
	Data    string   `json:"data"`
}

func readPolicies(folder string) (policyFolder, error) {
	out := policyFolder{Modules: []module{}}
	lists, parameters := map[string]any{}, map[string]any{}
	root := os.DirFS(folder)
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name == "examples" {
				return fs.SkipDir
			}
			return nil
		}
		bytes, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		stem := strings.TrimSuffix(path.Base(name), path.Ext(name))
		switch {
		case path.Ext(name) == ".rego":
			out.Modules = append(out.Modules, module{Path: name, Text: string(bytes)})
		case path.Dir(name) == "lists":
			var list any
			if err := util.Unmarshal(bytes, &list); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			lists[stem] = list
		case path.Base(name) == "pack.yaml":
			var pack struct {
				ID         string         `json:"id"`
				Parameters map[string]any `json:"parameters"`
			}
			if err := util.Unmarshal(bytes, &pack); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			if pack.Parameters == nil {
				pack.Parameters = map[string]any{}
			}
			parameters[pack.ID] = pack.Parameters
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	data, err := json.Marshal(map[string]any{"lists": lists, "parameters": parameters})
	out.Data = string(data)
	return out, err
}

func writePolicies(folder string, out io.Writer) error {
	policies, err := readPolicies(folder)
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	return encoder.Encode(policies)
}
