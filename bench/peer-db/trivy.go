// SPDX-License-Identifier: Apache-2.0

package main

import (
	"os"
	"path/filepath"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/aquasecurity/trivy-db/pkg/db"
	"github.com/aquasecurity/trivy-db/pkg/ecosystem"
	"github.com/aquasecurity/trivy-db/pkg/types"
	"github.com/aquasecurity/trivy-db/pkg/vulndb"
	"github.com/aquasecurity/trivy-db/pkg/vulnsrc"
	"github.com/aquasecurity/trivy-db/pkg/vulnsrc/bucket"
	"github.com/aquasecurity/trivy-db/pkg/vulnsrc/osv"
	"github.com/aquasecurity/trivy-db/pkg/vulnsrc/vulnerability"
)

var trivyEcosystems = map[string]ecosystem.Type{
	"Go": ecosystem.Go, "PyPI": ecosystem.Pip, "crates.io": ecosystem.Cargo, "npm": ecosystem.Npm,
}

// feedSource is a source for Trivy's own builder. OSV records go through its OSV parser; one that
// two databases numbered stands in a bucket for each, as GitHub's and Node.js' do in the public
// database. Its Debian source reads the tracker's repository, not the JSON that the tracker serves,
// so what that says is put down here.
type feedSource struct {
	tracker tracker
	osv     map[string][]record
}

func (feedSource) Name() types.SourceID { return "feeds" }

func (s feedSource) Update(work string) error {
	if err := (db.Config{}).BatchUpdate(s.putDebian); err != nil {
		return err
	}
	for _, name := range ecosystems {
		families := map[string][]record{}
		for _, one := range s.osv[name] {
			families[one.family()] = append(families[one.family()], one)
		}
		for _, family := range sortedKeys(families) {
			folder := filepath.Join(name, family)
			if err := writeRecords(filepath.Join(work, folder), families[family]); err != nil {
				return err
			}
			sources := map[ecosystem.Type]types.DataSource{
				trivyEcosystems[name]: {ID: vulnerability.GHSA, Name: family, URL: "https://osv.dev"},
			}
			if err := osv.New(folder, vulnerability.GHSA, sources).Update(work); err != nil {
				return err
			}
		}
	}
	return nil
}

func writeRecords(folder string, records []record) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	for _, one := range records {
		if err := os.WriteFile(filepath.Join(folder, one.ID+".json"), one.raw, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// advisory is nothing where the tracker says "not affected" or does not know.
func (r release) advisory() *types.Advisory {
	switch {
	case r.Status == "resolved" && r.Fixed != "" && r.Fixed != "0":
		return &types.Advisory{FixedVersion: r.Fixed}
	case r.Status != "open":
		return nil
	case r.NoDSAReason == "ignored":
		return &types.Advisory{Status: types.StatusWillNotFix}
	case r.NoDSAReason == "postponed":
		return &types.Advisory{Status: types.StatusFixDeferred}
	case r.Urgency == "end-of-life":
		return &types.Advisory{Status: types.StatusEndOfLife}
	}
	return &types.Advisory{Status: types.StatusAffected}
}

func (s feedSource) putDebian(tx *bolt.Tx) error {
	source := types.DataSource{ID: vulnerability.Debian, Name: "Debian Security Tracker",
		URL: "https://security-tracker.debian.org"}
	config := db.Config{}
	for name, vulnerabilities := range s.tracker {
		for id, facts := range vulnerabilities {
			for codename, state := range facts.Releases {
				number, known := debianReleases[codename]
				advisory := state.advisory()
				if !known || advisory == nil {
					continue
				}
				platform := bucket.NewDebian(number).Name()
				if err := config.PutDataSource(tx, platform, source); err != nil {
					return err
				}
				if err := config.PutAdvisoryDetail(tx, id, name, []string{platform}, advisory); err != nil {
					return err
				}
				detail := types.VulnerabilityDetail{Title: facts.Description}
				if err := config.PutVulnerabilityDetail(tx, id, vulnerability.Debian, detail); err != nil {
					return err
				}
				if err := config.PutVulnerabilityID(tx, id); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// buildTrivy leaves <out>/db/trivy.db and metadata.json, where --cache-dir <out> looks.
func buildTrivy(all tracker, records map[string][]record, work, out string) error {
	folder := filepath.Join(out, "db")
	if err := db.Init(folder); err != nil {
		return err
	}
	source := feedSource{all, records}
	builder := vulndb.New(work, folder, 24*time.Hour,
		vulndb.WithVulnSrcs(map[types.SourceID]vulnsrc.VulnSrc{source.Name(): source}))
	if err := builder.Build([]string{string(source.Name())}); err != nil {
		return err
	}
	return db.Close()
}
