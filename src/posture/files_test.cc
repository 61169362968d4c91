// SPDX-License-Identifier: Apache-2.0
// Which files become documents of which kind, and what the documents say.
#include "posture/files.h"

#include <gtest/gtest.h>

#include "base/json.h"
#include "posture/dockerfile_document.h"

namespace bulkhead::posture {
namespace {

using Tree = std::vector<std::pair<std::string, std::string>>;

// "path:line kind document" of every file, then "! kind path" of every diagnostic.
std::vector<std::string> collect(const Tree& tree, FileKinds kinds = FileKinds::all(),
                                 FileCollector::Bounds bounds = {}) {
  FileCollector collector(kinds, bounds);
  base::Diagnostics diagnostics;
  for (const auto& [path, text] : tree) {
    if (collector.wants(path)) collector.add(path, text, diagnostics);
  }
  std::vector<std::string> out;
  for (const PolicyFile& file : collector.finish(diagnostics)) {
    out.push_back(file.path + ":" + std::to_string(file.line) + " " +
                  std::string(file_kind_name(file.kind)) + " " + file.document);
  }
  for (const auto& d : diagnostics.all()) out.push_back("! " + d.kind + " " + d.where);
  return out;
}

using Lines = std::vector<std::string>;

TEST(Files, WhatIsWantedByName) {
  FileCollector all(FileKinds::all());
  for (const char* path :
       {"Dockerfile", "a/b/Dockerfile.dev", "web.Dockerfile", "x.dockerfile", "Containerfile",
        ".dockerignore", "k8s/pod.yml", "x.JSON", "Cargo.toml", "main.tf"}) {
    EXPECT_TRUE(all.wants(path)) << path;
  }
  for (const char* path : {"a.go", "node_modules/a/b.json", "x/vendor/y.yaml", ".git/x.yaml",
                           "package-lock.json", "Dockerfiles/readme.md", "README"}) {
    EXPECT_FALSE(all.wants(path)) << path;
  }
  FileCollector docker(FileKinds().add(FileKind::kDockerfile));
  EXPECT_TRUE(docker.wants("Dockerfile"));
  EXPECT_FALSE(docker.wants("pod.yaml"));
  FileCollector compose(FileKinds().add(FileKind::kCompose));
  EXPECT_TRUE(compose.wants("docker-compose.prod.yml"));
  EXPECT_FALSE(compose.wants("pod.yaml"));
}

TEST(Files, KubernetesObjectsEachWithItsLine) {
  EXPECT_EQ(
      collect({{"k.yaml",
                "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\n---\n# nothing\n---\n"
                "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n"
                "- {apiVersion: v1, kind: ConfigMap}\n---\nfoo: 1\n"},
               {"o.json", R"({"kind": "Pod", "apiVersion": "v1", "spec": {"n": 1.5}})"}}),
      (Lines{R"(k.yaml:1 kubernetes {"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"}})",
             R"(k.yaml:10 kubernetes {"apiVersion":"v1","kind":"Secret"})",
             R"(k.yaml:12 kubernetes {"apiVersion":"v1","kind":"ConfigMap"})",
             R"(k.yaml:14 yaml {"foo":1})",
             R"(o.json:1 kubernetes {"kind":"Pod","apiVersion":"v1","spec":{"n":1.5}})"}));
}

TEST(Files, KindsByNameAndNeighbours) {
  EXPECT_EQ(collect({{"compose.yaml", "services: {a: {image: b}}"},
                     {".github/workflows/ci.yml", "on: push\njobs: {a: {runs-on: x, if: on}}"},
                     {".gitlab-ci.yml", "on: push"},
                     {"c/Chart.yaml", "apiVersion: v2\nname: x"},
                     {"c/values.yaml", "a: yes"},
                     {"c/templates/x.yaml", "a: {{ .Values.a }}"},
                     {"values.yaml", "a: 1"},
                     {"x.toml", "a = 0x10\nb = 1979-05-27\n[c]\nd = true"},
                     {"x.json", "[1, 2]"},
                     {"main.tf", "x {}"},
                     {"bad.json", "{"}}),
            (Lines{R"(.github/workflows/ci.yml:1 github-workflow )"
                   R"({"on":"push","jobs":{"a":{"runs-on":"x","if":"on"}}})",
                   R"(.gitlab-ci.yml:1 gitlab-ci {"true":"push"})",
                   R"(c/Chart.yaml:1 helm-chart {"apiVersion":"v2","name":"x"})",
                   R"(c/values.yaml:1 helm-values {"a":true})",
                   R"(compose.yaml:1 compose {"services":{"a":{"image":"b"}}})",
                   R"(values.yaml:1 yaml {"a":1})", R"(x.json:1 json [1,2])",
                   R"(x.toml:1 toml {"a":16,"b":"1979-05-27","c":{"d":true}})",
                   "! template-not-rendered c/templates/x.yaml", "! policy-file-not-read main.tf",
                   "! policy-file-not-read bad.json"}));
}

TEST(Files, BoundsAreReported) {
  FileCollector::Bounds bounds;
  bounds.file_bytes = 20;
  bounds.documents = 2;
  EXPECT_EQ(collect({{"a.json", "1"},
                     {"b.json", "2"},
                     {"c.json", "3"},
                     {"d.json", "4"},
                     {"e.json", std::string(21, ' ')}},
                    FileKinds::all(), bounds),
            (Lines{"a.json:1 json 1", "b.json:1 json 2", "! too-many-policy-files c.json",
                   "! policy-file-too-large e.json"}));
}

TEST(Files, DockerfileKnowsItsIgnoreFile) {
  auto lines = collect({{"a/.dockerignore", "# x\n.git\n\n secrets/** \n"},
                        {"a/b/Dockerfile", "FROM x\n"},
                        {"a/b/own.Dockerfile", "FROM x\n"},
                        {"a/b/own.Dockerfile.dockerignore", "y\n"},
                        {"c/Dockerfile", "FROM x\nNOPE\n"}});
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_NE(lines[0].find(R"("dockerignore":{"present":true,"patterns":[".git","secrets/**"]})"),
            std::string::npos);
  EXPECT_NE(lines[1].find(R"("patterns":["y"])"), std::string::npos);
  EXPECT_NE(lines[2].find(R"("dockerignore":{"present":false})"), std::string::npos);
  EXPECT_EQ(lines[3], "! bad-dockerfile c/Dockerfile:2");
}

}  // namespace
}  // namespace bulkhead::posture
