#pragma once
/// Which member of a row stands in which column. The names are also those of the API, so that one
/// table describes a row for SQL and for JSON.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/result.h"
#include "store/rows.h"

namespace sluice::store {

enum class Form {
    Plain,
    /// An empty text is stored and shown as null.
    Nullable,
    /// The text is JSON and is shown as such.
    Json,
    /// Stored, never shown.
    Secret,
    /// A flag that is shown as "OR" or "AND".
    OrAnd,
};

template <typename Row>
struct Column {
    using Member = std::variant<std::string Row::*,
                                bool Row::*,
                                std::int64_t Row::*,
                                int Row::*,
                                std::optional<Id> Row::*,
                                VerbSet Row::*,
                                std::vector<RowFilter> Row::*>;
    std::string_view name;
    Member member;
    Form form = Form::Plain;
};

/// What is stored of `Row`. Specialised in columns.cpp for every row of rows.h.
/// Shape: the first column is the key. Stamps and what is stored elsewhere are not listed.
template <typename Row>
struct Columns {
    static std::string_view table();
    static std::span<const Column<Row>> all();
};

template <>
std::string_view Columns<ServiceRow>::table();
template <>
std::span<const Column<ServiceRow>> Columns<ServiceRow>::all();
template <>
std::string_view Columns<AppRow>::table();
template <>
std::span<const Column<AppRow>> Columns<AppRow>::all();
template <>
std::string_view Columns<RoleRow>::table();
template <>
std::span<const Column<RoleRow>> Columns<RoleRow>::all();
template <>
std::string_view Columns<RoleAccessRow>::table();
template <>
std::span<const Column<RoleAccessRow>> Columns<RoleAccessRow>::all();
template <>
std::string_view Columns<UserRow>::table();
template <>
std::span<const Column<UserRow>> Columns<UserRow>::all();
template <>
std::string_view Columns<UserAppRoleRow>::table();
template <>
std::span<const Column<UserAppRoleRow>> Columns<UserAppRoleRow>::all();
template <>
std::string_view Columns<EventScriptRow>::table();
template <>
std::span<const Column<EventScriptRow>> Columns<EventScriptRow>::all();
template <>
std::string_view Columns<TableExtraRow>::table();
template <>
std::span<const Column<TableExtraRow>> Columns<TableExtraRow>::all();
template <>
std::string_view Columns<FieldExtraRow>::table();
template <>
std::span<const Column<FieldExtraRow>> Columns<FieldExtraRow>::all();
template <>
std::string_view Columns<RelationExtraRow>::table();
template <>
std::span<const Column<RelationExtraRow>> Columns<RelationExtraRow>::all();
template <>
std::string_view Columns<VirtualRelationRow>::table();
template <>
std::span<const Column<VirtualRelationRow>> Columns<VirtualRelationRow>::all();
template <>
std::string_view Columns<TokenRow>::table();
template <>
std::span<const Column<TokenRow>> Columns<TokenRow>::all();
template <>
std::string_view Columns<SettingRow>::table();
template <>
std::span<const Column<SettingRow>> Columns<SettingRow>::all();

/// `[{"name":..,"operator":..,"value":..}]`
std::string filters_to_json(const std::vector<RowFilter>& filters);
/// Errors: BadRequest, naming what is wrong with which filter.
Result<std::vector<RowFilter>> filters_from_json(std::string_view text);

}  // namespace sluice::store
