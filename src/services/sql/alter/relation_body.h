#pragma once
/// A relation as a client describes it -> what is kept of one that no foreign key makes.

#include "core/json.h"
#include "core/result.h"
#include "services/sql/related/relation.h"

namespace sluice::services::sql {

/// Errors: BadRequest naming a member that relations do not have; NotImplemented for relations to
///         other services.
Status check_relation_members(const json::object& said);

/// Whether a member says yes.
bool is_truthy_member(const json::object& said, std::string_view member);

/// `old` null: it is made; else what is not said stays. Fields are not looked up yet.
/// Errors: BadRequest for a type that there is none of, and for what the type needs and is missing.
Result<store::VirtualRelationRow> read_virtual_relation(const json::object& said,
                                                        const Relation* old);

/// What `said` changes of what is kept about a relation beside how it is made, as it shall be;
/// empty when nothing. `relation`: as it is now, or as it is made. Errors: BadRequest naming the
/// member that is wrong.
Result<std::optional<store::RelationExtraRow>> read_relation_extra(const json::object& said,
                                                                   const Relation& relation);

/// Whether `said` leaves a relation that a foreign key makes as it is, but for what is kept beside.
/// Errors: NotImplemented.
Status check_same_relation(const json::object& said, const Relation& relation);

}  // namespace sluice::services::sql
