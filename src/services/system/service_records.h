#pragma once
/// /system/service: the configured services.

#include "services/system/row_records.h"
#include "services/system/types.h"

namespace sluice::services::system {

/// What stands in a configuration where a secret is.
inline constexpr std::string_view kMask = "**********";

/// Secrets are shown as the mask, and a mask that is sent back leaves the secret as it is, unless
/// it would then go to another host. A change of `config` replaces the members it names.
/// Errors: BadRequest (name, type, a type that changed, a configuration that cannot work), Conflict
/// (name taken, a second singleton),
///         Forbidden (not mutable, not deletable).
class ServiceRecords : public RowRecords<store::ServiceRow> {
public:
    /// The text of a service of a type in `engines` is checked when it is saved.
    ServiceRecords(std::vector<ServiceType> types,
                   std::vector<ScriptType> engines,
                   CheckSyntax check_syntax);

    Task<std::optional<std::string>> review(const json::object& sent,
                                            const json::object& saved,
                                            Deadline deadline) override;

    /// Besides, a member `warning` when scripts no longer fire because the service was renamed.
    Result<json::object> update(store::Tables& tables,
                                const std::string& key,
                                const Draft& draft,
                                const Actor& actor) const override;

protected:
    std::span<const FieldRule> rules() const override;
    std::span<const OtherMember> others() const override;
    json::object shown(const store::ServiceRow& row) const override;
    Status apply(const Draft& draft,
                 store::ServiceRow& row,
                 const store::ServiceRow* before) const override;
    Status check(store::Tables& tables,
                 store::ServiceRow& row,
                 const store::ServiceRow* before) const override;
    Status check_remove(store::Tables& tables, const store::ServiceRow& row) const override;

private:
    const ServiceType* find_type(std::string_view name) const;
    bool is_engine(std::string_view type) const;
    bool is_secret(std::string_view type, std::string_view field) const;

    std::vector<ServiceType> types_;
    std::vector<ScriptType> engines_;
    CheckSyntax check_syntax_;
};

}  // namespace sluice::services::system
