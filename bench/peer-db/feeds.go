// SPDX-License-Identifier: Apache-2.0

package main

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// The ecosystems of the reference image, by the name of their folder in the OSV bucket.
var ecosystems = []string{"Go", "PyPI", "crates.io", "npm"}

// record is what of an OSV record a peer's database can hold.
type record struct {
	ID        string   `json:"id"`
	Modified  string   `json:"modified"`
	Published string   `json:"published"`
	Withdrawn string   `json:"withdrawn"`
	Aliases   []string `json:"aliases"`
	Summary   string   `json:"summary"`
	Details   string   `json:"details"`
	Severity  []struct {
		Type  string `json:"type"`
		Score string `json:"score"`
	} `json:"severity"`
	Affected         []affected `json:"affected"`
	DatabaseSpecific struct {
		Severity any `json:"severity"`
	} `json:"database_specific"`

	raw json.RawMessage
}

type affected struct {
	Package struct {
		Ecosystem string `json:"ecosystem"`
		Name      string `json:"name"`
	} `json:"package"`
	Ranges []struct {
		Type   string              `json:"type"`
		Events []map[string]string `json:"events"`
	} `json:"ranges"`
	Versions []string `json:"versions"`
}

// family is the database that numbered the record: "GHSA", "PYSEC", "NSWG", ...
func (r record) family() string {
	family, _, _ := strings.Cut(r.ID, "-")
	return family
}

// interval is one stretch of affected versions; "" is no bound.
type interval struct {
	from, fixed, last string
}

// intervals reads the events in the order in which they stand; commits are no versions.
func (a affected) intervals() []interval {
	var out []interval
	for _, r := range a.Ranges {
		if r.Type == "GIT" {
			continue
		}
		open := -1
		for _, event := range r.Events {
			if from, ok := event["introduced"]; ok {
				out = append(out, interval{from: from})
				open = len(out) - 1
			} else if open >= 0 {
				if fixed, ok := event["fixed"]; ok {
					out[open].fixed = fixed
				}
				if last, ok := event["last_affected"]; ok {
					out[open].last = last
				}
			}
		}
	}
	return out
}

// readOSV gives the records of an ecosystem's zip, ordered by id.
func readOSV(feeds, ecosystem string) ([]record, error) {
	path := filepath.Join(feeds, "osv", ecosystem, "all.zip")
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	var out []record
	for _, file := range archive.File {
		if !strings.HasSuffix(file.Name, ".json") {
			continue
		}
		content, err := readEntry(file)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", path, file.Name, err)
		}
		one := record{raw: content}
		if err := json.Unmarshal(content, &one); err != nil {
			return nil, fmt.Errorf("%s: %s: %w", path, file.Name, err)
		}
		out = append(out, one)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].ID < out[j].ID })
	return out, nil
}

func readEntry(file *zip.File) ([]byte, error) {
	stream, err := file.Open()
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	return io.ReadAll(stream)
}

// release is what the Debian security tracker says about one package of one release.
type release struct {
	Status      string `json:"status"`
	Fixed       string `json:"fixed_version"`
	Urgency     string `json:"urgency"`
	NoDSAReason string `json:"nodsa_reason"`
}

// tracker is the Debian security tracker's JSON: package, vulnerability, codename.
type tracker map[string]map[string]struct {
	Description string             `json:"description"`
	Releases    map[string]release `json:"releases"`
}

// debianReleases maps the codenames whose images a benchmark may scan to their numbers.
var debianReleases = map[string]string{"bullseye": "11", "bookworm": "12", "trixie": "13"}

func readTracker(feeds string) (tracker, error) {
	content, err := os.ReadFile(filepath.Join(feeds, "debian", "tracker.json"))
	if err != nil {
		return nil, err
	}
	var out tracker
	return out, json.Unmarshal(content, &out)
}
