#pragma once
/// /system/service_type and /system/script_type: what can be configured here. Read only.

#include "services/system/resource.h"
#include "services/system/types.h"

namespace sluice::services::system {

/// A fixed list of records with a `name`: the list, and one by its name.
/// Errors: NotFound for a name that is not in it.
class NamedList : public Resource {
public:
    NamedList(std::string path, std::string label, json::array records)
        : path_(std::move(path)), label_(std::move(label)), records_(std::move(records)) {}

    std::string path() const override { return path_; }
    std::string label() const override { return label_; }
    std::vector<Route> routes() const override;
    Task<Result<Response>> handle(const Call& call) override;

private:
    std::string path_;
    std::string label_;
    json::array records_;
};

ResourceRef make_service_type_list(const std::vector<ServiceType>& types);
ResourceRef make_script_type_list(const std::vector<ScriptType>& types);

}  // namespace sluice::services::system
