// SPDX-License-Identifier: Apache-2.0
// The story of a scan: image -> layers -> facts -> what is visible -> packages -> findings.
#include <algorithm>
#include <iterator>
#include <memory>

#include "base/counted.h"
#include "base/text.h"
#include "oci/image.h"
#include "sbom/sbom.h"
#include "scan/cache/image_cache.h"
#include "scan/layer_pass.h"
#include "scan/links/read.h"
#include "scan/merge.h"
#include "scan/scan.h"
#include "vuln/match.h"

namespace bulkhead::scan {
namespace {

// Facts of one layer, read now or taken from the cache.
struct LayerFacts {
  std::optional<CachedFacts> cached;
  TreeFacts fresh;
  TreeFacts& facts() { return cached ? cached->facts : fresh; }
};

class ImageScan {
 public:
  ImageScan(oci::Transport& transport, const oci::Image& image, const Options& options,
            const Tools& tools)
      : transport_(transport),
        image_(image),
        options_(options),
        tools_(tools),
        cache_(tools.store, catalog::TreeKind::kInstalled),
        whole_(tools.store, diff_ids(image), options.skip_dirs) {}

  // From the cache if nothing has changed, else layer by layer.
  ImageFacts run() {
    if (auto known = from_cache()) return std::move(*known);
    read_layers();
    follow_links();
    ImageFacts out;
    out.catalog = catalog();
    out.privileged = privileged();
    out.diagnostics = std::move(diagnostics_);
    if (all_read_) whole_.keep(out);
    return out;
  }

 private:
  static std::vector<std::string> diff_ids(const oci::Image& image) {
    std::vector<std::string> out;
    for (const model::Layer& layer : image.artifact.layers) out.push_back(layer.diff_id);
    return out;
  }

  std::optional<ImageFacts> from_cache() {
    if (options_.verify || options_.files) return std::nullopt;  // whole images are kept without
    auto known = whole_.find();
    for (size_t i = 0; known && i < image_.layers.size(); ++i) {
      auto verified = is_verified(i, nullptr);
      if (!verified || !*verified) return std::nullopt;
    }
    return known;
  }

  // Every layer in turn. One that cannot be read or does not match its digest is refused: the rest
  // is still scanned, and the report says that it is incomplete.
  void read_layers() {
    for (size_t i = 0; i < image_.layers.size(); ++i) {
      LayerFacts layer;
      auto read = read_one(i, layer);
      if (!read) {
        diagnostics_.incomplete("layer-refused", layer_name(i), read.error().message());
        all_read_ = false;
        layer = LayerFacts();
      }
      layers_.push_back(std::make_unique<LayerFacts>(std::move(layer)));
      trees_.push_back(&layers_.back()->facts());
      diagnostics_.merge(trees_.back()->diagnostics);
      drop_hidden(trees_, cache_.key(), history_);
      check_size(i);
    }
  }

  // What links lead to that no cataloger found under a name of its own, layer by layer from the
  // top. A layer that is not the same any more when it is read again makes all of it worthless.
  void follow_links() {
    std::vector<const TreeFacts*> layers(trees_.begin(), trees_.end());
    LinkView view(layers, cache_.key());
    LinkPlan plan(view, catalog::TreeKind::kInstalled, diagnostics_);
    if (plan.empty()) return;
    LinkReader reader(view, plan, cache_.key(), *tools_.spill);
    for (size_t i = trees_.size(); i-- > 0;) {
      std::optional<oci::FileIdentity> identity;
      auto read = reader.read(static_cast<int32_t>(i), job_of(i), opener(i, identity));
      if (read) continue;
      diagnostics_.incomplete("link-not-read", layer_name(i),
                              "what links lead to could not be read: " + read.error().message());
      all_read_ = false;
      return;
    }
    linked_ = reader.finish();
    diagnostics_.merge(linked_.diagnostics);
    for (catalog::Reading& reading : linked_.readings) {
      linked_readings_.push_back({&reading, reader.layer_of(reading.facts.path)});
    }
  }

  catalog::Catalog catalog() {
    std::vector<catalog::PlacedReading> seen = visible(trees_);
    seen.insert(seen.end(), linked_readings_.begin(), linked_readings_.end());
    std::erase_if(seen, [&](const catalog::PlacedReading& placed) {
      return skipped(placed.reading->facts.path);
    });
    for (const TreeFacts* tree : trees_) merge_about_files(*tree);
    merge_about_files(linked_);
    return catalog::join(seen, history_, diagnostics_);
  }

  void merge_about_files(const TreeFacts& tree) {
    for (const auto& [path, found] : tree.file_diagnostics) {
      if (!skipped(path)) diagnostics_.merge(found);
    }
  }

  std::vector<model::PrivilegedFile> privileged() const {
    std::vector<model::PrivilegedFile> out;
    for (size_t layer = 0; layer < trees_.size(); ++layer) {
      for (const auto& [path, mode] : trees_[layer]->privileged) {
        if (!skipped(path)) out.push_back({path, mode, static_cast<int32_t>(layer)});
      }
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
    return out;
  }

  // What is visible so far and the indexes of all layers have to fit.
  void check_size(size_t i) {
    constexpr size_t kMaxReadingBytes = 128 << 20;
    constexpr uint64_t kMaxEntries = 12'000'000;
    size_t bytes = 0;
    uint64_t entries = 0;
    for (const TreeFacts* tree : trees_) {
      entries += tree->index.entries().size();
      for (const catalog::Reading& reading : tree->readings) bytes += reading.bytes;
      bytes += tree->bytes_beside();
    }
    if (bytes <= kMaxReadingBytes && entries <= kMaxEntries) return;
    diagnostics_.incomplete("layer-refused", layer_name(i),
                            "more files or package records than an image may have in all layers");
    all_read_ = false;
    layers_[i] = std::make_unique<LayerFacts>();
    trees_[i] = &layers_[i]->facts();
  }

  std::string layer_name(size_t i) const {
    const model::Layer& layer = image_.artifact.layers[i];
    return "layer " + std::to_string(i + 1) + " of " + std::to_string(image_.layers.size()) + " (" +
           (layer.digest.empty() ? layer.diff_id : layer.digest) + ")";
  }

  bool skipped(std::string_view path) const {
    for (const std::string& glob : options_.skip_dirs) {
      for (std::string_view up = base::dirname(path); !up.empty(); up = base::dirname(up)) {
        if (base::glob_match(glob, up)) return true;
      }
    }
    return false;
  }

  // A remote blob that was seen to hold this layer needs no download; a local one must be the very
  // file that was verified.
  base::Result<bool> is_verified(size_t i, std::optional<oci::FileIdentity>* file) {
    const oci::Descriptor& descriptor = image_.layers[i];
    const std::string& diff_id = image_.artifact.layers[i].diff_id;
    if (transport_.remote()) return cache_.verified(descriptor.digest, diff_id);
    std::optional<oci::FileIdentity> identity = TRY(transport_.blob(descriptor)).identity;
    if (file != nullptr) *file = identity;
    return identity && cache_.verified(descriptor.digest, diff_id, *identity);
  }

  LayerJob job_of(size_t i) const {
    const oci::Descriptor& descriptor = image_.layers[i];
    LayerJob job;
    job.digest = descriptor.digest;
    job.diff_id = image_.artifact.layers[i].diff_id;
    job.size = descriptor.size;
    std::string what =
        "layer " + std::to_string(i + 1) + "/" + std::to_string(image_.layers.size());
    if (tools_.progress != nullptr) {
      job.progress = [this, what, size = descriptor.size](uint64_t done) {
        tools_.progress->update(what, done, size);
      };
    }
    return job;
  }

  // Opens the layer's blob and says which file it was.
  OpenLayer opener(size_t i, std::optional<oci::FileIdentity>& identity) {
    return [this, i, &identity]() -> base::Result<std::unique_ptr<base::Source>> {
      oci::OpenedBlob blob = TRY(transport_.blob(image_.layers[i]));
      identity = blob.identity;
      return std::move(blob).source();
    };
  }

  base::Status read_one(size_t i, LayerFacts& out) {
    const oci::Descriptor& descriptor = image_.layers[i];
    const model::Layer& layer = image_.artifact.layers[i];
    std::optional<oci::FileIdentity> identity;
    auto cached = cache_.find(layer.diff_id);
    if (cached && !options_.verify && TRY(is_verified(i, &identity))) {
      out.cached = std::move(cached);
      return {};
    }
    out.fresh = TRY(read_layer(job_of(i), opener(i, identity), cache_.key(), *tools_.spill));
    cache_.keep(layer.diff_id, out.fresh);
    if (transport_.remote()) identity = oci::FileIdentity();  // no file
    if (identity) cache_.set_verified(descriptor.digest, layer.diff_id, *identity);
    return {};
  }

  oci::Transport& transport_;
  const oci::Image& image_;
  const Options& options_;
  const Tools& tools_;
  base::Diagnostics diagnostics_;
  LayerCache cache_;
  ImageCache whole_;
  bool all_read_ = true;
  std::vector<std::unique_ptr<LayerFacts>> layers_;
  std::vector<TreeFacts*> trees_;  // of layers_
  TreeFacts linked_;               // under the names of links
  std::vector<catalog::PlacedReading> linked_readings_;
  catalog::History history_;
};

void match_packages(const Options& options, const Tools& tools, model::ScanReport& report) {
  if (!options.vulnerabilities || tools.database == nullptr) return;
  vuln::MatchResult result =
      vuln::match(*tools.database, report.artifact.distro, report.packages, report.diagnostics);
  report.findings = std::move(result.findings);
  report.ignored = std::move(result.closed);
  std::ranges::move(result.not_judged, std::back_inserter(report.not_judged));
  report.vulnerabilities_scanned = true;
  report.database_kind = tools.database_kind;
  vuln::DatabaseInfo info = tools.database->info();
  report.database_digest = info.digest;
  report.feeds = vuln::feeds_of(info);
}

void filter_findings(const Options& options, model::ScanReport& report) {
  std::erase_if(report.findings, [&](const model::Finding& finding) {
    bool severity = options.severities.empty() ||
                    std::find(options.severities.begin(), options.severities.end(),
                              finding.severity) != options.severities.end();
    return !severity || (options.only_fixable && finding.fix_versions.empty());
  });
}

// From packages to the finished report; the same for every kind of input.
base::Status judge(const Options& options, const Tools& tools, model::ScanReport& report) {
  if (tools.progress != nullptr) tools.progress->finish();
  if (!options.created.empty()) report.created = options.created;
  report.tool_version = options.tool_version;
  report.judged_at = options.judged_at;
  match_packages(options, tools, report);
  if (tools.decide) TRY(tools.decide(report));
  filter_findings(options, report);
  return {};
}

// The lock files and manifests of source trees that an installed tree has: they are not read there,
// which has to be said where nothing else was found.
class UnreadLockFiles {
 public:
  void see(std::string_view path) {
    std::string_view name = base::basename(path);
    catalog::interest({name, name, 0, 0}, catalog::TreeKind::kSource, interest_);
    bool lock = std::any_of(
        interest_.whole.begin(), interest_.whole.end(), [](const catalog::Cataloger* cataloger) {
          return !catalog::reads(cataloger->trees, catalog::TreeKind::kInstalled);
        });
    if (lock && count_++ == 0) first_ = path;
  }
  void tell(model::ScanReport& report) const {
    if (count_ == 0 || !report.packages.empty()) return;
    report.not_judged.push_back({base::counted(count_, "lock file") + " (" +
                                     base::printable(first_, 200) +
                                     (count_ > 1 ? " and others)" : ")"),
                                 "dir: reads what is installed; repo:PATH reads lock files", 0});
  }

 private:
  catalog::Interest interest_;
  std::string first_;
  uint64_t count_ = 0;
};

// What a tree without layers consists of: its files, and what links of it lead to.
using TreeReader =
    std::function<base::Result<std::vector<TreeFacts>>(const DirectoryJob&, const PathKey&)>;

base::Result<model::ScanReport> scan_tree(catalog::TreeKind kind, const Options& options,
                                          const Tools& tools, const TreeReader& read) {
  model::ScanReport report;
  DirectoryJob job;
  job.kind = kind;
  job.skip = options.skip_dirs;
  job.reader = tools.reader;
  if (tools.progress != nullptr) {
    job.progress = [&](uint64_t entries) { tools.progress->update("files", entries, 0); };
  }
  bool installed = kind == catalog::TreeKind::kInstalled;
  UnreadLockFiles lock_files;
  // Not of the whole machine: it has packages, and the look at each name takes time.
  if (installed && options.name != "/") {
    job.passed = [&](std::string_view path) { lock_files.see(path); };
  }
  PathKey key{};  // one tree: nothing is looked up by hash across processes
  std::vector<TreeFacts> parts = TRY(read(job, key));
  std::vector<catalog::PlacedReading> seen;
  for (TreeFacts& facts : parts) {
    report.diagnostics.merge(facts.diagnostics);
    for (const auto& [path, found] : facts.file_diagnostics) report.diagnostics.merge(found);
    for (catalog::Reading& reading : facts.readings) seen.push_back({&reading, -1});
  }
  catalog::Catalog catalog = catalog::join(seen, {}, report.diagnostics);

  report.artifact.kind =
      installed ? model::ArtifactKind::kDirectory : model::ArtifactKind::kRepository;
  report.artifact.name = options.name;
  report.artifact.distro = std::move(catalog.distro);
  report.packages = std::move(catalog.packages);
  report.not_judged = std::move(catalog.not_read);
  lock_files.tell(report);
  if (installed) {
    report.privileged.emplace();
    for (const auto& [path, mode] : parts.front().privileged) {
      report.privileged->push_back({path, mode, -1});
    }
  }
  TRY(judge(options, tools, report));
  return report;
}

}  // namespace

base::Result<model::ScanReport> scan_image(oci::Transport& transport, const Options& options,
                                           const Tools& tools) {
  model::ScanReport report;
  oci::ImageOptions image_options;
  image_options.platform = options.platform;
  oci::Image image = TRY(oci::load_image(transport, image_options, report.diagnostics));

  ImageFacts facts = ImageScan(transport, image, options, tools).run();
  report.diagnostics.merge(facts.diagnostics);

  report.artifact = std::move(image.artifact);
  report.artifact.config = std::move(image.config);
  report.artifact.name = options.name;
  report.artifact.distro = std::move(facts.catalog.distro);
  report.packages = std::move(facts.catalog.packages);
  report.not_judged = std::move(facts.catalog.not_read);
  report.privileged = std::move(facts.privileged);
  report.created = report.artifact.created;
  TRY(judge(options, tools, report));
  return report;
}

base::Result<model::ScanReport> scan_directory(const base::Fd& root, catalog::TreeKind kind,
                                               const Options& options, const Tools& tools) {
  return scan_tree(
      kind, options, tools,
      [&](const DirectoryJob& job, const PathKey& key) -> base::Result<std::vector<TreeFacts>> {
        std::vector<TreeFacts> parts;
        parts.push_back(TRY(read_directory(root, job, key, *tools.spill)));
        parts.push_back(read_linked(root, job, parts.front(), key, *tools.spill));
        return parts;
      });
}

base::Result<model::ScanReport> scan_file(const base::Fd& file, const std::string& name,
                                          const Options& options, const Tools& tools) {
  return scan_tree(
      catalog::TreeKind::kSource, options, tools,
      [&](const DirectoryJob& job, const PathKey& key) -> base::Result<std::vector<TreeFacts>> {
        std::vector<TreeFacts> parts;
        parts.push_back(TRY(read_single_file(file, name, job, key, *tools.spill)));
        return parts;
      });
}

base::Result<model::ScanReport> scan_sbom(std::string_view bytes, const Options& options,
                                          const Tools& tools) {
  model::ScanReport report;
  base::Limits limits;
  limits.max_bytes = 1ull << 30;
  limits.max_entries = 5'000'000;
  sbom::SbomDocument document = TRY(sbom::read(bytes, options.name, limits, report.diagnostics));
  report.artifact = std::move(document.artifact);
  if (report.artifact.name.empty()) report.artifact.name = options.name;
  report.packages = std::move(document.packages);
  report.created = report.artifact.created;
  TRY(judge(options, tools, report));
  return report;
}

}  // namespace bulkhead::scan
