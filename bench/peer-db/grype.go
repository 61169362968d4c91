// SPDX-License-Identifier: Apache-2.0

package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/anchore/grype/grype/db"
	"github.com/anchore/grype/grype/db/provider"
	"github.com/anchore/grype/grype/version"
)

// Grype's own builder reads what its downloader, vunnel, leaves behind: a folder for each provider
// with records in an envelope that names their schema. We write such folders and let it build, so
// that everything which it does to its public database happens to this one too. Go's records are
// given as they are; those of the other ecosystems in the shape of GitHub's advisories, the only
// one in which Grype takes them; Debian's in the shape of its distribution providers.
const schemas = "https://raw.githubusercontent.com/anchore/vunnel/main/schema/"

type githubFix struct {
	Ecosystem  string `json:"ecosystem"`
	Name       string `json:"name"`
	Namespace  string `json:"namespace"`
	Range      string `json:"range"`
	Identifier string `json:"identifier"`
}

type cvss struct {
	Vector  string `json:"vector"`
	Version string `json:"version"`
}

type githubAdvisory struct {
	CVE            []string    `json:"CVE"`
	CVSSSeverities []cvss      `json:"cvss_severities,omitempty"`
	FixedIn        []githubFix `json:"FixedIn"`
	Severity       string      `json:"Severity"`
	Summary        string      `json:"Summary"`
	GhsaID         string      `json:"ghsaId"`
	Namespace      string      `json:"namespace"`
	URL            string      `json:"url"`
	Published      string      `json:"published"`
	Updated        string      `json:"updated"`
	Withdrawn      string      `json:"withdrawn,omitempty"`
}

// How Grype calls an ecosystem in GitHub's advisories, and in which order its versions stand.
var grypeEcosystems = map[string]struct {
	name   string
	format version.Format
}{
	"npm":       {"npm", version.SemanticFormat},
	"PyPI":      {"python", version.PythonFormat},
	"crates.io": {"rust", version.SemanticFormat},
}

func (i interval) constraint() string {
	out := ""
	if i.from != "" && i.from != "0" {
		out = ">= " + i.from
	}
	if end := i.upper(); end != "" {
		if out != "" {
			out += ", "
		}
		out += end
	}
	if out == "" {
		return ">= 0"
	}
	return out
}

func (i interval) upper() string {
	switch {
	case i.fixed != "":
		return "< " + i.fixed
	case i.last != "":
		return "<= " + i.last
	}
	return ""
}

// covered tells whether a listed version lies in one of the ranges already.
func covered(listed string, ranges []interval, format version.Format) bool {
	for _, one := range ranges {
		constraint, err := version.GetConstraint(one.constraint(), format)
		if err != nil {
			continue
		}
		inside, err := constraint.Satisfied(version.New(listed, format))
		if err == nil && inside {
			return true
		}
	}
	return false
}

func toGithub(ecosystem string, r record) githubAdvisory {
	known := grypeEcosystems[ecosystem]
	out := githubAdvisory{
		CVE: r.Aliases, Summary: r.Summary, GhsaID: r.ID, Namespace: "github:" + known.name,
		URL: "https://osv.dev/vulnerability/" + r.ID, Published: r.Published, Updated: r.Modified,
		Withdrawn: r.Withdrawn,
	}
	out.Severity, _ = r.DatabaseSpecific.Severity.(string)
	for _, severity := range r.Severity {
		var number string
		if _, err := fmt.Sscanf(severity.Score, "CVSS:%3s/", &number); err == nil {
			out.CVSSSeverities = append(out.CVSSSeverities, cvss{severity.Score, number})
		}
	}
	for _, a := range r.Affected {
		if a.Package.Ecosystem != ecosystem {
			continue
		}
		add := func(constraint, fixed string) {
			out.FixedIn = append(out.FixedIn, githubFix{known.name, a.Package.Name, out.Namespace, constraint, fixed})
		}
		ranges := a.intervals()
		for _, one := range ranges {
			add(one.constraint(), one.fixed)
		}
		for _, listed := range a.Versions {
			if !covered(listed, ranges, known.format) {
				add("= "+listed, "")
			}
		}
	}
	return out
}

type distroFix struct {
	Name           string `json:"Name"`
	NamespaceName  string `json:"NamespaceName"`
	Version        string `json:"Version"`
	VersionFormat  string `json:"VersionFormat"`
	VendorAdvisory struct {
		NoAdvisory bool `json:"NoAdvisory"`
	} `json:"VendorAdvisory"`
}

type distroVulnerability struct {
	Vulnerability struct {
		Name          string      `json:"Name"`
		NamespaceName string      `json:"NamespaceName"`
		Description   string      `json:"Description"`
		Severity      string      `json:"Severity"`
		Link          string      `json:"Link"`
		FixedIn       []distroFix `json:"FixedIn"`
	} `json:"Vulnerability"`
}

func debianForGrype(all tracker) []distroVulnerability {
	type key struct{ id, namespace string }
	found := map[key]*distroVulnerability{}
	var order []key
	for _, name := range sortedKeys(all) {
		for _, id := range sortedKeys(all[name]) {
			for codename, state := range all[name][id].Releases {
				number, ok := debianReleases[codename]
				if !ok || state.Status == "undetermined" {
					continue
				}
				at := key{id, "debian:" + number}
				one := found[at]
				if one == nil {
					one = &distroVulnerability{}
					one.Vulnerability.Name, one.Vulnerability.NamespaceName = id, at.namespace
					one.Vulnerability.Description = all[name][id].Description
					one.Vulnerability.Severity = "Unknown"
					one.Vulnerability.Link = "https://security-tracker.debian.org/tracker/" + id
					found[at] = one
					order = append(order, at)
				}
				fix := distroFix{Name: name, NamespaceName: at.namespace, Version: "None", VersionFormat: "dpkg"}
				if state.Status == "resolved" {
					fix.Version = state.Fixed
				}
				fix.VendorAdvisory.NoAdvisory = state.NoDSAReason != ""
				one.Vulnerability.FixedIn = append(one.Vulnerability.FixedIn, fix)
			}
		}
	}
	out := make([]distroVulnerability, 0, len(order))
	for _, at := range order {
		out = append(out, *found[at])
	}
	return out
}

// writeProvider leaves one provider's folder with all its records in one envelope.
func writeProvider(folder, name, schema string, records any) (provider.State, error) {
	folder = filepath.Join(folder, name)
	if err := os.MkdirAll(filepath.Join(folder, "results"), 0o755); err != nil {
		return provider.State{}, err
	}
	files := map[string]any{
		"results/all.json": map[string]any{"schema": schemas + schema, "identifier": name, "item": records},
		"metadata.json": provider.State{
			Provider: name, Version: 1, DistributionVersion: 1, Processor: "bulkhead-bench", Store: "flat-file",
			Timestamp: time.Now().UTC(), Listing: &provider.File{Path: "checksums", Algorithm: "xxh64", Digest: "none"},
			Schema: provider.Schema{Version: "1.0.3", URL: schemas + "provider-workspace-state/schema-1.0.3.json"},
		},
	}
	for path, content := range files {
		encoded, err := json.Marshal(content)
		if err != nil {
			return provider.State{}, err
		}
		if err := os.WriteFile(filepath.Join(folder, path), encoded, 0o644); err != nil {
			return provider.State{}, err
		}
	}
	// The builder takes the paths from here; the digests it compares only on request.
	listing := []byte("none  results/all.json\n")
	if err := os.WriteFile(filepath.Join(folder, "checksums"), listing, 0o644); err != nil {
		return provider.State{}, err
	}
	state, err := provider.ReadState(filepath.Join(folder, "metadata.json"))
	if err != nil {
		return provider.State{}, err
	}
	return *state, nil
}

// buildGrype leaves <out>/6/vulnerability.db and import.json, where GRYPE_DB_CACHE_DIR=<out> looks.
func buildGrype(all tracker, osv map[string][]record, work, out string) error {
	var goRecords []json.RawMessage
	var github []map[string]githubAdvisory
	for _, ecosystem := range ecosystems {
		for _, one := range osv[ecosystem] {
			if ecosystem == "Go" {
				goRecords = append(goRecords, one.raw)
			} else {
				github = append(github, map[string]githubAdvisory{"Advisory": toGithub(ecosystem, one)})
			}
		}
	}
	var states provider.States
	for _, one := range []struct {
		name, schema string
		records      any
	}{
		{"debian", "vulnerability/os/schema-1.0.3.json", debianForGrype(all)},
		{"github", "vulnerability/github-security-advisory/schema-1.0.3.json", github},
		{"govulndb", "vulnerability/osv/schema-1.6.1.json", goRecords},
	} {
		state, err := writeProvider(work, one.name, one.schema, one.records)
		if err != nil {
			return fmt.Errorf("%s: %w", one.name, err)
		}
		states = append(states, state)
	}
	return db.Build(db.BuildConfig{
		SchemaVersion: 6, Directory: filepath.Join(out, "6"), States: states, Timestamp: time.Now().UTC(), Hydrate: true,
	})
}
