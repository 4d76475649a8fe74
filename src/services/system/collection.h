#pragma once
/// Records over HTTP: list, read, create, change, delete, one by one and in batches.
/// Source: docs/reference/system-api.md.

#include "services/system/batch.h"
#include "services/system/options.h"
#include "services/system/records.h"
#include "services/system/resource.h"
#include "store/store.h"

namespace sluice::services::system {

class Collection : public Resource {
public:
    Collection(store::Store& store, std::shared_ptr<Records> records)
        : store_(store), records_(std::move(records)) {}

    std::string path() const override { return records_->kind().name; }
    std::string label() const override { return records_->kind().label; }
    std::vector<Route> routes() const override;
    /// Errors: those of Records; Batch when some of several records failed.
    Task<Result<Response>> handle(const Call& call) override;

protected:
    store::Store& store() { return store_; }
    const std::shared_ptr<Records>& records() { return records_; }

    virtual Task<Result<Response>> create_one(const Call& call, std::string key);

    /// The request's options, without relations that the caller may not read.
    /// Errors: those of read_options; Unauthorized, Forbidden (a relation that was named).
    Result<Options> options_of(const Call& call, const Body& body) const;

private:
    Task<Result<Response>> list(const Call& call);
    Task<Result<Response>> read_one(const Call& call, std::string key);
    Task<Result<Response>> read_ids(Options options);
    Task<Result<Response>> create(const Call& call);
    Task<Result<Response>> change(const Call& call);
    Task<Result<Response>> change_one(const Call& call, std::string key);
    Task<Result<Response>> remove(const Call& call);
    Task<Result<Response>> remove_one(const Call& call, std::string key);

    store::Store& store_;
    std::shared_ptr<Records> records_;
};

}  // namespace sluice::services::system
