#pragma once
/// /system/app: the applications and their API keys.

#include "services/system/row_records.h"

namespace sluice::services::system {

/// Errors: BadRequest (name, a key that is too easy, a type that does not exist), Conflict,
///         Forbidden (a role, by somebody who may not write roles).
class AppRecords : public RowRecords<store::AppRow> {
public:
    AppRecords();

    /// `?regenerate=true` gives the app a new key.
    Task<Draft> prepare(const Call& call, json::object fields) override;
    Status relate(store::Tables& tables,
                  json::object& record,
                  std::string_view relation) const override;

protected:
    std::span<const FieldRule> rules() const override;
    std::span<const OtherMember> others() const override;
    json::object shown(const store::AppRow& row) const override;
    Status apply(const Draft& draft,
                 store::AppRow& row,
                 const store::AppRow* before) const override;
    Status check(store::Tables& tables,
                 store::AppRow& row,
                 const store::AppRow* before) const override;
};

}  // namespace sluice::services::system
