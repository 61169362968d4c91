// SPDX-License-Identifier: Apache-2.0

// Peer-db makes databases for Trivy and Grype out of the feeds that Bulkhead imports, with those
// tools' own builders, so that a comparison of findings is one of matching and not of data.
//
//	peer-db FEEDS OUT      leaves OUT/trivy/db and OUT/grype/6
//
// Only what the reference image needs is taken over: Debian's tracker and the OSV records of four
// language ecosystems. It runs `go`, because a package of Trivy's asks it for the standard library.
package main

import (
	"cmp"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

func run(feeds, out string) error {
	work, err := os.MkdirTemp("", "peer-db-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	debian, err := readTracker(feeds)
	if err != nil {
		return err
	}
	records := map[string][]record{}
	for _, ecosystem := range ecosystems {
		if records[ecosystem], err = readOSV(feeds, ecosystem); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := buildTrivy(debian, records, filepath.Join(work, "trivy"), filepath.Join(out, "trivy")); err != nil {
		return fmt.Errorf("trivy: %w", err)
	}
	if err := buildGrype(debian, records, filepath.Join(work, "grype"), filepath.Join(out, "grype")); err != nil {
		return fmt.Errorf("grype: %w", err)
	}
	return nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: peer-db FEEDS OUT")
		os.Exit(64)
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "peer-db:", err)
		os.Exit(1)
	}
}
