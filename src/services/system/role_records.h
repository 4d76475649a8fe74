#pragma once
/// /system/role: the roles, with their lines and the users who have them.

#include "services/system/children.h"
#include "services/system/row_records.h"
#include "services/system/types.h"
#include "store/store.h"

namespace sluice::services::system {

/// Errors: BadRequest (names, masks, filters, references), Conflict (name taken), NotFound (a line
///         of another role).
class RoleRecords : public RowRecords<store::RoleRow> {
public:
    /// `databases`: the types of service that have rows, and so may have filters. Without
    /// `try_filter` they are saved untried.
    RoleRecords(std::vector<std::string> databases,
                const store::Store& store,
                TryFilter try_filter);

    /// Warns of the filters on one table that could only fail there, of all lines of the role.
    Task<std::optional<std::string>> review(const json::object& sent,
                                            const json::object& saved,
                                            Deadline deadline) override;

    Status relate(store::Tables& tables,
                  json::object& record,
                  std::string_view relation) const override;

protected:
    std::span<const FieldRule> rules() const override;
    std::span<const OtherMember> others() const override;
    Status check(store::Tables& tables,
                 store::RoleRow& row,
                 const store::RoleRow* before) const override;
    Status save_relations(store::Tables& tables,
                          const store::RoleRow& row,
                          const Draft& draft) const override;

private:
    Relation<store::RoleAccessRow> lines_;
    const store::Store& store_;
    TryFilter try_filter_;
};

}  // namespace sluice::services::system
